import SqueezeTensor

extension TensorExamples {
  /// Reads inputs and targets from NumPy files.
  ///
  /// A folder holds `X.npy`, `[N, C, H, W]` or `[N, C, W]` (`[N, W]` is one channel), and `y.npy`:
  /// whole numbers `[N]` are classes, whole numbers `[N, H, W]` or `[N, W]` maps, reals `[N]` or
  /// `[N, K]` values. `w.npy`, where there is one, weighs pixels. A split lies in a folder of its name
  /// or in files such as `X_train.npy`.
  ///
  /// - Parameters:
  ///   - folder: what holds the files.
  ///   - split: the part to read, such as `train`.
  ///   - classes: the class names, or none for numbers.
  ///   - normalization: how inputs become what the network sees.
  ///   - ignoredClass: the label of pixels that do not count.
  /// - Throws: ``DataError`` that names a missing or damaged file, ``LabelError`` for a wrong label.
  public init(
    folder: String,
    split: String? = nil,
    classes: [String] = [],
    normalization: Normalization = Normalization(),
    ignoredClass: Int? = nil
  ) throws {
    guard let inputPath = Self.file("X", folder, split) else {
      throw DataError(folder, expected: Self.expected("X", split), actual: "no such file")
    }
    guard let targetPath = Self.file("y", folder, split) else {
      throw DataError(folder, expected: Self.expected("y", split), actual: "no such file")
    }
    var inputs = try NPY.load(inputPath)
    if inputs.shape.rank == 2 { inputs = inputs.reshaped([inputs.shape[0], 1, inputs.shape[1]]) }
    let numbers = try NPY.load(targetPath)
    let targets: Targets
    switch (numbers.type.isReal, numbers.shape.rank) {
    case (false, 1): targets = .classes(numbers.integers)
    case (false, _): targets = .maps(numbers)
    case (true, 1): targets = .values(numbers.reshaped([numbers.shape[0], 1]))
    case (true, _): targets = .values(numbers)
    }
    try self.init(
      inputs,
      targets,
      classes: classes,
      pixelWeights: try Self.file("w", folder, split).map { try NPY.load($0) },
      normalization: normalization,
      ignoredClass: ignoredClass,
      name: Folder.split(folder).name + (split.map { "/" + $0 } ?? "")
    )
  }

  private static func file(_ name: String, _ folder: String, _ split: String?) -> String? {
    let candidates = split.map { ["\($0)/\(name).npy", "\(name)_\($0).npy"] } ?? ["\(name).npy"]
    return candidates.map { Folder.join(folder, $0) }.first(where: Folder.hasFile)
  }

  private static func expected(_ name: String, _ split: String?) -> String {
    split.map { "\($0)/\(name).npy or \(name)_\($0).npy" } ?? "\(name).npy"
  }
}
