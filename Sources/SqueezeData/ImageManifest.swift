/// Pictures listed in `labels.txt`: tab-separated, with a header that names `file` and `index`.
///
/// Files are relative to the manifest's folder or to `images/` in it. Class names come from
/// `classes.txt` beside the manifest where there is one: a table with the columns `index` and
/// `label` (or `name`), or one name per line.
public struct ImageManifest: Dataset {
  public let name: String
  public let classes: [String]
  private let limits: ImageLimits
  private let files: [(path: String, name: String, label: Int)]

  /// The most bytes of `labels.txt` and of `classes.txt`.
  public static let maximumBytes = 1 << 28
  /// The most classes.
  public static let maximumClasses = 1 << 20

  /// Reads the manifest in a folder; no picture is read yet.
  public init(_ folder: String, limits: ImageLimits = ImageLimits()) throws(DataError) {
    let path = Folder.join(folder, "labels.txt")
    let entries = try Self.entries(FileBytes.read(path, limit: Self.maximumBytes), file: path)
    let classPath = Folder.join(folder, "classes.txt")
    let named =
      Folder.hasFile(classPath)
      ? try Self.classNames(FileBytes.read(classPath, limit: Self.maximumBytes), file: classPath)
      : []
    let needed = (entries.map(\.label).max() ?? 0) + 1
    guard named.isEmpty || named.count >= needed else {
      throw DataError(path, expected: "an index below \(named.count)", actual: "\(needed - 1)")
    }
    classes = named.isEmpty ? (0..<needed).map { String($0) } : named
    let images = Folder.join(folder, "images")
    let root = Folder.exists(images) ? images : folder
    files = entries.map { entry in
      let beside = Folder.join(folder, entry.file)
      let path =
        root != folder && !Folder.hasFile(beside) ? Folder.join(root, entry.file) : beside
      return (path, entry.file, entry.label)
    }
    self.limits = limits
    name = Folder.split(folder).name
  }

  public var count: Int { files.count }
  public func label(_ index: Int) -> Int { files[index].label }
  public func sampleName(_ index: Int) -> String { files[index].name }

  public func sample(_ index: Int) throws -> Sample {
    let file = files[index]
    let image = try ImageFile.load(file.path, limits: limits)
    return Sample(name: file.name, image: image, label: file.label)
  }

  /// The files and labels a manifest lists; a file outside its folder is refused.
  public static func entries(
    _ bytes: [UInt8],
    file: String
  ) throws(DataError) -> [(file: String, label: Int)] {
    let table = try TabbedText(bytes, file: file)
    guard let fileColumn = table.column("file"), let indexColumn = table.column("index") else {
      throw DataError(
        file,
        expected: "a header with the columns file and index, separated by tabs",
        actual: table.columns.joined(separator: ", ")
      )
    }
    guard !table.rows.isEmpty else { throw DataError(file, expected: "entries", actual: "none") }
    var entries: [(file: String, label: Int)] = []
    for (line, fields) in table.rows {
      guard let label = Int(fields[indexColumn]), (0..<maximumClasses).contains(label) else {
        throw DataError(
          "\(file):\(line)",
          expected: "an index in 0..<\(maximumClasses)",
          actual: fields[indexColumn]
        )
      }
      let name = fields[fileColumn]
      let parts = name.split(separator: "/", omittingEmptySubsequences: false)
      guard !parts.contains(where: { $0.isEmpty || $0 == ".." }), !name.contains("\0") else {
        throw DataError("\(file):\(line)", expected: "a file in the folder", actual: name)
      }
      entries.append((name, label))
    }
    return entries
  }

  /// The class names of a `classes.txt`, by index.
  public static func classNames(_ bytes: [UInt8], file: String) throws(DataError) -> [String] {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw DataError(file, expected: "UTF-8 text", actual: "other bytes")
    }
    let lines = text.split { $0.isNewline }.map(String.init)
    guard let header = lines.first, header.contains("\t") else {
      guard lines.count <= maximumClasses else {
        throw DataError(file, expected: "≤ \(maximumClasses) classes", actual: "\(lines.count)")
      }
      return lines
    }
    let table = try TabbedText(bytes, file: file)
    guard let index = table.column("index"),
      let label = table.column("label") ?? table.column("name")
    else {
      throw DataError(file, expected: "the columns index and label", actual: header)
    }
    var names: [Int: String] = [:]
    for (line, fields) in table.rows {
      guard let number = Int(fields[index]), (0..<maximumClasses).contains(number),
        names.updateValue(fields[label], forKey: number) == nil
      else {
        throw DataError(
          "\(file):\(line)",
          expected: "a new index in 0..<\(maximumClasses)",
          actual: fields[index]
        )
      }
    }
    return (0..<(names.keys.max() ?? -1) + 1).map { names[$0] ?? String($0) }
  }
}
