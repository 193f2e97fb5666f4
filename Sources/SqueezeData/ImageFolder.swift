/// A folder of class folders of pictures, `CLASS/NAME.jpg`.
///
/// Labels count the class folders, samples the files, both in byte order of their names.
public struct ImageFolder: Dataset {
  public let name: String
  public let classes: [String]
  private let path: String
  private let limits: ImageLimits
  private let files: [(name: String, label: Int)]

  /// Lists the pictures of a folder; none is read yet.
  public init(_ path: String, limits: ImageLimits = ImageLimits()) throws(DataError) {
    classes = try Folder.folders(path)
    var files: [(name: String, label: Int)] = []
    for (label, folder) in classes.enumerated() {
      for file in try Folder.names(Folder.join(path, folder)) where Folder.isImage(file) {
        files.append((Folder.join(folder, file), label))
      }
    }
    guard !files.isEmpty else {
      throw DataError(path, expected: "class folders with .jpg or .png files", actual: "none")
    }
    self.files = files
    self.path = path
    self.limits = limits
    name = Folder.split(path).name
  }

  public var count: Int { files.count }
  public func label(_ index: Int) -> Int { files[index].label }
  public func sampleName(_ index: Int) -> String { files[index].name }

  public func sample(_ index: Int) throws -> Sample {
    let file = files[index]
    let image = try ImageFile.load(Folder.join(path, file.name), limits: limits)
    return Sample(name: file.name, image: image, label: file.label)
  }
}
