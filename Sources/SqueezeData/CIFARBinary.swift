/// CIFAR-10 and CIFAR-100 in their binary format: records of labels and 32×32 RGB planes.
///
/// CIFAR-10 has one label byte before the 3072 levels, CIFAR-100 a coarse and a fine one, of which
/// the fine one counts.
///
/// Source: Krizhevsky, "Learning Multiple Layers of Features from Tiny Images" (2009), and the
/// format's description at its home page.
public struct CIFARBinary: Dataset {
  public enum Variant: Sendable, Hashable {
    case cifar10, cifar100

    /// The bytes before the levels of a record.
    var labelBytes: Int { self == .cifar10 ? 1 : 2 }
    /// The number of classes.
    var classCount: Int { self == .cifar10 ? 10 : 100 }
  }

  public let name: String
  public let classes: [String]
  public let variant: Variant
  private let records: [UInt8]

  /// The classes of CIFAR-10.
  public static let cifar10Classes = [
    "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
  ]

  /// Reads one or more files of records, in the order given.
  public init(
    files paths: [String],
    variant: Variant = .cifar10,
    classes: [String]? = nil
  ) throws(DataError) {
    var records: [UInt8] = []
    for path in paths {
      let bytes = try FileBytes.read(path)
      try Self.check(bytes, variant: variant, file: path)
      records.append(contentsOf: bytes)
    }
    guard let first = paths.first else {
      throw DataError("CIFAR", expected: "files of records", actual: "none")
    }
    let name = paths.count == 1 ? Folder.split(first).name : Folder.split(first).folder
    try self.init(records, variant: variant, classes: classes, name: name)
  }

  /// Reads records; `name` is what errors and reports call them.
  public init(
    _ records: [UInt8],
    variant: Variant = .cifar10,
    classes: [String]? = nil,
    name: String
  ) throws(DataError) {
    try Self.check(records, variant: variant, file: name)
    let names =
      classes
      ?? (variant == .cifar10
        ? Self.cifar10Classes : (0..<variant.classCount).map { String($0) })
    guard names.count == variant.classCount else {
      throw DataError(name, expected: "\(variant.classCount) classes", actual: "\(names.count)")
    }
    self.classes = names
    self.records = records
    self.variant = variant
    self.name = name
  }

  public var count: Int { records.count / Self.recordBytes(variant) }

  public func label(_ index: Int) -> Int {
    Int(records[index * Self.recordBytes(variant) + variant.labelBytes - 1])
  }

  public func sample(_ index: Int) throws -> Sample {
    let size = Self.recordBytes(variant)
    let record = records[(index * size)..<((index + 1) * size)]
    let planes = record.startIndex + variant.labelBytes
    var pixels: [UInt8] = []
    pixels.reserveCapacity(Self.levelBytes)
    for pixel in planes..<planes + Self.area {
      for channel in 0..<3 { pixels.append(record[pixel + channel * Self.area]) }
    }
    return Sample(
      name: String(index),
      image: Image(width: 32, height: 32, channels: 3, pixels: pixels),
      label: Int(record[planes - 1])
    )
  }

  private static let area = 32 * 32
  private static let levelBytes = 3 * area

  private static func recordBytes(_ variant: Variant) -> Int { variant.labelBytes + levelBytes }

  private static func check(_ bytes: [UInt8], variant: Variant, file: String) throws(DataError) {
    let size = recordBytes(variant)
    guard !bytes.isEmpty, bytes.count % size == 0 else {
      throw DataError(file, expected: "records of \(size) bytes", actual: "\(bytes.count) bytes")
    }
    for start in stride(from: 0, to: bytes.count, by: size) {
      let label = bytes[start + variant.labelBytes - 1]
      guard label < variant.classCount else {
        throw DataError(
          "\(file), record \(start / size)",
          expected: "a label below \(variant.classCount)",
          actual: "\(label)"
        )
      }
    }
  }
}
