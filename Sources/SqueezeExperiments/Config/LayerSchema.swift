/// The layers of a network that is written in a config.
package enum LayerSchema {
  private static let limit: ClosedRange<Int> = 1...65_536
  private static let common = [
    ConfigField("name", .text, "What others call it; the kind and a number otherwise."),
    ConfigField("inputs", .texts, "Where it takes its values; the layer before otherwise."),
  ]
  private static let window = [
    ConfigField("kernel", .integers(limit, count: 1...2), isRequired: true, "Side, or [h, w]."),
    ConfigField("stride", .integers(limit, count: 1...2), standard: [1], "Steps of the window."),
    ConfigField(
      "padding",
      .integers(0...65_536, count: 1...2),
      standard: [0],
      "Zeros on every side."
    ),
  ]
  private static let bias = ConfigField("bias", .boolean, standard: true, "Add a bias.")

  private static func layer(
    _ name: String,
    _ about: String,
    _ fields: [ConfigField] = []
  ) -> ConfigSection {
    ConfigSection(name, about, fields + common)
  }

  package static let layers = ConfigVariants(
    "layer",
    selector: "kind",
    [
      layer(
        "conv",
        "Convolution.",
        [ConfigField("channels", .integer(limit), isRequired: true, "Output channels.")] + window
          + [
            ConfigField(
              "dilation",
              .integers(limit, count: 1...2),
              standard: [1],
              "Of the kernel."
            ),
            ConfigField("groups", .integer(limit), standard: 1, "Groups of channels."),
            bias,
          ]
      ),
      layer(
        "up_conv",
        "Transposed convolution.",
        [ConfigField("channels", .integer(limit), isRequired: true, "Output channels.")] + window
          + [bias]
      ),
      layer(
        "bn",
        "Batch normalization.",
        [ConfigField("epsilon", .number(1e-12...1), standard: 1e-5, "Added to the variance.")]
      ),
      layer("relu", "max(x, 0)."),
      layer("sigmoid", "1 / (1 + e⁻ˣ)."),
      layer("softmax", "Probabilities over channels."),
      layer("maxpool", "Largest value of a window.", window),
      layer("avgpool", "Mean of a window.", window),
      layer("global_pool", "Mean of every map."),
      layer("flatten", "Maps as one row."),
      layer(
        "fc",
        "Fully connected.",
        [ConfigField("features", .integer(limit), isRequired: true, "Outputs."), bias]
      ),
      layer(
        "dropout",
        "Zeros at random while training.",
        [ConfigField("ratio", .number(0...0.999), standard: 0.5, "The share of zeros.")]
      ),
      layer("concat", "Channels of several layers side by side."),
      layer("add", "The sum of two layers."),
    ]
  )
}
