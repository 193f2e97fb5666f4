import Foundation
import SqueezeData
import SqueezeEngine
import SqueezeFormats
import SqueezeGraph
import SqueezeOperators
import SqueezeParameters
import SqueezeTensor
import SqueezeTrain
import Testing

/// A pruned weight is exactly zero after training, a checkpoint, resuming, conversion and export.
@Suite struct FrozenMaskTests {
  /// Bars in noise, standing or lying.
  private struct Bars: BatchSource {
    var name: String { "bars" }
    var classes: [String] { ["standing", "lying"] }
    var inputShape: Shape { [1, 8, 8] }
    var sampleCount: Int { 32 }
    var batchSize: Int { 8 }
    var batchCount: Int { 4 }

    func batch(_ index: Int, epoch: Int) -> TrainingBatch {
      var random = SeededGenerator(seed: UInt64(epoch * 4 + index))
      var (scalars, labels): ([Float], [Int]) = ([], [])
      for sample in 0..<batchSize {
        labels.append(sample % 2)
        for y in 0..<8 {
          for x in 0..<8 {
            let isBar = (sample % 2 == 0 ? x : y) == sample
            scalars.append(random.uniform(-0.5, 0.5) + (isBar ? 1 : 0))
          }
        }
      }
      return TrainingBatch(
        inputs: Tensor([batchSize, 1, 8, 8], scalars),
        targets: .classes(labels),
        samples: Array(index * batchSize..<(index + 1) * batchSize)
      )
    }
  }

  private static func network(seed: UInt64) throws -> Model {
    let window = SlidingWindow(3, padding: 1)
    return try Model(
      name: "bars",
      inputs: [ModelInput("x", [.named("N"), .fixed(1), .fixed(8), .fixed(8)])],
      outputs: ["p"],
      nodes: [
        Node("a", Convolution(outputChannels: 8, window: window), inputs: ["x"]),
        Node("norm", BatchNormalization(), inputs: ["a"]),
        Node("relu", ReLU(), inputs: ["norm"]),
        Node("deep", Convolution(outputChannels: 8, window: window, groups: 8), inputs: ["relu"]),
        Node("b", Convolution(outputChannels: 16, window: SlidingWindow(1)), inputs: ["deep"]),
        Node(
          "up",
          TransposedConvolution(outputChannels: 4, window: SlidingWindow(2, stride: 2)),
          inputs: ["b"]
        ),
        Node("pool", MaxPool(window: SlidingWindow(4, stride: 4)), inputs: ["up"]),
        Node("flat", Flatten(), inputs: ["pool"]),
        Node("fc", FullyConnected(outputFeatures: 2), inputs: ["flat"]),
        Node("p", Softmax(axis: 1), inputs: ["fc"]),
      ]
    ).initialized(seed: seed)
  }

  private static let keys = ["a", "deep", "b", "up", "fc"].map { "\($0).weight" }

  /// The network with masks of random density, one layer empty, and shared weights in another.
  private static func pruned(seed: UInt64) throws -> (model: Model, masks: [String: [Bool]]) {
    var model = try network(seed: seed)
    var random = SeededGenerator(seed: seed &+ 100)
    var masks: [String: [Bool]] = [:]
    for (position, key) in keys.enumerated() {
      let weight = try #require(model.parameters[key]).decoded()
      let density = UInt64(position) == seed % 5 && key == "deep.weight" ? 0 : random.uniform()
      let mask = weight.scalars.map { _ in random.uniform() < density }
      masks[key] = mask
      model.parameters[key] =
        UInt64(position) == (seed + 1) % 5
        ? MaskedCodebook(
          shape: weight.shape,
          indices: mask.enumerated().map { $1 ? UInt16($0 % 4 + 1) : 0 },
          centroids: [-0.5, -0.125, 0.25, 0.375]
        ) : Masked(weight, mask: mask)
    }
    return (model, masks)
  }

