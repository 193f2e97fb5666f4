/// The schema of a search's config.
public enum SearchSchema {
  private static let budget = ConfigField(
    "budget",
    .number(ExperimentSchema.positive),
    "What a candidate must not exceed, or reach where more is better; others are not worth training."
  )

  static let objectives = ConfigVariants(
    "objective",
    [
      ConfigSection(
        "accuracy",
        "Right classes of the test data, in percent; more is better.",
        [budget]
      ),
      ConfigSection("parameters", "Trained scalars.", [budget]),
      ConfigSection("macs", "Multiply–accumulates for one input.", [budget]),
      ConfigSection("bytes", "The file as .sqz, with float32 weights.", [budget]),
      ConfigSection("latency", "The median milliseconds for one input, on this machine.", [budget]),
      ConfigSection(
        "energy",
        "Joules for one input, modelled: nothing is measured.",
        [
          budget,
          ConfigField(
            "device",
            .text,
            standard: "raspberry-pi-4",
            "One of squeeze devices, or a .yaml file of one beside this file."
          ),
        ]
      ),
    ]
  )

  static let halving = ConfigSection(
    "halving",
    "Successive halving: all candidates of a generation begin, the better ones go on.",
    [
      ConfigField("first", .integer(1...1_000_000), isRequired: true, "Epochs of the first round."),
      ConfigField(
        "factor",
        .integer(2...1000),
        standard: 3,
        "How many times fewer go on, for longer."
      ),
    ]
  )

  /// The whole config.
  public static let root = ConfigSection(
    "search",
    "A search for small networks: one to begin with, what may be done to it, and what counts.",
    [
      ConfigField("name", .text, "What the search is called; the file's name otherwise."),
      ConfigField(
        "train",
        .text,
        isRequired: true,
        "The config of a training, beside this file: how candidates are trained, and whose data judges."
      ),
      ConfigField(
        "network",
        .section(ExperimentSchema.network),
        "The network where the search begins; the training's otherwise."
      ),
      ConfigField(
        "genes",
        .texts,
        isRequired: true,
        "Choices, divided by |, each boosters as squeeze rewrite --apply takes them, or nothing; "
          + "0.25...0.75 by 0.25 stands for each value of the range."
      ),
      ConfigField(
        "objectives",
        .variants(objectives),
        standard: [.settings(Settings("accuracy")), .settings(Settings("parameters"))],
        "What is made large or small."
      ),
      ConfigField("candidates", .integer(1...1_000_000), standard: 40, "How many are tried."),
      ConfigField("population", .integer(2...100_000), standard: 12, "How many live at once."),
      ConfigField(
        "sample",
        .integer(1...100_000),
        standard: 4,
        "Of how many the best is a parent."
      ),
      ConfigField(
        "generation",
        .integer(1...100_000),
        standard: 4,
        "How many candidates are proposed at once, so that they can be trained side by side."
      ),
      ConfigField(
        "epochs",
        .integer(1...1_000_000),
        "Epochs of a candidate; the training's otherwise."
      ),
      ConfigField("halving", .section(halving), "Whether hopeless candidates end early."),
      ConfigField(
        "compare",
        .boolean,
        standard: false,
        "Train the training's own network too, first and as long, and say which candidates beat it."
      ),
      ConfigField(
        "inherit",
        .boolean,
        standard: false,
        "Begin with the weights of the most similar candidate, where shapes are the same."
      ),
      ConfigField("workers", .integer(1...256), standard: 1, "Trainings at a time."),
      ConfigField(
        "seed",
        .integer(0...Int.max),
        standard: 1,
        "Of the search and of all trainings."
      ),
    ]
  )

  /// The schema as text.
  public static var text: String { root.text }
}
