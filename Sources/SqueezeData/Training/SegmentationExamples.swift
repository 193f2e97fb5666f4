public import SqueezeTensor

/// Pictures with a map of the class of each pixel: a folder of pictures, a folder of maps, and lists of
/// names for the splits.
///
/// A folder holds `images/NAME.jpg` (or `.png`), `labels/NAME.png` (or `masks/`), the lists
/// `train.txt`, `val.txt`, `test.txt` of names in their first column, and `classes.txt`. A map is a
/// grey or palette PNG file whose stored numbers are classes.
/// Pictures and maps are stretched to one size together: pictures with antialiasing, maps to the nearest
/// pixel.
public struct SegmentationExamples: TrainingExamples {
  public let name: String
  public let classes: [String]
  public let inputShape: Shape
  public let normalization: Normalization
  public let ignoredClass: Int?
  private let files: [(name: String, image: String, map: String)]
  private let preprocessing: Preprocessing
  private let limits: ImageLimits

  /// Opens a split of a folder; no picture is read yet.
  ///
  /// - Parameters:
  ///   - folder: what holds `images`, `labels` and the lists.
  ///   - split: the list to take, such as `train`; all pictures where `nil`.
  ///   - preprocessing: order of channels and normalization; its sizes are not used.
  ///   - height: the rows of inputs and maps.
  ///   - width: the columns of inputs and maps.
  ///   - ignoredClass: the label of pixels that do not count; where `nil`, the last class if it is
  ///     called void.
  ///   - limits: what a picture may cost at most.
  /// - Throws: ``DataError`` that names a missing file or a class too many.
  public init(
    _ folder: String,
    split: String? = nil,
    preprocessing: Preprocessing = .unit,
    height: Int,
    width: Int,
    ignoredClass: Int? = nil,
    limits: ImageLimits = ImageLimits()
  ) throws(DataError) {
    if let flaw = preprocessing.flaw {
      throw DataError("preprocessing", expected: "a sound description", actual: flaw)
    }
    guard (1...1 << 16).contains(height), (1...1 << 16).contains(width) else {
      throw DataError(folder, expected: "1…65536 pixels a side", actual: "\(height)×\(width)")
    }
    let images = Folder.join(folder, "images")
    let maps = ["labels", "masks"].map { Folder.join(folder, $0) }.first(where: Folder.exists)
    guard Folder.exists(images), let maps else {
      throw DataError(folder, expected: "the folders images and labels", actual: "not both")
    }
    var names = try ClassList.read(Folder.join(folder, "classes.txt"))
    guard (1...256).contains(names.count) else {
      throw DataError(folder, expected: "1…256 classes", actual: "\(names.count)")
    }
    var ignored = ignoredClass
    if ignored == nil, let last = names.last, last.lowercased() == "void" {
      ignored = names.count - 1
    }
    if let ignored, ignored == names.count - 1 { names.removeLast() }
    classes = names
    self.ignoredClass = ignored

    let imageFiles = Self.byStem(try Folder.names(images))
    let mapFiles = Self.byStem(try Folder.names(maps))
    let list = split.map { Folder.join(folder, "\($0).txt") }
    let stems = try list.map(Self.listed) ?? imageFiles.keys.sorted()
    var files: [(name: String, image: String, map: String)] = []
    for stem in stems {
      guard let image = imageFiles[stem], let map = mapFiles[stem] else {
        let missing = imageFiles[stem] == nil ? images : maps
        throw DataError(list ?? folder, expected: "\(stem) in \(missing)", actual: "no such file")
      }
      files.append((stem, Folder.join(images, image), Folder.join(maps, map)))
    }
    guard !files.isEmpty else {
      throw DataError(list ?? images, expected: "at least one picture", actual: "none")
    }
    self.files = files
    self.preprocessing = preprocessing
    self.limits = limits
    name = Folder.split(folder).name + (split.map { "/" + $0 } ?? "")
    normalization = Normalization(preprocessing)
    inputShape = [preprocessing.order.count, height, width]
  }

  public var count: Int { files.count }
  public func label(_ index: Int) -> Int? { nil }
  public func exampleName(_ index: Int) -> String { files[index].name }

  public func example(_ index: Int) throws -> TrainingExample {
    let file = files[index]
    let (height, width) = (inputShape[1], inputShape[2])
    let image = try ImageFile.load(file.image, limits: limits)
    let bytes = try FileBytes.read(file.map, limit: limits.fileBytes)
    let map = try PNGDecoder.decodeIndices(bytes, name: file.map, limits: limits)
    guard map.width == image.width, map.height == image.height else {
      throw DataError(
        file.map,
        expected: "the \(image.width)×\(image.height) pixels of \(file.image)",
        actual: "\(map.width)×\(map.height)"
      )
    }
    let labels = map.nearest(width: width, height: height)
    if let wrong = labels.first(where: { $0 >= classes.count && Int($0) != ignoredClass }) {
      throw LabelError(file.map, classCount: classes.count, label: Int(wrong))
    }
    let picture = preprocessing.order == .grey ? image.grey() : image.rgb()
    let levels = picture.resized(width: width, height: height)
      .planes(reversed: preprocessing.order == .bgr)
    return TrainingExample(inputShape, .levels(levels), .map(labels))
  }

  /// The files by their names without extension.
  private static func byStem(_ names: [String]) -> [String: String] {
    var files: [String: String] = [:]
    for name in names where Folder.isImage(name) {
      let stem = name.lastIndex(of: ".").map { String(name[..<$0]) } ?? name
      files[stem] = name
    }
    return files
  }

  /// The first column of a list, without a header that names it.
  private static func listed(_ path: String) throws(DataError) -> [String] {
    let bytes = try FileBytes.read(path, limit: 1 << 26)
    let names = String(decoding: bytes, as: UTF8.self).split { $0.isNewline }.compactMap {
      $0.split { $0.isWhitespace }.first.map { String($0) }
    }
    return names.first == "name" ? Array(names.dropFirst()) : names
  }
}

extension Image {
  /// The levels of a grey picture in another size: `⌊(i + ½) · old / new⌋` for row or column `i`.
  func nearest(width newWidth: Int, height newHeight: Int) -> [UInt8] {
    if newWidth == width && newHeight == height { return pixels }
    let columns = (0..<newWidth).map { (2 * $0 + 1) * width / (2 * newWidth) }
    let (oldWidth, oldHeight) = (width, height)
    return [UInt8](unsafeUninitializedCapacity: newWidth * newHeight) { output, size in
      pixels.withUnsafeBufferPointer { pixels in
        for y in 0..<newHeight {
          let row = (2 * y + 1) * oldHeight / (2 * newHeight) * oldWidth
          for x in 0..<newWidth { output[y * newWidth + x] = pixels[row + columns[x]] }
        }
      }
      size = newWidth * newHeight
    }
  }
}
