import SqueezeData

extension ExperimentSchema {
  static let data = ConfigSection(
    "data",
    "A dataset and its parts.",
    shorthand: "path",
    [
      ConfigField(
        "path",
        .text,
        "Where the data lies, beside the config; --data overrides it."
      ),
      ConfigField(
        "kind",
        .word(["classes", "segmentation", "regression", "signals"]),
        standard: "classes",
        "What a sample is: a picture with a class, with a map or with numbers, or a signal."
      ),
      ConfigField(
        "training",
        .text,
        standard: "train",
        "The split that is learnt from; all samples where it is empty."
      ),
      ConfigField(
        "test",
        .text,
        standard: "test",
        "The split that the result is measured on; none where it is empty."
      ),
      ConfigField(
        "validation",
        .number(0...0.9),
        standard: 0,
        "The share of the training split that is kept to choose by; 0 evaluates the test split."
      ),
      ConfigField(
        "input",
        .integers(size, count: 2...3),
        "The shape of a sample: [channels, height, width]; the network's otherwise."
      ),
      ConfigField(
        "mean",
        .numbers(anySize, count: 1...65_536),
        standard: [0],
        "Subtracted from every channel, grey levels being 0 to 1; one number serves all."
      ),
      ConfigField(
        "deviation",
        .numbers(1e-12...Double.greatestFiniteMagnitude, count: 1...65_536),
        standard: [1],
        "What every channel is divided by."
      ),
      ConfigField("classes", .integer(size), "How many classes there must be."),
      ConfigField(
        "limit",
        .integer(1...Int.max),
        "About how many samples of each split to take, evenly over classes."
      ),
      ConfigField(
        "balance",
        .boolean,
        standard: false,
        "Draw classes equally often, however many samples each has."
      ),
      ConfigField(
        "cache_megabytes",
        .integer(0...1_048_576),
        standard: 1024,
        "Memory for decoded samples."
      ),
      ConfigField(
        "unreadable",
        .word(["stop", "skip"]),
        standard: "stop",
        "What happens at a sample that cannot be read: an error, or a counted skip."
      ),
    ]
  )

  private static let chance = ConfigField(
    "chance",
    .number(share),
    standard: 1,
    "How often it happens."
  )

  private static let border = ConfigField(
    "border",
    .word(Border.allCases.map(\.rawValue)),
    standard: "zero",
    "What lies outside; zero is what the normalization makes 0."
  )

  package static let augmentations = ConfigVariants(
    "augmentation",
    [
      ConfigSection(
        "flip",
        "Mirror left and right, or up and down.",
        [
          ConfigField("axis", .word(["horizontal", "vertical"]), standard: "horizontal", "Which."),
          ConfigField("chance", .number(share), standard: 0.5, "How often it happens."),
          ConfigField(
            "alternate",
            .boolean,
            standard: false,
            "Mirror left and right in every second epoch of a sample, instead of by chance."
          ),
        ]
      ),
      ConfigSection(
        "crop",
        "Pad every side and cut the input's size at a random place.",
        [
          ConfigField("padding", .integer(0...4096), standard: 4, "Pixels on every side."),
          border,
        ]
      ),
      ConfigSection(
        "cutout",
        "Cover a square with zeros.",
        [ConfigField("size", .integer(size), standard: 8, "Its side in pixels."), chance]
      ),
      ConfigSection(
        "colour",
        "Change brightness, contrast and saturation by up to these shares.",
        [
          ConfigField("brightness", .number(share), standard: 0.2, "A factor in 1 ± this."),
          ConfigField("contrast", .number(share), standard: 0.2, "A factor in 1 ± this."),
          ConfigField("saturation", .number(share), standard: 0.2, "A factor in 1 ± this."),
          ConfigField("hue", .number(0...180), standard: 0, "Degrees in ± this."),
          chance,
        ]
      ),
      ConfigSection(
        "affine",
        "Turn, scale, shear and shift.",
        [
          ConfigField("degrees", .number(0...180), standard: 10, "Turned in ± this."),
          ConfigField("scale", .number(0...0.9), standard: 0.1, "Scaled in 1 ± this."),
          ConfigField("shear", .number(0...89), standard: 0, "Sheared by degrees in ± this."),
          ConfigField("shift", .number(share), standard: 0.1, "Shifted by a share of the side."),
          border, chance,
        ]
      ),
      ConfigSection(
        "noise",
        "Add normal noise.",
        [
          ConfigField("deviation", .number(positive), standard: 0.05, "In normalized units."),
          chance,
        ]
      ),
      ConfigSection(
        "gain",
        "Multiply all channels by one factor.",
        [ConfigField("share", .number(share), standard: 0.1, "A factor in 1 ± this."), chance]
      ),
      ConfigSection(
        "stretch",
        "Make a signal faster or slower.",
        [
          ConfigField("share", .number(0...0.99), standard: 0.1, "A factor in 1 ± this."),
          border, chance,
        ]
      ),
      ConfigSection(
        "time_shift",
        "Move a signal forward or back.",
        [
          ConfigField("samples", .integer(0...65_536), standard: 4, "The largest shift."),
          border, chance,
        ]
      ),
      ConfigSection(
        "mixup",
        "Mix two samples and their targets (Zhang et al., 2017).",
        [ConfigField("alpha", .number(1e-6...1e6), standard: 0.2, "Of the Beta distribution.")]
      ),
    ]
  )
}
