import SqueezeEngine
import SqueezeTrain

/// The schema of an experiment's config: every key, what it may be, and what it is otherwise.
public enum ExperimentSchema {
  static let positive: ClosedRange<Double> = 0...Double.greatestFiniteMagnitude
  static let anySize: ClosedRange<Double> =
    -Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude
  static let share: ClosedRange<Double> = 0...1
  static let size: ClosedRange<Int> = 1...65_536

  /// The whole config.
  public static let root = ConfigSection(
    "config",
    "A training: a network, data, and how one learns from the other.",
    [
      ConfigField("name", .text, "What the run is called; the file's name otherwise."),
      ConfigField("network", .section(network), isRequired: true, "What is trained."),
      ConfigField("data", .section(data), isRequired: true, "What it learns from."),
      ConfigField(
        "augment",
        .variants(augmentations),
        standard: [],
        "Changes of training samples, drawn anew each epoch, in this order."
      ),
      ConfigField(
        "loss",
        .variants(losses),
        standard: [.settings(Settings("cross_entropy"))],
        "What gets smaller; of several, the weighted sum."
      ),
      ConfigField(
        "teacher",
        .section(teacher),
        "A network whose answers are learned from as well."
      ),
      ConfigField("optimizer", .variant(optimizers), isRequired: true, "How weights follow."),
      ConfigField(
        "schedule",
        .variant(schedules),
        standard: .settings(Settings("constant")),
        "The learning rate over time."
      ),
      ConfigField("epochs", .integer(1...1_000_000), isRequired: true, "Passes over the data."),
      ConfigField("batch", .integer(size), isRequired: true, "Samples of a batch."),
      ConfigField(
        "accumulation",
        .integer(1...65_536),
        standard: 1,
        "Batches whose gradients are averaged for one step."
      ),
      ConfigField(
        "initializer",
        .word(InitializerCatalog.all.map(\.name) + ["keep"]),
        "Where weights begin; he-normal for a network of the library or of layers, keep for a file."
      ),
      ConfigField("weight_decay", .section(weightDecay), "Pull of weights towards zero."),
      ConfigField(
        "clip",
        .number(positive),
        standard: 0,
        "The largest norm of all gradients together; 0 does not clip."
      ),
      ConfigField(
        "ema",
        .number(0...0.999_999),
        standard: 0,
        "How much of the average of weights stays in a step, such as 0.999; 0 does not average."
      ),
      ConfigField(
        "statistics_momentum",
        .number(share),
        standard: 0.1,
        "How far batch normalization's statistics move towards those of a batch."
      ),
      ConfigField(
        "batch_norm",
        .word(["rank", "global"]),
        standard: "rank",
        "Under mpirun: whose samples batch normalization sees, each rank's own or those of all ranks."
      ),
      ConfigField(
        "metrics",
        .words(metrics),
        standard: [],
        "Which metrics are shown; all that fit the data otherwise."
      ),
      ConfigField("checkpoints", .section(checkpoints), "What is saved, and when."),
      ConfigField(
        "seed",
        .integer(0...Int.max),
        standard: 1,
        "Of weights, order and augmentation."
      ),
      ConfigField("threads", .integer(1...256), "Threads; all processors otherwise."),
      ConfigField(
        "precision",
        .word(TrainingPrecision.allCases.map(\.rawValue)),
        standard: .text(TrainingPrecision.float32.rawValue),
        "The precision of products; bfloat16 is for processors with AMX, where it is faster."
      ),
      ConfigField(
        "frozen",
        .texts,
        standard: [],
        "Parameters that stay: keys such as conv1.weight, or beginnings such as fire2*."
      ),
    ]
  )

  /// What can be measured on test data, besides the loss.
  static let metrics = ["error", "mean_iou", "mean_dice", "rmse", "mae"]

  static let network = ConfigSection(
    "network",
    "A network of the library (squeeze models), a file, or layers written here.",
    shorthand: "name",
    [
      ConfigField(
        "name",
        .text,
        "A library name such as resnet-9, or the path of an .onnx or .sqz file beside the config."
      ),
      ConfigField("layers", .variants(LayerSchema.layers), "Layers, instead of a library or file."),
      ConfigField(
        "input",
        .integers(size, count: 2...3),
        "The shape of one input: [channels, height, width], or [channels, width]."
      ),
      ConfigField("classes", .integer(size), "Classes or output maps; the data's otherwise."),
      ConfigField("base_width", .integer(size), "Channels of the first level, as u-net has them."),
      ConfigField(
        "boosters",
        .text,
        "Changes of the design before training, as in squeeze rewrite --apply: fire-module(nodes=conv3)."
      ),
    ]
  )

  static let teacher = ConfigSection(
    "teacher",
    "Knowledge distillation: a network that answers well shows what else an input looks like.",
    shorthand: "model",
    [
      ConfigField(
        "model",
        .text,
        isRequired: true,
        "The path of an .onnx or .sqz file beside the config, with the same input and scores."
      )
    ] + teaching
  )

  /// How much a teacher's scores count (Hinton, Vinyals and Dean, 2015).
  package static let teaching = [
    ConfigField(
      "temperature",
      .number(0.01...1000),
      standard: 4.0,
      "How much the scores of both are softened."
    ),
    ConfigField("share", .number(share), standard: 0.9, "The teacher's part of the loss."),
  ]

  static let weightDecay = ConfigSection(
    "weight_decay",
    "The decay of weights, and of biases and normalizations.",
    shorthand: "weights",
    [
      ConfigField("weights", .number(positive), standard: 0, "Of matrices and kernels."),
      ConfigField("vectors", .number(positive), standard: 0, "Of biases and normalizations."),
    ]
  )

  static let checkpoints = ConfigSection(
    "checkpoints",
    "A checkpoint is written after every epoch and at a stop.",
    [
      ConfigField("every_steps", .integer(1...Int.max), "Steps between two more checkpoints."),
      ConfigField(
        "best",
        .word(["loss"] + metrics),
        "What says which model is kept as best.sqz; what fits the data otherwise."
      ),
      ConfigField(
        "patience",
        .integer(1...1_000_000),
        "Evaluations without a better model after which training ends."
      ),
      ConfigField(
        "required",
        .boolean,
        standard: true,
        "Whether training ends where a checkpoint cannot be written; else it goes on and says so."
      ),
    ]
  )
}
