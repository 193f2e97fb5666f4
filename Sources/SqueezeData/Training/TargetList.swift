import SqueezeTensor

/// The targets of a batch while it is put together; all are of one kind.
struct TargetList {
  private let name: String
  private let classes: Int
  private let valueShape: Shape?
  private var indices: [Int] = []
  private var probabilities: [Float] = []
  private var labels: [Float] = []
  private var values: [Float] = []
  private var weights: [Float] = []
  private var count = 0
  private var valueCount = 0

  init(_ examples: any TrainingExamples) {
    name = examples.name
    classes = examples.classes.count
    valueShape = examples.valueShape
  }

  mutating func append(
    _ target: ExampleTarget,
    map: [Float]?,
    weights pixelWeights: [Float]?,
    _ sample: Int
  ) throws(DataError) {
    switch target {
    case .classIndex(let index): indices.append(index)
    case .probabilities(let values): probabilities.append(contentsOf: values)
    case .map(let bytes):
      if let map { labels.append(contentsOf: map) } else { labels += bytes.map { Float($0) } }
    case .values(let numbers):
      guard count == 0 || numbers.count == valueCount else {
        throw failure(sample, "\(valueCount) values", "\(numbers.count)")
      }
      valueCount = numbers.count
      values.append(contentsOf: numbers)
    }
    if let pixelWeights { weights.append(contentsOf: pixelWeights) }
    count += 1
  }

  func checkMixable(_ target: ExampleTarget, _ sample: Int) throws(DataError) {
    if case .map = target { throw failure(sample, "a class or values to mix", "a map") }
  }

  /// The targets of all samples; `shape` is that of an input.
  func targets(shape: Shape) throws(DataError) -> Targets {
    let pixels = Shape([count] + shape.dimensions.dropFirst())
    switch count {
    case indices.count: return .classes(indices)
    case _ where probabilities.count == count * classes && classes > 0:
      return .probabilities(Tensor([count, classes], probabilities))
    case _ where labels.count == pixels.count: return .maps(Tensor(pixels, labels))
    case _ where values.count == count * valueCount:
      let shape = valueShape?.dimensions ?? [valueCount]
      guard shape.reduce(1, *) == valueCount else {
        throw DataError(name, expected: "values \(shape)", actual: "\(valueCount) values")
      }
      return .values(Tensor(Shape([count] + shape), values))
    default:
      throw DataError(name, expected: "targets of one kind", actual: "several kinds in one batch")
    }
  }

  /// The weights of all pixels, where every sample has some.
  func weightTensor(shape: Shape) -> Tensor? {
    let pixels = Shape([count] + shape.dimensions.dropFirst())
    return weights.count == pixels.count ? Tensor(pixels, weights) : nil
  }

  private func failure(_ sample: Int, _ expected: String, _ actual: String) -> DataError {
    DataError("\(name), sample \(sample)", expected: expected, actual: actual)
  }
}
