public import SqueezeTensor
import Synchronization

/// Batches of augmented, normalized samples.
///
/// A batch is a function of seed, epoch and number: every sample's chance comes from seed, epoch and
/// sample alone, so it does not matter which thread makes which batch when.
public final class BatchLoader: BatchSource {
  /// What becomes of samples that do not fill a batch.
  public enum Remainder: Sendable, Hashable {
    /// They are left out of the epoch, as for training: every step sees equally many.
    case drop
    /// They make a smaller last batch, as for evaluation.
    case keep
  }

  public let examples: any TrainingExamples
  public let batchSize: Int
  public let batchCount: Int
  public let sampleCount: Int
  public let inputShape: Shape
  public let augmentations: [any Augmentation]
  public let mixUp: MixUp?
  public let seed: UInt64
  private let sampler: any Sampler
  private let reader: ExampleReader
  private let normalizer: Normalizer
  private let orders = Mutex([(epoch: Int, draws: [Draw])]())

  /// Divides the draws of a sampler into batches.
  ///
  /// - Parameters:
  ///   - examples: the samples; wrap them in ``CachedExamples`` where reading them is slow.
  ///   - batchSize: the samples of a batch.
  ///   - sampler: the order of each epoch.
  ///   - remainder: what becomes of samples that do not fill a batch.
  ///   - augmentations: random changes, in order.
  ///   - mixUp: mixing of pairs, after all augmentations.
  ///   - seed: of all chance but the sampler's.
  ///   - unreadable: what happens at a sample that cannot be read.
  /// - Throws: ``DataError`` where there are too few samples for one batch or an augmentation cannot
  ///   handle them.
  public init(
    _ examples: any TrainingExamples,
    batchSize: Int,
    sampler: any Sampler = SequentialSampler(),
    remainder: Remainder = .keep,
    augmentations: [any Augmentation] = [],
    mixUp: MixUp? = nil,
    seed: UInt64 = 1,
    unreadable: UnreadablePolicy = .stop
  ) throws(DataError) {
    guard (1...1 << 24).contains(batchSize) else {
      throw DataError("batch", expected: "1…16777216 samples", actual: "\(batchSize)")
    }
    guard examples.count > 0 else {
      throw DataError(examples.name, expected: "at least one sample", actual: "an empty dataset")
    }
    if let flaw = examples.normalization.flaw(channels: examples.inputShape[0]) {
      throw DataError(examples.name, expected: "a sound normalization", actual: flaw)
    }
    if let mixUp {
      guard mixUp.alpha > 0, mixUp.alpha.isFinite else {
        throw DataError("mixup", expected: "alpha above 0", actual: "\(mixUp.alpha)")
      }
    }
    var shape = examples.inputShape
    for augmentation in augmentations { shape = try augmentation.outputShape(for: shape) }
    inputShape = shape
    self.examples = examples
    self.batchSize = batchSize
    self.sampler = sampler
    self.augmentations = augmentations
    self.mixUp = mixUp
    self.seed = seed
    reader = ExampleReader(examples, unreadable)
    normalizer = Normalizer(examples.normalization, channels: examples.inputShape[0])

    let draws = sampler.draws(epoch: 0, count: examples.count)
    switch remainder {
    case .drop:
      batchCount = draws.count / batchSize
      sampleCount = batchCount * batchSize
    case .keep:
      batchCount = (draws.count + batchSize - 1) / batchSize
      sampleCount = draws.count
    }
    guard batchCount > 0 else {
      throw DataError(
        examples.name,
        expected: "at least \(batchSize) samples for a batch",
        actual: "\(draws.count)"
      )
    }
    orders.withLock { $0.append((0, draws)) }
  }

  public var name: String { examples.name }
  public var classes: [String] { examples.classes }

  /// The samples that could not be read so far; others took their places.
  public var skipped: [SkippedExample] { reader.skipped }

  public func batch(_ index: Int, epoch: Int) throws -> TrainingBatch {
    precondition((0..<batchCount).contains(index), "batch \(index) of \(batchCount)")
    let all = draws(epoch)
    let draws = all[index * batchSize..<min((index + 1) * batchSize, sampleCount)]
    var targets = TargetList(examples)
    var samples: [Int] = []
    samples.reserveCapacity(draws.count)
    let elements = inputShape.count
    let scalars = try [Float](unsafeUninitializedCapacity: draws.count * elements) { output, size in
      guard let base = output.baseAddress else { return }
      for (position, draw) in draws.enumerated() {
        let place = base + position * elements
        samples.append(try load(draw, epoch, to: place, &targets))
      }
      size = draws.count * elements
    }
    return TrainingBatch(
      inputs: Tensor(Shape([draws.count] + inputShape.dimensions), scalars),
      targets: try targets.targets(shape: inputShape),
      pixelWeights: targets.weightTensor(shape: inputShape),
      samples: samples
    )
  }

  /// Writes one sample's input and notes its target; gives the index of the sample.
  private func load(
    _ draw: Draw,
    _ epoch: Int,
    to output: UnsafeMutablePointer<Float>,
    _ targets: inout TargetList
  ) throws -> Int {
    let (index, example) = try reader.read(draw.sample)
    if augmentations.isEmpty && mixUp == nil {
      let area = inputShape.count(from: 1)
      switch example.input {
      case .levels(let levels): normalizer.write(levels, area: area, to: output)
      case .reals(let reals): normalizer.write(reals, area: area, to: output)
      }
      try targets.append(example.target, map: nil, weights: example.pixelWeights, index)
      return index
    }
    var random = SeededGenerator(seed: seed, path: epoch, draw.sample, draw.repetition)
    var sample = augmented(example, index, epoch, &random)
    if let mixUp {
      let (other, partner) = try reader.read(random.integer(in: 0...examples.count - 1))
      try targets.checkMixable(example.target, index)
      try targets.checkMixable(partner.target, other)
      let second = augmented(partner, other, epoch, &random)
      mixUp.mix(second, into: &sample, classes: classes.count, random: &random)
    }
    normalizer.write(sample.values, area: sample.area, to: output)
    try targets.append(sample.target, map: sample.map, weights: sample.pixelWeights, index)
    return index
  }

  private func augmented(
    _ example: TrainingExample,
    _ index: Int,
    _ epoch: Int,
    _ random: inout SeededGenerator
  ) -> AugmentedSample {
    var beginning = SeededGenerator(seed: seed, path: index)
    var sample = AugmentedSample(
      example,
      normalizer,
      ignoredClass: examples.ignoredClass,
      alternation: beginning.happens(0.5) != epoch.isMultiple(of: 2)
    )
    for augmentation in augmentations { augmentation.apply(to: &sample, random: &random) }
    precondition(sample.shape == inputShape, "an augmentation made \(sample.shape)")
    return sample
  }

  /// The draws of an epoch; the last two epochs stay in memory.
  private func draws(_ epoch: Int) -> [Draw] {
    orders.withLock { orders in
      if let known = orders.first(where: { $0.epoch == epoch }) { return known.draws }
      let draws = sampler.draws(epoch: epoch, count: examples.count)
      if orders.count == 2 { orders.removeFirst() }
      orders.append((epoch, draws))
      return draws
    }
  }
}
