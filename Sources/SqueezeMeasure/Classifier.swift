public import SqueezeCompress
public import SqueezeData
public import SqueezeEngine
public import SqueezeGraph
import SqueezeMetrics
import SqueezeOperators
public import SqueezeTensor

/// A model that turns one picture into scores for classes.
public struct Classifier: Sendable {
  /// How a picture becomes the input.
  public let preprocessor: ImagePreprocessor
  /// The number of threads that share the work of one run.
  public let threadCount: Int
  /// In what numbers the model computes.
  public let precision: Precision
  /// A model of floats that is to be calibrated for int8; else nothing is kept.
  private let uncalibrated: Model?
  private let preprocessing: Preprocessing
  private let input: ModelInput
  private let output: String
  private let compiled: CompiledModel
  /// Whether the model's own last operator gives probabilities.
  public let givesProbabilities: Bool

  /// Compiles a model of one picture input; its first output holds the scores.
  ///
  /// - Parameters:
  ///   - model: a model whose only input is `[N, C, H, W]` or `[N, H, W, C]`; handed over by
  ///     `consume` where it is not needed any more, its parameters are let go of while compiling.
  ///   - preprocessing: `nil` takes the model's own.
  ///   - threadCount: the threads that share the work of one run.
  ///   - tuned: choices among kernels by measurement; `nil` takes the first that fits.
  ///   - precision: in what numbers to compute; see `CompiledModel`.
  /// - Throws: ``MeasureError`` where the model takes no pictures or none of this size.
  public init(
    _ model: consuming Model,
    preprocessing: Preprocessing? = nil,
    threadCount: Int = 1,
    tuned: TunedChoices? = nil,
    precision: Precision = .float32
  ) throws {
    guard model.inputs.count == 1, let input = model.inputs.first, input.type == .float32,
      input.dimensions.count == 4
    else {
      let inputs = model.inputs.map { "\($0)" }.joined(separator: ", ")
      throw MeasureError(
        "model \"\(model.name)\"",
        expected: "one picture input [N, C, H, W]",
        actual: inputs
      )
    }
    guard let output = model.outputs.first else {
      throw MeasureError("model \"\(model.name)\"", expected: "an output", actual: "none")
    }
    guard var preprocessing = preprocessing ?? model.preprocessing else {
      let names = Preprocessing.presets.map(\.name).joined(separator: ", ")
      throw MeasureError(
        "model \"\(model.name)\"",
        expected: "to know how a picture becomes its input (--preprocess \(names))",
        actual: "no preprocessing in the file"
      )
    }
    preprocessing.layout = Self.layout(of: input)
    let (height, width) = try Self.size(of: input, preprocessing)
    let channels = Self.channels(of: input, preprocessing.layout)
    if channels == 1 { preprocessing = preprocessing.grey }
    if let channels, channels != preprocessing.order.count {
      throw MeasureError(
        "input \"\(input.name)\"",
        expected: "1 or 3 channels for a picture",
        actual: "\(channels)"
      )
    }
    preprocessor = try ImagePreprocessor(preprocessing, height: height, width: width)
    self.input = input
    self.output = output
    self.threadCount = threadCount
    self.precision = precision
    self.preprocessing = preprocessing
    uncalibrated =
      precision == .int8 && !ActivationQuantization.isQuantized(model) ? copy model : nil
    let producer = model.nodes.first { $0.outputs.contains(output) }
    givesProbabilities = producer.map { $0.op is Softmax } ?? false
    compiled = try CompiledModel(
      consume model,
      shapes: [input.name: preprocessor.shape()],
      threadCount: threadCount,
      tuned: tuned,
      precision: precision
    )
  }

  /// How many pictures a calibration looks at unless asked for more.
  ///
  /// Results of SqueezeNet still move by a point with another choice of 32 to 100 pictures.
  public static let calibrationLimit = 200

  /// Whether int8 was asked for and the model is still of floats: see ``quantized(calibratedOn:by:)``.
  public var awaitsCalibration: Bool { uncalibrated != nil }

  /// The classifier with its model on grids of 8 bits.
  ///
  /// - Parameters:
  ///   - pictures: what activations are calibrated on, ready as input tensors of batch 1.
  ///   - method: how ranges are chosen.
  /// - Returns: a classifier of the same pictures; this one where it awaits no calibration.
  /// - Throws: as ``SqueezeGraph/Model/quantized(calibratedOn:by:threadCount:)``.
  public func quantized(
    calibratedOn pictures: [Tensor],
    by method: ActivationQuantization = ActivationQuantization()
  ) throws -> Classifier {
    guard let uncalibrated else { return self }
    let samples = pictures.map { [input.name: $0] }
    return try Classifier(
      try uncalibrated.quantized(calibratedOn: samples, by: method, threadCount: threadCount),
      preprocessing: preprocessing,
      threadCount: threadCount,
      precision: .int8
    )
  }

  /// The scores of one picture, one per class.
  public func scores(_ image: Image) throws -> [Float] {
    try scores(input: try preprocessor.tensor(for: image))
  }

  /// The scores of one picture that is ready as an input tensor of batch 1.
  public func scores(input tensor: Tensor) throws -> [Float] {
    try compiled.withSession { session in
      try session.setInput(input.name, tensor)
      try session.run()
      return try session.output(output).reals
    }
  }

  /// The scores as probabilities: as they are where the model ends in a softmax, else through one.
  public func probabilities(of scores: [Float]) -> [Float] {
    guard !givesProbabilities, let largest = scores.max() else { return scores }
    let powers = scores.map { exponential(Double($0 - largest)) }
    let sum = powers.reduce(0, +)
    return powers.map { Float($0 / sum) }
  }

  /// The best classes of one picture, most probable first.
  public func predictions(
    _ image: Image,
    top count: Int
  ) throws -> [(index: Int, probability: Float)] {
    let probabilities = probabilities(of: try scores(image))
    return TopK.indices(count, of: probabilities).map { ($0, probabilities[$0]) }
  }

  // MARK: Input

  private static func layout(of input: ModelInput) -> Preprocessing.Layout {
    if case .fixed(let last) = input.dimensions[3], last == 1 || last == 3 {
      if case .fixed(let first) = input.dimensions[1], first == 1 || first == 3 { return .nchw }
      return .nhwc
    }
    return .nchw
  }

  private static func channels(of input: ModelInput, _ layout: Preprocessing.Layout) -> Int? {
    guard case .fixed(let count) = input.dimensions[layout == .nchw ? 1 : 3] else { return nil }
    return count
  }

  private static func size(
    of input: ModelInput,
    _ preprocessing: Preprocessing
  ) throws(MeasureError) -> (height: Int, width: Int) {
    let axes = preprocessing.layout == .nchw ? (2, 3) : (1, 2)
    func size(_ axis: Int, _ crop: Int?) throws(MeasureError) -> Int {
      if case .fixed(let size) = input.dimensions[axis] { return size }
      guard let crop else {
        throw MeasureError(
          "input \"\(input.name)\"",
          expected: "a picture size, fixed or by a crop",
          actual: "\(input)"
        )
      }
      return crop
    }
    return (
      try size(axes.0, preprocessing.cropHeight), try size(axes.1, preprocessing.cropWidth)
    )
  }
}

extension Preprocessing {
  /// The same for a network of one channel: grey, with the mean and deviation averaged.
  var grey: Preprocessing {
    var grey = self
    grey.order = .grey
    grey.mean = [mean.reduce(0, +) / Float(mean.count)]
    grey.deviation = [deviation.reduce(0, +) / Float(deviation.count)]
    return grey
  }
}
