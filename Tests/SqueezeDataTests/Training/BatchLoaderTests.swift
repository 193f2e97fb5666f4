import SqueezeData
import SqueezeTensor
import Synchronization
import Testing

@Suite struct BatchLoaderTests {
  static let augmentations: [any Augmentation] = [
    RandomCrop(padding: 2, border: .reflect), HorizontalFlip(), Cutout(5),
    Sometimes(0.5, ColourJitter(brightness: 0.2, contrast: 0.2, saturation: 0.2, hueDegrees: 10)),
  ]

  static func stripes(_ count: Int = 50, seed: UInt64 = 1) throws -> PictureExamples {
    try PictureExamples(
      StripeDataset(count: count, size: 16, seed: seed),
      preprocessing: Preprocessing(scale: 1 / 255, mean: [0.5, 0.4, 0.3], deviation: [0.2]),
      height: 16,
      width: 16
    )
  }

  static func loader(
    _ examples: any TrainingExamples,
    batchSize: Int = 8,
    remainder: BatchLoader.Remainder = .drop
  ) throws -> BatchLoader {
    try BatchLoader(
      examples,
      batchSize: batchSize,
      sampler: ShuffledSampler(seed: 3),
      remainder: remainder,
      augmentations: augmentations,
      mixUp: MixUp(),
      seed: 11
    )
  }

  /// Without augmentation, a batch is what the model's own preprocessing gives, bit for bit.
  @Test func inputsAreThoseOfThePreprocessing() throws {
    let dataset = StripeDataset(count: 5, size: 16, seed: 4)
    for order in Preprocessing.ChannelOrder.allCases {
      let mean: [Float] = order == .grey ? [0.4] : [0.5, 0.4, 0.3]
      let preprocessing = Preprocessing(order: order, scale: 1 / 255, mean: mean, deviation: [0.3])
      let examples = try PictureExamples(
        dataset,
        preprocessing: preprocessing,
        height: 12,
        width: 10
      )
      let preprocessor = try ImagePreprocessor(preprocessing, height: 12, width: 10)
      let batch = try BatchLoader(examples, batchSize: 5).batch(0, epoch: 0)
      let expected = try (0..<5).flatMap { index in
        try preprocessor.tensor(for: dataset.sample(index).image).scalars
      }
      #expect(batch.inputs.scalars == expected)
      #expect(batch.inputs.shape == [5, order.count, 12, 10])
      #expect(batch.targets == .classes([0, 1, 2, 3, 4]))
      #expect(batch.samples == [0, 1, 2, 3, 4])
      // An augmentation that changes nothing does not change a bit either.
      let padded = try BatchLoader(examples, batchSize: 5, augmentations: [Pad(0)])
      #expect(try padded.batch(0, epoch: 0).inputs.isBitIdentical(to: batch.inputs))
    }
  }

  @Test func aBatchDependsOnSeedEpochAndNumberAlone() throws {
    let examples = try Self.stripes()
    let (a, b) = (
      try Self.loader(examples), try Self.loader(CachedExamples(examples, byteLimit: 9999))
    )
    let forward = try (0..<6).map { try a.batch($0, epoch: 2) }
    for index in (0..<6).reversed() {
      _ = try b.batch(index, epoch: index)
      let batch = try b.batch(index, epoch: 2)
      #expect(batch.inputs.isBitIdentical(to: forward[index].inputs))
      #expect(batch.targets == forward[index].targets)
    }
    #expect(try a.batch(0, epoch: 3).inputs != forward[0].inputs)
    #expect(Set(forward.flatMap(\.samples)).count == 48)
  }

  @Test func theRemainderIsDroppedOrKept() throws {
    let examples = try Self.stripes(50)
    let training = try BatchLoader(examples, batchSize: 8, remainder: .drop)
    #expect([training.batchCount, training.sampleCount] == [6, 48])
    let evaluation = try BatchLoader(examples, batchSize: 8)
    #expect([evaluation.batchCount, evaluation.sampleCount] == [7, 50])
    let last = try evaluation.batch(6, epoch: 0)
    #expect(last.samples == [48, 49])
    #expect(last.inputs.shape == [2, 3, 16, 16])
  }

