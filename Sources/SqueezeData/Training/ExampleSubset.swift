public import SqueezeTensor

/// Some of the samples, such as the part kept for validation.
public struct ExampleSubset: TrainingExamples {
  public let base: any TrainingExamples
  /// Which samples, in order.
  public let indices: [Int]
  public let name: String

  /// Takes samples of others.
  ///
  /// - Precondition: every index is below `base.count`.
  public init(_ base: any TrainingExamples, _ indices: [Int], name: String? = nil) {
    precondition(indices.allSatisfy { (0..<base.count).contains($0) }, "indices of \(base.count)")
    self.base = base
    self.indices = indices
    self.name = name ?? base.name
  }

  public var classes: [String] { base.classes }
  public var count: Int { indices.count }
  public var inputShape: Shape { base.inputShape }
  public var normalization: Normalization { base.normalization }
  public var ignoredClass: Int? { base.ignoredClass }
  public var valueShape: Shape? { base.valueShape }
  public func example(_ index: Int) throws -> TrainingExample { try base.example(indices[index]) }
  public func label(_ index: Int) throws -> Int? { try base.label(indices[index]) }
  public func exampleName(_ index: Int) -> String { base.exampleName(indices[index]) }
}

extension TrainingExamples {
  /// Keeps a share of the samples apart, the same share of every class where samples have one.
  ///
  /// - Parameters:
  ///   - share: the part that is kept apart, rounded to whole samples per class.
  ///   - seed: which samples these are.
  /// - Returns: the rest and the part, each in the order of the samples.
  /// - Throws: the error of a label that cannot be read.
  public func split(
    share: Double,
    seed: UInt64
  ) throws -> (rest: ExampleSubset, part: ExampleSubset) {
    let labels = try labels() ?? [Int](repeating: 0, count: count)
    var members: [Int: [Int]] = [:]
    for (index, label) in labels.enumerated() { members[label, default: []].append(index) }
    var isApart = [Bool](repeating: false, count: count)
    for (label, indices) in members {
      var random = SeededGenerator(seed: seed, path: label)
      let apart = Int((share * Double(indices.count)).rounded())
      for position in random.permutation(indices.count).prefix(max(0, apart)) {
        isApart[indices[position]] = true
      }
    }
    return (
      ExampleSubset(self, isApart.indices.filter { !isApart[$0] }),
      ExampleSubset(self, isApart.indices.filter { isApart[$0] }, name: name + " (apart)")
    )
  }
}
