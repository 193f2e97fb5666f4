import Foundation
package import SqueezeData
import SqueezeTensor

/// The samples that a config names, divided into what is learnt from and what is measured on.
package struct DataSetup {
  let config: ExperimentConfig
  /// Which part of every training batch this process takes.
  var rank = 0
  var ranks = 1

  /// Batches for a training.
  package struct Parts {
    package var training: BatchLoader
    /// The same batches, made ahead on threads of their own.
    package var prepared: PrefetchingLoader
    /// What epochs are evaluated on: a part of the training data, else the test data.
    package var validation: BatchLoader?
    /// The test data where it is not already the validation data.
    package var test: BatchLoader?
    /// What is to be answered for a sample.
    package var targets: TargetKind
    /// What is odd about the data but no error.
    package var remarks: [String]

    package var classes: [String] { training.classes }

    /// Samples that were left out so far.
    var skipped: [SkippedExample] {
      [training, validation, test].compactMap { $0?.skipped }.flatMap { $0 }
    }

    /// The samples that say how good the final model is.
    package var measured: BatchLoader? { test ?? validation }
  }

  /// What is to be answered for a sample.
  package enum TargetKind { case classes, maps, values }

  /// Opens the data.
  ///
  /// - Parameter input: the shape of one input of the network.
  /// - Returns: batches to learn from and to measure on.
  /// - Throws: ``ConfigError`` or `DataError` that names what is wrong.
  func open(input: Shape) throws -> Parts {
    let all = try examples(split: config.data.text("training") ?? "", input, classes: nil)
    try check(all)
    var (learnt, apart): (any TrainingExamples, (any TrainingExamples)?) = (all, nil)
    if let share = config.data.number("validation"), share > 0 {
      let parts = try all.split(share: share, seed: config.seed)
      (learnt, apart) = (parts.rest, parts.part)
    }
    let testSplit = config.data.text("test") ?? ""
    let test =
      try testSplit.isEmpty
      ? nil : examples(split: testSplit, input, classes: all.classes)

    var remarks: [String] = []
    for (part, what) in [(learnt, "training"), (apart, "validation"), (test, "test")] {
      let missing = try part?.missingClasses() ?? []
      guard !missing.isEmpty else { continue }
      let names = missing.prefix(10).joined(separator: ", ")
      remarks.append("no \(what) sample of \(missing.count) classes: \(names)")
    }
    let training = try loader(learnt, isTraining: true)
    return Parts(
      training: training,
      prepared: PrefetchingLoader(training, threads: min(2, config.threads)),
      validation: try (apart ?? test).map { try loader($0, isTraining: false) },
      test: apart == nil ? nil : try test.map { try loader($0, isTraining: false) },
      targets: try targets(of: all),
      remarks: remarks
    )
  }

  private func targets(of examples: any TrainingExamples) throws -> TargetKind {
    if examples.classes.isEmpty { return .values }
    return try examples.label(0) == nil ? .maps : .classes
  }

  private func check(_ examples: any TrainingExamples) throws(ConfigError) {
    guard let expected = config.data.integer("classes"), expected != examples.classes.count else {
      return
    }
    throw config.error(
      config.data,
      key: "classes",
      expected: "\(expected) classes in \(examples.name)",
      actual: "\(examples.classes.count)"
    )
  }

  // MARK: - Samples

  private func examples(
    split: String,
    _ input: Shape,
    classes: [String]?
  ) throws -> any TrainingExamples {
    guard let path = config.dataPath else {
      throw config.error(key: "data", expected: "a path, or --data", actual: "none")
    }
    let split = split.isEmpty ? nil : split
    var examples: any TrainingExamples
    switch config.data.text("kind") {
    case "segmentation":
      try checkPictures(input)
      examples = try SegmentationExamples(
        path,
        split: split,
        preprocessing: try preprocessing(channels: input[0]),
        height: input[1],
        width: input[2],
        ignoredClass: ignoredClass
      )
    case "signals", "regression":
      examples = try TensorExamples(
        folder: path,
        split: split,
        classes: classes ?? numbered(config.data.integer("classes") ?? 0),
        normalization: Normalization(
          mean: mean.map { Float($0) },
          deviation: deviation.map { Float($0) }
        ),
        ignoredClass: ignoredClass
      )
    default:
      examples = try pictures(path, split: split, input, classes: classes)
    }
    if let limit = config.data.integer("limit"), limit < examples.count {
      // Not the first ones: folders of classes come one after the other.
      let share = Double(limit) / Double(examples.count)
      examples = try examples.split(share: share, seed: 0).part
    }
    return CachedExamples(
      examples,
      byteLimit: (config.data.integer("cache_megabytes") ?? 0) * 1_000_000
    )
  }

  private func pictures(
    _ path: String,
    split: String?,
    _ input: Shape,
    classes: [String]?
  ) throws -> any TrainingExamples {
    try checkPictures(input)
    return try PictureExamples(
      DatasetLocator.open(path, split: split),
      preprocessing: try preprocessing(channels: input[0]),
      height: input[1],
      width: input[2],
      classes: classes
    )
  }

  private func checkPictures(_ input: Shape) throws(ConfigError) {
    guard input.rank == 3, [1, 3].contains(input[0]) else {
      throw config.error(
        config.data,
        key: "input",
        expected: "pictures of 1 or 3 channels, [channels, height, width]",
        actual: "\(input)"
      )
    }
  }

  private func numbered(_ count: Int) -> [String] { (0..<count).map { "\($0)" } }

  /// The class whose pixels do not count, as one of the losses says.
  var ignoredClass: Int? {
    config.settings.variants("loss").lazy.compactMap { $0.integer("ignore_index") }.first
  }

  /// How a picture becomes an input, as the finished model keeps it.
  func preprocessing(channels: Int) throws(ConfigError) -> Preprocessing {
    for key in ["mean", "deviation"] {
      let count = config.data.numbers(key)?.count ?? 1
      guard count == 1 || count == channels else {
        throw config.error(
          config.data,
          key: key,
          expected: "1 or \(channels) numbers",
          actual: "\(count)"
        )
      }
    }
    return Preprocessing(
      order: channels == 1 ? .grey : .rgb,
      scale: 1 / 255,
      mean: mean.map { Float($0) },
      deviation: deviation.map { Float($0) }
    )
  }

  var mean: [Double] { config.data.numbers("mean") ?? [0] }
  var deviation: [Double] { config.data.numbers("deviation") ?? [1] }

  // MARK: - Batches

  /// The most samples of a batch where nothing is learnt.
  private static let evaluationBatch = 250

  private func loader(_ examples: any TrainingExamples, isTraining: Bool) throws -> BatchLoader {
    let policy: UnreadablePolicy = config.data.text("unreadable") == "skip" ? .skip : .stop
    guard isTraining else {
      return try BatchLoader(
        examples,
        batchSize: min(examples.count, max(config.batch, Self.evaluationBatch)),
        unreadable: policy
      )
    }
    let augmentation = AugmentationSetup(config: config)
    var sampler: any Sampler = ShuffledSampler(seed: config.seed)
    if config.data.boolean("balance"), let labels = try examples.labels() {
      sampler = ClassBalancedSampler(labels: labels, seed: config.seed)
    }
    let batch = min(config.batch, max(1, examples.count / ranks))
    if ranks > 1 { sampler = RankSampler(sampler, rank: rank, of: ranks, batchSize: batch) }
    return try BatchLoader(
      examples,
      batchSize: batch,
      sampler: sampler,
      remainder: .drop,
      augmentations: augmentation.augmentations,
      mixUp: augmentation.mixUp,
      seed: config.seed,
      unreadable: policy
    )
  }
}
