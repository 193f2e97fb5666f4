public import SqueezeExperiments
import SqueezeFormats

/// The schema of a recipe: every key, what it may be, and what it is otherwise.
public enum RecipeSchema {
  static let positive: ClosedRange<Double> = 0...Double.greatestFiniteMagnitude

  /// The whole recipe.
  public static let root = ConfigSection(
    "recipe",
    "A compression: steps, one after the other, and what has to come out.",
    [
      ConfigField("name", .text, "What the compression is called; the file's name otherwise."),
      ConfigField(
        "train",
        .text,
        "The config of squeeze train whose data, loss, augmentation and optimizer retraining uses."
      ),
      ConfigField(
        "goal",
        .section(goal),
        "What the result has to be; options of the command go before."
      ),
      ConfigField(
        "calibration",
        .integer(1...100_000),
        standard: 200,
        "Samples to calibrate and to choose by; never those that the result is judged on."
      ),
      ConfigField(
        "precision",
        .word(["float32", "int8"]),
        standard: "float32",
        "In what numbers the result computes; int8 calibrates activations at the end."
      ),
      ConfigField(
        "coder",
        .word(SQZWriter.Coder.allCases.map(\.rawValue)),
        standard: "automatic",
        "How the file codes its symbols."
      ),
      ConfigField(
        "stop",
        .boolean,
        standard: false,
        "Leave out steps that only make smaller once the file is small enough."
      ),
      ConfigField("seed", .integer(0...Int.max), standard: 1, "Of every choice by chance."),
      ConfigField(
        "teach",
        .section(teach),
        "Retraining also follows the scores of the model that comes in: knowledge distillation."
      ),
      ConfigField("steps", .variants(steps), isRequired: true, "What is done, in this order."),
    ]
  )

  static let goal = ConfigSection(
    "goal",
    "The gate that the result has to pass.",
    [
      ConfigField("size", .text, "The most bytes of the file, such as 400KB; KB is 1000 bytes."),
      ConfigField(
        "ratio",
        .number(1...1e6),
        "How many times smaller the file must be than the parameters as float32."
      ),
      ConfigField(
        "max_drop",
        .number(0...100),
        standard: .number(100 * RecipeGoal.standardDrop),
        "The most points of accuracy that may be lost."
      ),
      ConfigField(
        "max_latency",
        .text,
        "The longest time of one input, such as 5ms, or 1.1x as before."
      ),
    ]
  )

  static let teach = ConfigSection(
    "teach",
    "How the model that comes in teaches the smaller one (Hinton, Vinyals and Dean, 2015).",
    ExperimentSchema.teaching
  )

  // MARK: - Steps

  /// The kinds of steps.
  public static let steps = ConfigVariants(
    "step",
    selector: "kind",
    [prune, pruneChannels, quantize, round, train, calibrate] + preparations
  )

  private static let layers = ConfigField(
    "layers",
    .table(0...64),
    "Other values for some parameters, such as conv1.weight: 0.3; names may end in *."
  )

  /// What a step that retrains may say about it.
  static let learning = [
    ConfigField("rate", .number(positive), "The learning rate, instead of the training config's."),
    ConfigField(
      "schedule",
      .variant(ExperimentSchema.schedules),
      "The rate over time, instead of the training config's."
    ),
    ConfigField(
      "optimizer",
      .variant(ExperimentSchema.optimizers),
      "How weights follow, instead of the training config's."
    ),
    ConfigField(
      "weight_decay",
      .number(positive),
      "The decay of weights, instead of the training config's."
    ),
  ]

  static let prune = ConfigSection(
    "prune",
    "Remove the smallest weights for good: retraining leaves them 0.",
    [
      ConfigField("sparsity", .number(0...0.9999), isRequired: true, "The share that is removed."),
      ConfigField(
        "scope",
        .word(["layers", "global", "sensitivity"]),
        standard: "layers",
        "The same share of every layer, of all layers together, or less where a scan finds harm."
      ),
      layers,
      ConfigField(
        "pattern",
        .text,
        "Only whole groups: 2:4 leaves 2 of 4 neighbouring inputs, 16x1 removes blocks of outputs × inputs."
      ),
      ConfigField(
        "gradual",
        .number(0...10_000),
        standard: 0,
        "Epochs of retraining in which sparsity rises as 1 − (1 − t)³ (Zhu and Gupta, 2017); 0 prunes at once."
      ),
      ConfigField(
        "phases",
        .integer(1...10_000),
        "Times that sparsity rises; one an epoch otherwise."
      ),
      ConfigField(
        "settle",
        .number(0...10_000),
        standard: 0,
        "Epochs after that with the same schedule of rates, sparsity staying."
      ),
    ] + learning
  )

