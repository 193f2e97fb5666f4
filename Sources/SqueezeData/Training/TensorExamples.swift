public import SqueezeTensor

/// Samples in two tensors: pictures, signals or other numbers, and their targets.
public struct TensorExamples: TrainingExamples {
  public let name: String
  public let classes: [String]
  public let inputShape: Shape
  public var normalization: Normalization
  public let ignoredClass: Int?
  private let inputs: Tensor
  private let targets: Targets
  private let pixelWeights: Tensor?

  /// Joins inputs `[N, C, H, W]` or `[N, C, W]` and targets of `N` samples.
  ///
  /// Inputs of type `uint8` are taken for grey levels and kept as bytes in a cache.
  ///
  /// - Parameters:
  ///   - inputs: the samples.
  ///   - targets: what to answer for each.
  ///   - classes: the class names; where empty and targets are classes or maps, the numbers up to the
  ///     largest label.
  ///   - pixelWeights: a weight per pixel, `[N, H, W]` or `[N, W]`.
  ///   - normalization: how inputs become what the network sees.
  ///   - ignoredClass: the label of pixels that do not count.
  ///   - name: what errors and reports call them.
  /// - Throws: ``DataError`` where shapes do not fit or there is no sample, ``LabelError`` for the
  ///   first label outside the classes.
  public init(
    _ inputs: Tensor,
    _ targets: Targets,
    classes: [String] = [],
    pixelWeights: Tensor? = nil,
    normalization: Normalization = Normalization(),
    ignoredClass: Int? = nil,
    name: String = "tensors"
  ) throws {
    let shape = inputs.shape
    guard (3...4).contains(shape.rank), shape.dimensions.allSatisfy({ $0 > 0 }) else {
      throw DataError(name, expected: "inputs [N, C, H, W] or [N, C, W]", actual: "\(shape)")
    }
    let pixels = Shape([shape[0]] + shape.dimensions.dropFirst(2))
    guard targets.fits(count: shape[0], pixels: pixels) else {
      throw DataError(name, expected: "targets of \(shape[0]) samples", actual: targets.summary)
    }
    if let pixelWeights, pixelWeights.shape != pixels {
      throw DataError(name, expected: "weights \(pixels)", actual: "\(pixelWeights.shape)")
    }
    let labels = targets.labels ?? []
    let counted = labels.enumerated().filter { $0.element != ignoredClass }
    let largest = counted.map(\.element).max() ?? 0
    self.classes =
      classes.isEmpty && targets.labels != nil
      ? (0...max(0, min(largest, 1 << 20))).map { "\($0)" }
      : classes
    let most = targets.isMap ? min(self.classes.count, 256) : self.classes.count
    if let wrong = counted.first(where: { !(0..<most).contains($0.element) }) {
      let sample = wrong.offset / (labels.count / shape[0])
      throw LabelError("\(name), sample \(sample)", classCount: most, label: wrong.element)
    }
    if targets.isMap, let ignoredClass, !(0..<256).contains(ignoredClass) {
      throw DataError(name, expected: "an ignored class in 0…255", actual: "\(ignoredClass)")
    }
    self.name = name
    inputShape = Shape(Array(shape.dimensions.dropFirst()))
    self.inputs = inputs
    self.targets = targets
    self.pixelWeights = pixelWeights
    self.normalization = normalization
    self.ignoredClass = ignoredClass
  }

  public var count: Int { inputs.shape[0] }

  public var valueShape: Shape? {
    guard case .values(let tensor) = targets else { return nil }
    return Shape(Array(tensor.shape.dimensions.dropFirst()))
  }

  public func label(_ index: Int) -> Int? {
    if case .classes(let labels) = targets { labels[index] } else { nil }
  }

  public func example(_ index: Int) -> TrainingExample {
    let range = index * inputShape.count..<(index + 1) * inputShape.count
    let input: TrainingExample.Input =
      switch inputs.type {
      case .uint8: .levels(inputs.integers[range].map { UInt8(truncatingIfNeeded: $0) })
      case let type where type.isReal: .reals(Array(inputs.scalars[range]))
      default: .reals(inputs.integers[range].map { Float($0) })
      }
    let weights = pixelWeights.map { weights in
      let area = weights.count / count
      return Array(weights.reals[index * area..<(index + 1) * area])
    }
    return TrainingExample(
      inputShape,
      input,
      targets.target(index, of: count),
      pixelWeights: weights
    )
  }
}

extension Targets {
  fileprivate var isMap: Bool { if case .maps = self { true } else { false } }

  /// All labels in order, where targets are classes or maps.
  fileprivate var labels: [Int]? {
    switch self {
    case .classes(let labels): labels
    case .maps(let map):
      map.type.isReal ? map.scalars.map { Int(exactly: $0) ?? -1 } : map.integers
    case .probabilities, .values: nil
    }
  }

  fileprivate var summary: String {
    switch self {
    case .classes(let labels): "\(labels.count) classes"
    case .maps(let tensor): "maps \(tensor.shape)"
    case .probabilities(let tensor): "probabilities \(tensor.shape)"
    case .values(let tensor): "values \(tensor.shape)"
    }
  }

  fileprivate func fits(count: Int, pixels: Shape) -> Bool {
    switch self {
    case .classes(let labels): labels.count == count
    case .maps(let tensor): tensor.shape == pixels
    case .probabilities(let tensor):
      tensor.type.isReal && tensor.shape.rank == 2 && tensor.shape[0] == count && tensor.count > 0
    case .values(let tensor):
      tensor.type.isReal && tensor.shape.rank > 1 && tensor.shape[0] == count && tensor.count > 0
    }
  }

  fileprivate func target(_ index: Int, of count: Int) -> ExampleTarget {
    func part(_ tensor: Tensor) -> [Float] {
      let size = tensor.count / count
      return Array(tensor.scalars[index * size..<(index + 1) * size])
    }
    switch self {
    case .classes(let labels): return .classIndex(labels[index])
    case .probabilities(let tensor): return .probabilities(part(tensor))
    case .values(let tensor): return .values(part(tensor))
    case .maps(let tensor):
      let size = tensor.count / count
      let range = index * size..<(index + 1) * size
      return .map(
        tensor.type.isReal
          ? tensor.scalars[range].map { UInt8($0) }
          : tensor.integers[range].map { UInt8(truncatingIfNeeded: $0) }
      )
    }
  }
}