  /// Checks every pruned weight: zero, and not −0 either.
  private static func check(_ model: Model, _ masks: [String: [Bool]], _ place: String) throws {
    for (key, mask) in masks {
      let weights = try #require(model.parameters[key]).decoded().scalars
      #expect(weights.count == mask.count)
      let revived = zip(weights, mask).count { !$1 && $0.bitPattern != 0 }
      #expect(revived == 0, "\(place): \(revived) weights of \(key) are back")
    }
  }

  /// Checks that the encodings still know which weights are pruned.
  private static func checkMasks(_ model: Model, _ masks: [String: [Bool]], _ place: String) {
    for (key, mask) in masks {
      switch model.parameters[key] {
      case let masked as Masked: #expect(masked.mask == mask, "\(place): \(key)")
      case let codebook as MaskedCodebook:
        #expect(codebook.indices.map { $0 != 0 } == mask, "\(place): \(key)")
      default: Issue.record("\(place): \(key) has lost its mask")
      }
    }
  }

  private static func trainer(_ model: Model, _ seed: Int, _ folder: URL?) throws -> Trainer {
    let optimizers: [any Optimizer] = [SGD(momentum: 0.9, isNesterov: true), Adam(), AdamW()]
    var options = TrainerOptions()
    options.epochs = 3
    options.seed = UInt64(seed)
    options.weightDecay = WeightDecay(1e-2)
    options.average = seed % 2 == 0 ? nil : ExponentialAverage(decay: 0.9)
    options.checkpointFolder = folder
    options.checkpointEverySteps = 2
    options.threadCount = 1 + seed % 2
    return try Trainer(
      model: model,
      loss: CrossEntropy(),
      optimizer: optimizers[seed % 3],
      schedule: CosineDecay(0.05),
      runtime: FastTrainingRuntime(),
      evaluator: FastRuntime(threadCount: 1),
      options: options
    )
  }

  @Test("pruned weights stay zero through training, resuming, files and export", arguments: 0..<6)
  func staysZero(_ seed: Int) throws {
    let folder = try TemporaryFolder()
    let (model, masks) = try Self.pruned(seed: UInt64(seed))
    let whole = try Self.trainer(model, seed, nil).run(training: Bars(), validation: Bars())
    try Self.check(whole.model, masks, "trained")
    Self.checkMasks(whole.model, masks, "trained")
    // What was kept did train.
    let moved = Self.keys.count { key in
      whole.model.parameters[key]?.free != model.parameters[key]?.free
    }
    #expect(moved >= 4)

    var steps = 0
    let stopped = try Self.trainer(model, seed, folder.url).run(
      training: Bars(),
      validation: Bars(),
      observe: { if case .step = $0 { steps += 1 } },
      shouldStop: { steps == 5 }
    )
    #expect(stopped.end == .stopped)
    try Self.check(stopped.model, masks, "stopped")
    let resumed = try Self.trainer(model, seed, folder.url).run(
      training: Bars(),
      validation: Bars(),
      resume: true
    )
    #expect(resumed.weightsHash == whole.weightsHash)
    for (place, model) in [
      ("resumed", resumed.model), ("unaveraged", resumed.unaveragedModel),
      ("best", try #require(resumed.best)),
    ] {
      try Self.check(model, masks, place)
      Self.checkMasks(model, masks, place)
    }

    for coder in SQZWriter.Coder.allCases {
      let url = folder.url.appendingPathComponent("\(coder.rawValue).sqz")
      try ModelFile.save(resumed.model, to: url, coder: coder)
      let read = try ModelFile.load(url)
      try Self.check(read, masks, coder.rawValue)
      Self.checkMasks(read, masks, coder.rawValue)
      #expect(read.weightsHash == resumed.weightsHash)
    }
    let url = folder.url.appendingPathComponent("model.onnx")
    try ModelFile.save(resumed.model, to: url)
    let exported = try ModelFile.load(url)
    try Self.check(exported, masks, "exported")
    for key in Self.keys {
      #expect(exported.parameters[key]?.decoded() == resumed.model.parameters[key]?.decoded())
    }
  }
}
