public import SqueezeEngine

/// Where the time of a model goes, as a table and as JSON.
public struct ProfileReport: Sendable {
  /// What the model is called, usually its file.
  public var model: String
  public var profile: ExecutionProfile
  /// What was predicted of the steps before they were measured.
  public var prediction: TimePrediction?

  /// Creates a report.
  public init(model: String, profile: ExecutionProfile, prediction: TimePrediction? = nil) {
    self.model = model
    self.profile = profile
    self.prediction = prediction
  }

  // MARK: Tables

  /// Every step in the order in which they run, and the total.
  public var table: Table {
    let total = profile.totalSeconds
    return Table(
      [
        .init("step"), .init("operator"), .init("kernel"), .init("output", .right),
        .init("time", .right), .init("share", .right), .init("GMAC/s", .right),
        .init("GB/s", .right), .init("of limit", .right), .init("bound"),
      ],
      rows: profile.steps.map { step in
        [
          Self.shortened(step.nodes), step.operatorName, step.kernel,
          step.outputShape.map(String.init).joined(separator: "×"), Units.seconds(step.seconds),
          Units.percent(total > 0 ? step.seconds / total : 0),
          step.work.macs > 0 ? Units.rounded(step.gmacsPerSecond) : "",
          Units.rounded(step.gigabytesPerSecond), "\(Int((step.peakShare * 100).rounded())) %",
          step.limit.bound,
        ]
      },
      totals: [
        [
          "total", "\(profile.steps.count) steps", "", "", Units.seconds(total), "",
          Units.rounded(rate(profile.steps.reduce(0) { $0 + $1.work.macs })), "",
          "\(Int((share(of: profile.steps) * 100).rounded())) %", "",
        ]
      ]
    )
  }

  /// The nodes of a step, short enough for a table.
  ///
  /// What later names share with the first is left out: `conv1 + conv1/relu` becomes `conv1 + relu`.
  static func shortened(_ nodes: [String], to limit: Int = 40) -> String {
    guard let first = nodes.first else { return "" }
    let later = nodes.dropFirst().map { name in
      let shared = zip(first + "/", name).prefix { $0 == $1 }.map(\.0)
      let end = shared.lastIndex(of: "/").map { $0 + 1 } ?? 0
      return String(name.dropFirst(end))
    }
    let text =
      later.count > 1
      ? "\(first) … \(later[later.count - 1])" : ([first] + later).joined(separator: " + ")
    guard text.count > limit else { return text }
    let half = (limit - 1) / 2
    return "\(text.prefix(half))…\(text.suffix(half))"
  }

  /// How much time each bound takes, most first.
  public var bounds: Table {
    Table(
      [
        .init("bound by"), .init("steps", .right), .init("time", .right), .init("share", .right),
        .init("of limit", .right),
      ],
      rows: Self.groups(of: profile).map { group in
        [
          group.bound, "\(group.steps.count)", Units.seconds(group.seconds),
          Units.percent(profile.totalSeconds > 0 ? group.seconds / profile.totalSeconds : 0),
          "\(Int((share(of: group.steps) * 100).rounded())) %",
        ]
      }
    )
  }

  /// The steps of one bound.
  struct Group {
    var bound: String
    var steps: [ExecutionProfile.Step]
    var seconds: Double { steps.reduce(0) { $0 + $1.seconds } }
  }

  static func groups(of profile: ExecutionProfile) -> [Group] {
    Dictionary(grouping: profile.steps, by: \.limit.bound)
      .map { Group(bound: $0.key, steps: $0.value) }
      .sorted { ($1.seconds, $0.bound) < ($0.seconds, $1.bound) }
  }

  /// The least time of some steps over the time they took.
  private func share(of steps: [ExecutionProfile.Step]) -> Double {
    let seconds = steps.reduce(0) { $0 + $1.seconds }
    return seconds > 0 ? steps.reduce(0) { $0 + $1.limit.seconds } / seconds : 0
  }

