/// Opens a dataset by what lies at a path.
public enum DatasetLocator {
  /// What can be opened, as shown in messages.
  public static let understood = """
    a folder with labels.txt (columns file and index), \
    a folder with MNIST's idx files, plain or .gz, \
    a CIFAR .bin file or a folder with some, \
    or a folder of class folders of .jpg or .png files
    """

  /// The names of splits in the order they are looked for when none is asked for.
  public static let splits = ["test", "val", "validation", "train"]

  /// Opens the dataset at a path.
  ///
  /// `split` is the part to open, such as `train` or `test`: a folder of that name, idx files, or
  /// CIFAR's batches. `nil` takes the first of ``splits`` there is, or all.
  public static func open(
    _ path: String,
    split: String? = nil,
    limits: ImageLimits = ImageLimits()
  ) throws(DataError) -> any Dataset {
    if Folder.hasFile(path) { return try openFile(path, limits) }
    guard Folder.exists(path) else { throw failure(path, actual: "no file or folder") }

    if Folder.hasFile(Folder.join(path, "labels.txt")) {
      try refuse(split, path)
      return try ImageManifest(path, limits: limits)
    }
    if try !IDXDataset.pairs(in: path).isEmpty { return try IDXDataset(path, split: split) }
    let names = try Folder.names(path)
    let batches = names.filter { $0.hasSuffix(".bin") }
    if !batches.isEmpty { return try openCIFAR(path, batches, split) }

    let folders = try Folder.folders(path)
    let parts = folders.filter { $0 == split || (split == nil && splits.contains($0)) }
    let ordered = splits.filter { parts.contains($0) }
    if let part = ordered.first ?? parts.first, try isSplit(Folder.join(path, part)) {
      return try open(Folder.join(path, part), split: nil, limits: limits)
    }
    try refuse(split, path)
    for folder in folders {
      if try Folder.names(Folder.join(path, folder)).contains(where: Folder.isImage) {
        return try ImageFolder(path, limits: limits)
      }
    }
    throw failure(path, actual: names.isEmpty ? "an empty folder" : "none of these")
  }

  private static func openFile(
    _ path: String,
    _ limits: ImageLimits
  ) throws(DataError) -> any Dataset {
    let (folder, name) = Folder.split(path)
    if name.hasSuffix(".bin") { return try openCIFAR(folder, [name], nil) }
    if name == "labels.txt" { return try ImageManifest(folder, limits: limits) }
    for pair in try IDXDataset.pairs(in: folder) where [pair.images, pair.labels].contains(name) {
      return try IDXDataset(folder, split: pair.split)
    }
    throw failure(path, actual: "another file")
  }

  /// Files that may name CIFAR-10's classes.
  private static let cifar10Lists = ["batches.meta.txt", "classes.txt"]

  /// Opens CIFAR batches, those of `split` where the files tell.
  private static func openCIFAR(
    _ folder: String,
    _ names: [String],
    _ split: String?
  ) throws(DataError) -> any Dataset {
    let tests = names.filter { $0.hasPrefix("test") }
    let others = names.filter { !$0.hasPrefix("test") }
    let chosen: [String] =
      switch split {
      case "test": tests
      case "train": others
      case nil: tests.isEmpty ? others : tests
      default: []
      }
    guard !chosen.isEmpty else {
      throw DataError(
        folder,
        expected: "\(split ?? "CIFAR") batches",
        actual: names.joined(separator: ", ")
      )
    }
    let fine = Folder.join(folder, "fine_label_names.txt")
    let variant: CIFARBinary.Variant = Folder.hasFile(fine) ? .cifar100 : .cifar10
    let lists = variant == .cifar100 ? [fine] : cifar10Lists.map { Folder.join(folder, $0) }
    var classes: [String]?
    if let list = lists.first(where: Folder.hasFile) {
      classes = try ImageManifest.classNames(FileBytes.read(list, limit: 1 << 20), file: list)
    }
    return try CIFARBinary(
      files: chosen.map { Folder.join(folder, $0) },
      variant: variant,
      classes: classes
    )
  }

  /// Whether a folder named like a split is one, rather than a class of that name.
  private static func isSplit(_ path: String) throws(DataError) -> Bool {
    try !Folder.names(path).contains(where: Folder.isImage)
  }

  private static func refuse(_ split: String?, _ path: String) throws(DataError) {
    guard let split else { return }
    let folders = try Folder.folders(path).prefix(10).joined(separator: ", ")
    throw DataError(
      path,
      expected: "a split \(split)",
      actual: folders.isEmpty ? "a dataset without splits" : "the folders \(folders)"
    )
  }

  private static func failure(_ path: String, actual: String) -> DataError {
    DataError(path, expected: understood, actual: actual)
  }
}