  @Test func ranksTogetherMakeTheGlobalBatch() throws {
    let examples = try Self.stripes()
    let sampler = ShuffledSampler(seed: 8)
    func loader(_ sampler: any Sampler, _ size: Int) throws -> BatchLoader {
      try BatchLoader(
        examples,
        batchSize: size,
        sampler: sampler,
        remainder: .drop,
        augmentations: Self.augmentations,
        seed: 5
      )
    }
    let whole = try loader(sampler, 8)
    let ranks = try (0..<2).map {
      try loader(RankSampler(sampler, rank: $0, of: 2, batchSize: 4), 4)
    }
    for index in 0..<6 {
      let parts = try ranks.map { try $0.batch(index, epoch: 1) }
      let batch = try whole.batch(index, epoch: 1)
      #expect(batch.inputs.scalars == parts.flatMap(\.inputs.scalars))
      #expect(batch.samples == parts.flatMap(\.samples))
    }
    #expect(ranks.allSatisfy { $0.batchCount == whole.batchCount })
  }

  @Test func repeatedDrawsAreAugmentedAnew() throws {
    let inputs = Tensor([3, 1, 4], (0..<12).map { Float($0) })
    let examples = try TensorExamples(inputs, .classes([0, 0, 1]))
    let loader = try BatchLoader(
      examples,
      batchSize: 4,
      sampler: ClassBalancedSampler(labels: [0, 0, 1], seed: 1),
      augmentations: [Noise(deviation: 1)]
    )
    #expect(loader.sampleCount == 3)
    let many = try TensorExamples(
      Tensor([9, 1, 2], [Float](repeating: 1, count: 18)),
      .classes([0, 0, 0, 0, 0, 0, 0, 0, 1])
    )
    let labels = try #require(try many.labels())
    let batch = try BatchLoader(
      many,
      batchSize: 9,
      sampler: ClassBalancedSampler(labels: labels, seed: 1),
      augmentations: [Noise(deviation: 1)]
    ).batch(0, epoch: 0)
    #expect(batch.samples.filter { $0 == 8 }.count >= 4)
    #expect(Set(batch.inputs.scalars).count == 18)
  }

  @Test func theCacheKeepsBytesWithinItsLimit() throws {
    let examples = CachedExamples(try Self.stripes(20), byteLimit: 10 * (3 * 256 + 8) + 5)
    let loader = try BatchLoader(examples, batchSize: 20)
    let first = try loader.batch(0, epoch: 0)
    var counts = examples.counts
    #expect([counts.hits, counts.misses, counts.kept] == [0, 20, 10])
    #expect(counts.bytes == 10 * (3 * 256 + 8))
    let second = try loader.batch(0, epoch: 1)
    counts = examples.counts
    #expect([counts.hits, counts.misses, counts.kept] == [10, 30, 10])
    #expect(first.inputs == second.inputs)
    let none = CachedExamples(try Self.stripes(3), byteLimit: 0)
    _ = try BatchLoader(none, batchSize: 3).batch(0, epoch: 0)
    #expect(none.counts.kept == 0)
  }

  // MARK: - Errors

  @Test func unreadableSamplesStopOrAreSkippedAndCounted() throws {
    let dataset = BatchesTests.Levels(count: 10, damaged: [3, 4, 9])
    let examples = try PictureExamples(
      dataset,
      preprocessing: Preprocessing(order: .grey),
      height: 2,
      width: 2
    )
    let strict = try BatchLoader(examples, batchSize: 10)
    let error = try #require(throws: ImageError.self) { try strict.batch(0, epoch: 0) }
    #expect(error.file == "3.png")
    let lenient = try BatchLoader(examples, batchSize: 10, unreadable: .skip)
    #expect(lenient.skipped.isEmpty)
    for epoch in 0..<2 {
      let batch = try lenient.batch(0, epoch: epoch)
      #expect(batch.samples == [0, 1, 2, 5, 5, 5, 6, 7, 8, 0])
      #expect(batch.targets == .classes([0, 1, 0, 1, 1, 1, 0, 1, 0, 0]))
    }
    #expect(lenient.skipped.map(\.index) == [3, 4, 9])
    #expect(lenient.skipped.allSatisfy { $0.reason.contains(".png") })
    let none = BatchesTests.Levels(count: 2, damaged: [0, 1])
    let hopeless = try PictureExamples(
      none,
      preprocessing: Preprocessing(order: .grey),
      height: 2,
      width: 2
    )
    let loader = try BatchLoader(hopeless, batchSize: 1, unreadable: .skip)
    #expect(throws: DataError.self) { try loader.batch(0, epoch: 0) }
  }

