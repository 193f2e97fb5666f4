/// Some of the samples of a dataset.
public struct DatasetSubset: Dataset {
  public let base: any Dataset
  /// Which samples, in order.
  public let indices: [Int]
  public let name: String

  /// Takes samples of a dataset.
  ///
  /// - Precondition: every index is below `base.count`.
  public init(_ base: any Dataset, _ indices: [Int], name: String? = nil) {
    precondition(indices.allSatisfy { (0..<base.count).contains($0) }, "indices of \(base.count)")
    self.base = base
    self.indices = indices
    self.name = name ?? base.name
  }

  public var count: Int { indices.count }
  public var classes: [String] { base.classes }
  public func sample(_ index: Int) throws -> Sample { try base.sample(indices[index]) }
  public func label(_ index: Int) throws -> Int { try base.label(indices[index]) }
  public func sampleName(_ index: Int) -> String { base.sampleName(indices[index]) }
}

extension Dataset {
  /// Takes samples apart that lie evenly over the dataset, such as those to calibrate on.
  ///
  /// - Parameter count: how many are taken apart, at most all.
  /// - Returns: what was taken apart and the rest, each in the order of the dataset.
  public func spread(_ count: Int) -> (apart: DatasetSubset, rest: DatasetSubset) {
    let wanted = min(max(count, 0), self.count)
    let chosen = (0..<wanted).map { $0 * self.count / wanted }
    let isApart = Set(chosen)
    return (
      DatasetSubset(self, chosen, name: name + " (apart)"),
      DatasetSubset(self, (0..<self.count).filter { !isApart.contains($0) })
    )
  }
}
