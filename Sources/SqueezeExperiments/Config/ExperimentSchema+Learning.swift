extension ExperimentSchema {
  private static let weight = ConfigField(
    "weight",
    .number(positive),
    standard: 1,
    "Its share in a sum of losses."
  )
  private static let ignored = ConfigField(
    "ignore_index",
    .integer(0...65_536),
    "The class whose pixels do not count."
  )

  private static let activation = ConfigField(
    "activation",
    .word(["softmax", "sigmoid"]),
    standard: "softmax",
    "How scores become probabilities: all classes together, or each by itself."
  )

  package static let losses = ConfigVariants(
    "loss",
    [
      ConfigSection(
        "cross_entropy",
        "Of one class among several, per sample or per pixel.",
        [
          ConfigField(
            "label_smoothing",
            .number(0...0.999),
            standard: 0,
            "Spread over all classes."
          ),
          ConfigField("class_weights", .numbers(positive, count: 1...65_536), "One per class."),
          ignored, weight,
        ]
      ),
      ConfigSection(
        "binary_cross_entropy",
        "Of yes–no scores.",
        [
          ConfigField(
            "positive_weight",
            .numbers(positive, count: 1...65_536),
            standard: [1],
            "Weight of a yes."
          ),
          ignored, weight,
        ]
      ),
      ConfigSection(
        "dice",
        "1 − the Dice coefficient, its counts made of probabilities.",
        [
          activation,
          ConfigField("smoothing", .number(positive), standard: 1, "Added above and below."),
          ConfigField("background", .boolean, standard: true, "Whether class 0 of several counts."),
          ignored, weight,
        ]
      ),
      ConfigSection(
        "focal",
        "Cross entropy that dwells on hard samples (Lin et al., 2017).",
        [
          activation,
          ConfigField("gamma", .number(positive), standard: 2, "How much easy ones fade."),
          ConfigField("alpha", .number(share), "The balance of yes and no; none otherwise."),
          ignored, weight,
        ]
      ),
      ConfigSection("mean_squared", "The mean square of differences.", [weight]),
      ConfigSection(
        "smooth_l1",
        "Square near zero, straight beyond.",
        [
          ConfigField("beta", .number(1e-12...1e12), standard: 1, "Where it turns straight."),
          weight,
        ]
      ),
    ]
  )

  private static let rate = ConfigField(
    "rate",
    .number(positive),
    isRequired: true,
    "The learning rate; with a schedule, its largest value."
  )
  private static let betas = [
    ConfigField("beta1", .number(0...0.999_999), standard: 0.9, "Memory of gradients."),
    ConfigField("beta2", .number(0...0.999_999), standard: 0.999, "Memory of their squares."),
    ConfigField("epsilon", .number(positive), standard: 1e-8, "Against division by zero."),
  ]

  package static let optimizers = ConfigVariants(
    "optimizer",
    [
      ConfigSection(
        "sgd",
        "Stochastic gradient descent.",
        [
          rate,
          ConfigField("momentum", .number(0...0.999_999), standard: 0, "Memory of past steps."),
          ConfigField("nesterov", .boolean, standard: false, "Look ahead by the momentum."),
        ]
      ),
      ConfigSection("adam", "Kingma and Ba (2014).", [rate] + betas),
      ConfigSection(
        "adamw",
        "Adam with decay apart from gradients (Loshchilov and Hutter, 2017).",
        [rate] + betas
      ),
    ]
  )

  private static let warmUp = ConfigField(
    "warm_up_epochs",
    .number(0...1_000_000),
    standard: 0,
    "Epochs in which the rate grows from 0."
  )
  private static let final = ConfigField(
    "final_rate",
    .number(positive),
    standard: 0,
    "The rate at the end."
  )

  package static let schedules = ConfigVariants(
    "schedule",
    [
      ConfigSection("constant", "The same rate throughout.", [warmUp]),
      ConfigSection(
        "step",
        "The rate is multiplied by a factor at some epochs.",
        [
          ConfigField(
            "milestones",
            .numbers(positive, count: 1...1000),
            isRequired: true,
            "The epochs done when the rate falls, such as [30, 60]."
          ),
          ConfigField("factor", .number(0...1), standard: 0.1, "The factor."),
          warmUp,
        ]
      ),
      ConfigSection("cosine", "Half a cosine (Loshchilov and Hutter, 2016).", [final, warmUp]),
      ConfigSection(
        "one_cycle",
        "Up to the rate and down to almost nothing (Smith and Topin, 2017).",
        [
          ConfigField("rise", .number(0...1), standard: 0.3, "The share of steps that go up."),
          ConfigField(
            "start_rate",
            .number(positive),
            "The rate of the first step; a 25th of the largest otherwise."
          ),
          final,
          ConfigField("fall", .word(["linear", "cosine"]), standard: "linear", "The way down."),
        ]
      ),
      ConfigSection(
        "polynomial",
        "rate · (1 − t)ᵖ, t growing from 0 to 1.",
        [ConfigField("power", .number(0...100), standard: 0.9, "The power p."), final, warmUp]
      ),
    ]
  )
}
