/// Pictures and what is known of them, in a fixed order.
public protocol Dataset: Sendable {
  /// What reports call it.
  var name: String { get }
  /// The number of samples.
  var count: Int { get }
  /// The class names; a label is an index into them.
  var classes: [String] { get }

  /// Reads sample `index`; throws ``ImageError`` or ``DataError`` where its file is damaged.
  ///
  /// - Precondition: `index` is in `0..<count`.
  func sample(_ index: Int) throws -> Sample

  /// The label of sample `index`; a dataset that knows it need not read the sample.
  func label(_ index: Int) throws -> Int

  /// What tells sample `index` from others, without reading it.
  func sampleName(_ index: Int) -> String
}

extension Dataset {
  public func label(_ index: Int) throws -> Int { try sample(index).label }
  public func sampleName(_ index: Int) -> String { String(index) }
}

/// One picture with its label.
public struct Sample: Sendable, Hashable {
  /// What tells this sample from others: its file, or its number.
  public var name: String
  public var image: Image
  /// The index of its class.
  public var label: Int

  /// Creates a sample.
  public init(name: String, image: Image, label: Int) {
    self.name = name
    self.image = image
    self.label = label
  }
}