  static let pruneChannels = ConfigSection(
    "prune_channels",
    "Remove whole channels and filters: shapes shrink, and dense kernels get faster.",
    [
      ConfigField("share", .number(0...0.99), "The share of channels that is removed."),
      ConfigField("macs", .number(0.001...1), "Or: remove until so much of the MACs is left."),
      ConfigField("parameters", .number(0.001...1), "Or: until so much of the parameters is left."),
      ConfigField("layers", .table(0...64), "Or: the share of some layers' channels, by node."),
      ConfigField(
        "scope",
        .word(["global", "layers"]),
        standard: "global",
        "Whether a share counts over all channels or in every layer."
      ),
      ConfigField(
        "importance",
        .word(["l1", "l2", "coupled_l2", "batch_norm"]),
        standard: "l2",
        "What says that a channel matters little."
      ),
      ConfigField(
        "multiple",
        .integer(1...64),
        standard: 1,
        "What the channels left are a multiple of; 8 or 16 fill vectors."
      ),
    ]
  )

  static let round = ConfigSection(
    "round",
    "Integers chosen by rate and distortion, each error made good by the weights after it; needs no training.",
    [
      ConfigField("size", .text, "The bytes of the file that come out, such as 400KB."),
      ConfigField(
        "divergence",
        .number(0...100),
        "Or: the mean divergence of the outputs, in nats; the smallest file within it."
      ),
      ConfigField(
        "keep_zeros",
        .boolean,
        standard: true,
        "Whether weights that are 0 stay 0; else a few come back where that pays."
      ),
      ConfigField(
        "compensate",
        .boolean,
        standard: true,
        "Whether layers make good what the rounded layers before them do."
      ),
    ]
  )

  static let quantize = ConfigSection(
    "quantize",
    "Fewer bits for every weight; zeros of pruning stay.",
    [
      ConfigField(
        "to",
        .word(["codebook", "integer", "float16", "bfloat16", "binary"]),
        isRequired: true,
        "What weights become."
      ),
      ConfigField(
        "bits",
        .integer(1...16),
        standard: 8,
        "Bits of an index or integer; layers with 32 stay as they are."
      ),
      ConfigField(
        "of",
        .word(["weights", "rest"]),
        standard: "weights",
        "The weights of layers, or everything else: biases and normalizations."
      ),
      layers,
      ConfigField(
        "start",
        .word(["linear", "density", "random", "exact"]),
        standard: "linear",
        "Where the centroids of a codebook begin (Deep Compression, §3.2); exact needs no beginning."
      ),
      ConfigField(
        "per",
        .word(["channel", "tensor"]),
        standard: "channel",
        "How far one scale of integers reaches."
      ),
      ConfigField(
        "range",
        .word(["min_max", "percentile", "mse", "kl"]),
        standard: "mse",
        "How the range of integers is found."
      ),
    ]
  )

  static let train = ConfigSection(
    "train",
    "Retrain: masks stay, centroids and scales and what is still free follow their gradients.",
    [ConfigField("epochs", .number(0.01...100_000), isRequired: true, "Passes over the data.")]
      + learning
  )

  static let calibrate = ConfigSection(
    "calibrate",
    "Put activations on grids of 8 bits, so that layers compute in whole numbers.",
    [
      ConfigField(
        "range",
        .word(["min_max", "percentile", "mse", "kl"]),
        standard: "min_max",
        "How the range of an activation is found."
      ),
      ConfigField(
        "correct_bias",
        .boolean,
        standard: false,
        "Whether biases make up for what rounding shifts on average (Nagel et al., 2019)."
      ),
    ]
  )

  private static let preparations = [
    ConfigSection("fold", "Fold normalizations into the layers before them."),
    ConfigSection(
      "equalize",
      "Fold, and even out the ranges of channels across layers (Nagel et al., 2019).",
      [
        ConfigField(
          "relax",
          .boolean,
          standard: false,
          "Whether clips from 0 to a limit, such as ReLU6, become ReLU between layers."
        )
      ]
    ),
    ConfigSection("correct_bias", "Take the mean error of every channel out of its bias."),
    ConfigSection("renew_statistics", "Measure the statistics of batch normalization anew."),
  ]
}