  /// Pictures with whatever label.
  private struct Labelled: Dataset {
    var labels: [Int]
    var classes: [String]
    var name: String { "labelled" }
    var count: Int { labels.count }
    func sample(_ index: Int) -> Sample {
      let image = Image(width: 1, height: 1, channels: 1, pixels: [UInt8(index)])
      return Sample(name: "\(index).png", image: image, label: labels[index])
    }
  }

  private func examples(
    _ labels: [Int],
    _ names: [String],
    classes: [String]? = nil
  ) throws -> PictureExamples {
    try PictureExamples(
      Labelled(labels: labels, classes: names),
      preprocessing: Preprocessing(order: .grey),
      height: 1,
      width: 1,
      classes: classes
    )
  }

  @Test("a label outside the classes is never skipped", arguments: [-1, 2])
  func wrongLabels(_ label: Int) throws {
    let loader = try BatchLoader(
      examples([0, label], ["a", "b"]),
      batchSize: 2,
      unreadable: .skip
    )
    let error = try #require(throws: LabelError.self) { try loader.batch(0, epoch: 0) }
    #expect(error == LabelError("labelled/1.png", classCount: 2, label: label))
  }

  @Test func validationCountsByTheClassesOfTraining() throws {
    let training = ["cat", "dog", "frog"]
    let validation = try examples([0, 1, 1], ["cat", "frog"], classes: training)
    #expect(try validation.labels() == [0, 2, 2])
    #expect(try validation.example(2).target == .classIndex(2))
    #expect(try validation.missingClasses() == ["dog"])
    #expect(try examples([0, 1], ["cat", "dog"]).missingClasses() == [])
    let error = try #require(throws: DataError.self) {
      try examples([0], ["horse"], classes: training)
    }
    #expect(error.actual.contains("horse"))
  }

  @Test func emptyOrTooSmallDatasetsAreRefused() throws {
    #expect(throws: DataError.self) { try examples([], ["a"]) }
    let small = try examples([0, 0, 0], ["a"])
    #expect(throws: DataError.self) { try BatchLoader(small, batchSize: 4, remainder: .drop) }
    #expect(throws: Never.self) { try BatchLoader(small, batchSize: 4) }
    #expect(throws: DataError.self) { try BatchLoader(small, batchSize: 0) }
    let nothing = ExampleSubset(small, [])
    #expect(throws: DataError.self) { try BatchLoader(nothing, batchSize: 1) }
  }

  @Test func aSplitKeepsItsShareOfEveryClass() throws {
    let labels = (0..<100).map { $0 < 80 ? 0 : 1 }
    let all = try TensorExamples(
      Tensor([100, 1, 1], (0..<100).map { Float($0) }),
      .classes(labels)
    )
    let (rest, part) = try all.split(share: 0.2, seed: 3)
    #expect([rest.count, part.count] == [80, 20])
    #expect(Set(rest.indices).isDisjoint(with: part.indices))
    #expect(try part.labels()?.filter { $0 == 1 }.count == 4)
    #expect(rest.indices == rest.indices.sorted())
    #expect(try all.split(share: 0.2, seed: 3).part.indices == part.indices)
    #expect(try all.split(share: 0.2, seed: 4).part.indices != part.indices)
  }

  @Test func measuredNormalizationGivesMeanZeroAndDeviationOne() throws {
    let examples = try Self.stripes(30)
    let measured = try Normalization.measured(over: examples, scale: 1 / 255)
    #expect(measured.mean.allSatisfy { (0.2...0.8).contains($0) })
    var random = SeededGenerator(seed: 1)
    let tensor = random.tensor(TensorSpec([40, 2, 6]))
    var signals = try TensorExamples(tensor, .values(Tensor(zeros: [40, 1])))
    signals.normalization = try Normalization.measured(over: signals)
    let inputs = try BatchLoader(signals, batchSize: 40).batch(0, epoch: 0).inputs
    for channel in 0..<2 {
      let values = (0..<40).flatMap { sample in
        (0..<6).map { inputs.scalars[sample * 12 + channel * 6 + $0] }
      }
      let mean = values.reduce(0, +) / 240
      let square = values.reduce(0) { $0 + $1 * $1 } / 240
      #expect(abs(mean) < 1e-4)
      #expect(abs(square - 1) < 1e-3)
    }
  }
}
