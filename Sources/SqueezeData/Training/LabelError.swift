/// A label that names no class: the data contradict themselves, so no policy skips it.
public struct LabelError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The sample or file, and the place in it.
  public var place: String
  /// The number of classes.
  public var classCount: Int
  public var label: Int

  /// Creates an error.
  public init(_ place: String, classCount: Int, label: Int) {
    self.place = place
    self.classCount = classCount
    self.label = label
  }

  public var description: String { "\(place): expected a label in 0..<\(classCount), got \(label)" }
}
