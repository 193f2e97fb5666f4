/// MNIST and its kin: pictures and labels in two idx files, plain or gzipped.
///
/// A folder holds the pairs `train-images-idx3-ubyte`, `train-labels-idx1-ubyte` and
/// `t10k-images-idx3-ubyte`, `t10k-labels-idx1-ubyte`, each with or without `.gz`.
///
/// Source: LeCun, Cortes and Burges, "The MNIST database of handwritten digits".
public struct IDXDataset: Dataset {
  public let name: String
  public let classes: [String]
  private let images: IDXArray
  private let labels: [UInt8]

  /// Opens the pair of a folder.
  ///
  /// `split` is `train`, or `test` for the pair called `t10k`; `nil` takes `t10k` where
  ///   there is one.
  public init(_ folder: String, split: String? = nil) throws(DataError) {
    let found = try Self.pairs(in: folder)
    let prefix = split == "test" ? "t10k" : split
    let pair = prefix.map { prefix in found.first { $0.split == prefix } } ?? found.first
    guard let pair else {
      throw DataError(
        folder,
        expected: "one of \(Self.prefixes.joined(separator: ", ")) with images and labels",
        actual: split.map { "no files for \($0)" } ?? "no idx files"
      )
    }
    let path = Folder.join(folder, pair.images)
    try self.init(
      images: IDXArray(FileBytes.read(path), file: path),
      labels: IDXArray(
        FileBytes.read(Folder.join(folder, pair.labels)),
        file: Folder.join(folder, pair.labels)
      ),
      name: Folder.split(folder).name + "/" + pair.split,
      file: path
    )
  }

  /// Joins pictures `[N, H, W]` and labels `[N]`; `file` is what errors call the pictures.
  public init(images: IDXArray, labels: IDXArray, name: String, file: String) throws(DataError) {
    guard images.shape.count == 3, images.shape.allSatisfy({ $0 > 0 }) else {
      throw DataError(file, expected: "[N, H, W], none of them 0", actual: "\(images.shape)")
    }
    guard labels.shape == [images.shape[0]] else {
      throw DataError(file, expected: "[\(images.shape[0])] labels", actual: "\(labels.shape)")
    }
    self.images = images
    self.labels = Array(labels.bytes)
    self.name = name
    classes = (0...Int(self.labels.max() ?? 0)).map { String($0) }
  }

  public var count: Int { labels.count }
  public func label(_ index: Int) -> Int { Int(labels[index]) }

  public func sample(_ index: Int) throws -> Sample {
    let (height, width) = (images.shape[1], images.shape[2])
    let start = images.bytes.startIndex + index * height * width
    return Sample(
      name: String(index),
      image: Image(
        width: width,
        height: height,
        channels: 1,
        pixels: Array(images.bytes[start..<start + height * width])
      ),
      label: Int(labels[index])
    )
  }

  private static let prefixes = ["t10k", "train"]

  /// The pairs in a folder; the test pair first.
  static func pairs(
    in folder: String
  ) throws(DataError) -> [(split: String, images: String, labels: String)] {
    let names = try Folder.names(folder)
    func file(_ prefix: String, _ kind: String) -> String? {
      let variants = ["-\(kind)-ubyte", "-\(kind)-ubyte.gz"]
      let dotted = kind.replacing("-", with: ".")
      return (variants + ["-\(dotted)-ubyte", "-\(dotted)-ubyte.gz"]).map { prefix + $0 }
        .first { names.contains($0) }
    }
    return prefixes.compactMap { prefix in
      guard let images = file(prefix, "images-idx3"), let labels = file(prefix, "labels-idx1")
      else {
        return nil
      }
      return (prefix, images, labels)
    }
  }
}

/// An array of bytes in idx format, plain or gzipped.
///
/// Two zero bytes, the element type (8 for bytes), the rank, the big-endian 32-bit sizes, then the
/// elements in row-major order.
public struct IDXArray: Sendable, Hashable {
  public let shape: [Int]
  /// The elements, row-major.
  public let bytes: ArraySlice<UInt8>

  /// Reads an array; one of more than `limit` bytes is refused.
  public init(_ file: [UInt8], file name: String, limit: Int = 1 << 30) throws(DataError) {
    let content =
      Gzip.recognises(file) ? try Gzip.inflate(file, limit: limit, name: name) : file
    guard content.count >= 4, content[0] == 0, content[1] == 0, content[2] == 8 else {
      throw DataError(name, expected: "an idx header of bytes", actual: "\(content.prefix(4))")
    }
    let rank = Int(content[3])
    let start = 4 + 4 * rank
    guard content.count >= start else {
      throw DataError(
        name,
        expected: "\(rank) sizes",
        actual: "the end after \(content.count) bytes"
      )
    }
    shape = (0..<rank).map { axis in
      content[(4 + 4 * axis)..<(8 + 4 * axis)].reduce(0) { $0 << 8 | Int($1) }
    }
    var count = 1
    for size in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: size)
      guard !overflow else { throw DataError(name, expected: "sizes in reach", actual: "\(shape)") }
      count = product
    }
    guard content.count - start == count else {
      throw DataError(
        name,
        expected: "\(count) bytes for \(shape)",
        actual: "\(content.count - start)"
      )
    }
    bytes = content[start...]
  }
}