  private func rate(_ macs: Int) -> Double {
    profile.totalSeconds > 0 ? Double(macs) / profile.totalSeconds * 1e-9 : 0
  }

  /// Every step that computes a node, as predicted and as measured, and the total; `nil` without a prediction.
  public var predictions: Table? {
    prediction.map { prediction in
      Table(
        [
          .init("step"), .init("kernel"), .init("predicted", .right), .init("measured", .right),
          .init("off by", .right),
        ],
        rows: prediction.steps.filter(\.isNode).map(Self.row),
        totals: [
          [
            "total", "all \(prediction.steps.count) steps", Units.seconds(prediction.totalSeconds),
            Units.seconds(profile.totalSeconds),
            Units.percent(
              abs(prediction.totalSeconds / max(profile.totalSeconds, .leastNonzeroMagnitude) - 1)
            ),
          ]
        ]
      )
    }
  }

  /// How good the prediction is, and where it is worst; `nil` without one.
  public var predictionSummary: String? {
    prediction.map { prediction in
      let worst = prediction.worst(5).map {
        "\(Self.shortened($0.nodes)) (\($0.kernel), \(Units.percent($0.error)))"
      }
      return """
        predicted from \(prediction.networks.joined(separator: ", ")), measured on this machine, for \
        \(Units.percent(profile.pace)) of its full pace, which it had meanwhile
        median error per node \(Units.percent(prediction.medianError)); worst: \
        \(worst.joined(separator: ", "))
        """
    }
  }

  private static func row(_ step: TimePrediction.Step) -> [String] {
    [
      shortened(step.nodes), step.kernel, Units.seconds(step.predicted),
      Units.seconds(step.measured), Units.percent(step.error),
    ]
  }

  // MARK: JSON

  /// The report under stable keys.
  public struct JSON: Codable, Sendable {
    /// One step.
    public struct Step: Codable, Sendable {
      var nodes: [String]
      var `operator`: String
      var kernel: String
      var output_shape: [Int]
      var ms: Double
      var share: Double
      var macs: Int
      var activation_bytes: Int
      var weight_bytes: Int
      var gmacs_per_second: Double
      var gigabytes_per_second: Double
      var limit_ms: Double
      var peak_share: Double
      var bound: String
      var predicted_ms: Double?
    }

    /// How good the predicted times are.
    public struct Prediction: Codable, Sendable {
      var total_ms: Double
      /// Of the steps that compute nodes.
      var median_error: Double
      var networks: [String]
    }

    var model: String
    var total_ms: Double
    var steps: [Step]
    var machine: MachineReport.JSON
    var instruction_set: String
    var threads: Int
    /// What the processor could do meanwhile over the most it was measured to.
    var pace: Double
    var prediction: Prediction?
  }

  /// The report under stable keys, for `--json`.
  public var json: JSON {
    let total = profile.totalSeconds
    return JSON(
      model: model,
      total_ms: total * 1e3,
      steps: profile.steps.enumerated().map { index, step in
        .init(
          nodes: step.nodes,
          operator: step.operatorName,
          kernel: step.kernel,
          output_shape: step.outputShape,
          ms: step.seconds * 1e3,
          share: total > 0 ? step.seconds / total : 0,
          macs: step.work.macs,
          activation_bytes: step.work.activationBytes,
          weight_bytes: step.work.weightBytes,
          gmacs_per_second: step.gmacsPerSecond,
          gigabytes_per_second: step.gigabytesPerSecond,
          limit_ms: step.limit.seconds * 1e3,
          peak_share: step.peakShare,
          bound: step.limit.bound,
          predicted_ms: prediction.map { $0.steps[index].predicted * 1e3 }
        )
      },
      machine: MachineReport(machine: profile.machine).json,
      instruction_set: profile.instructionSet.rawValue,
      threads: profile.threads,
      pace: profile.pace,
      prediction: prediction.map {
        .init(
          total_ms: $0.totalSeconds * 1e3,
          median_error: $0.medianError,
          networks: $0.networks
        )
      }
    )
  }
}
