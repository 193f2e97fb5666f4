public import SqueezeTensor

/// Samples that a network can be trained or measured with: decoded, of one shape, with their targets.
public protocol TrainingExamples: Sendable {
  /// What reports call them.
  var name: String { get }
  /// The class names; empty for regression.
  var classes: [String] { get }
  /// The number of samples.
  var count: Int { get }
  /// The shape of every input, `[C, H, W]`, or `[C, W]` for signals.
  var inputShape: Shape { get }
  /// How inputs become what the network sees.
  var normalization: Normalization { get }
  /// The label of pixels that do not count; what lies outside of a moved map gets it.
  var ignoredClass: Int? { get }
  /// The shape of one sample's values, where targets are values; a list where `nil`.
  ///
  /// Values keep their place when a picture moves.
  var valueShape: Shape? { get }

  /// Reads sample `index`; the same index always gives the same example.
  ///
  /// - Precondition: `index` is in `0..<count`.
  /// - Throws: ``ImageError`` or ``DataError`` that names the file and what is wrong with it.
  func example(_ index: Int) throws -> TrainingExample

  /// The class of sample `index` without decoding it, where it has one.
  func label(_ index: Int) throws -> Int?

  /// What tells sample `index` from others, for reports.
  func exampleName(_ index: Int) -> String
}

extension TrainingExamples {
  public var ignoredClass: Int? { nil }
  public var valueShape: Shape? { nil }
  public func exampleName(_ index: Int) -> String { "sample \(index)" }

  /// The class of every sample, or `nil` where one has none.
  public func labels() throws -> [Int]? {
    var labels: [Int] = []
    labels.reserveCapacity(count)
    for index in 0..<count {
      guard let label = try label(index) else { return nil }
      labels.append(label)
    }
    return labels
  }

  /// The classes that no sample has: worth a warning before training or evaluation.
  ///
  /// Empty where samples have no single class.
  public func missingClasses() throws -> [String] {
    guard let labels = try labels() else { return [] }
    let present = Set(labels)
    return classes.indices.filter { !present.contains($0) }.map { classes[$0] }
  }
}
