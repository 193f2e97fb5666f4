import SqueezeData
public import SqueezeGraph
public import SqueezeTensor
import SqueezeTrain

/// How fast a classifier trains, measured over whole steps: forwards, cross entropy, backwards and SGD
/// with momentum, on random data that is there at once.
public struct TrainingSpeed: Sendable, Hashable {
  /// The seconds of every step after the warm-up, shortest first.
  public let sortedSeconds: [Double]
  /// The samples of a step.
  public let batch: Int

  /// The median seconds of a step.
  public var median: Double { sortedSeconds.isEmpty ? 0 : sortedSeconds[sortedSeconds.count / 2] }
  /// The samples per second of the median step.
  public var samplesPerSecond: Double { Double(batch) / max(median, 1e-12) }

  /// Trains a model for some steps.
  ///
  /// - Parameters:
  ///   - model: a model of one input whose first output are scores of classes, `[N, C]` or
  ///     `[N, C, H, W]`, or one yes–no score per sample or pixel.
  ///   - shape: one sample's input.
  ///   - batch: the samples of a step.
  ///   - steps: how many steps count, after a few that do not.
  ///   - runtime: what runs the model forwards and backwards.
  ///   - threads: the threads of a step.
  /// - Throws: what training throws.
  public init(
    of model: Model,
    shape: Shape,
    batch: Int,
    steps: Int,
    runtime: any TrainingRuntime,
    threads: Int
  ) throws {
    var options = TrainerOptions()
    options.epochs = 1
    options.threadCount = threads
    let shapes = model.inputs.first.map { [$0.name: Shape([batch] + shape.dimensions)] } ?? [:]
    let spec = try model.outputs.first.flatMap { try model.infer(shapes).values[$0] }
    let output = spec?.shape ?? [batch, 1]
    let isBinary = output.rank < 2 || output[1] == 1
    let source = RandomBatches(
      inputShape: shape,
      batchSize: batch,
      batchCount: steps + Self.warmUp,
      output: output,
      isBinary: isBinary
    )
    let trainer = try Trainer(
      model: model,
      loss: isBinary ? BinaryCrossEntropy() : CrossEntropy(),
      optimizer: SGD(momentum: 0.9),
      schedule: ConstantRate(1e-4),
      runtime: runtime,
      evaluator: ReferenceRuntime(),
      options: options
    )
    var seconds: [Double] = []
    let clock = ContinuousClock()
    var last = clock.now
    _ = try trainer.run(training: source) { event in
      guard case .step = event else { return }
      let now = clock.now
      seconds.append((now - last).inSeconds)
      last = now
    }
    sortedSeconds = seconds.dropFirst(Self.warmUp).sorted()
    self.batch = batch
  }

  private static let warmUp = 3
}

/// The same random batch over and over.
private struct RandomBatches: BatchSource {
  let name = "random"
  let classes: [String] = []
  let inputShape: Shape
  let batchSize: Int
  let batchCount: Int
  var sampleCount: Int { batchSize * batchCount }
  private let content: TrainingBatch

  init(inputShape: Shape, batchSize: Int, batchCount: Int, output: Shape, isBinary: Bool) {
    self.inputShape = inputShape
    self.batchSize = batchSize
    self.batchCount = batchCount
    var random = SeededGenerator(seed: 1)
    let inputs = random.tensor(TensorSpec(Shape([batchSize] + inputShape.dimensions)))
    let targets: Targets
    if isBinary {
      let bits = (0..<output.count).map { _ in Float(random.next() & 1) }
      targets = .values(Tensor(output, bits))
    } else if output.rank == 2 {
      targets = .classes((0..<batchSize).map { _ in Int(random.next() % UInt64(output[1])) })
    } else {
      let pixels = Shape([output[0]] + output.dimensions.dropFirst(2))
      let classes = (0..<pixels.count).map { _ in Int(random.next() % UInt64(output[1])) }
      targets = .maps(Tensor(pixels, integers: classes))
    }
    content = TrainingBatch(inputs: inputs, targets: targets)
  }

  func batch(_ index: Int, epoch: Int) -> TrainingBatch { content }
}
