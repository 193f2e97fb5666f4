import SqueezeParameters
import SqueezeTensor

extension ParameterEncoding {
  /// The same encoding with some rows and columns left out.
  ///
  /// - Parameters:
  ///   - selection: what stays.
  ///   - key: the parameter's key, for the error.
  /// - Returns: an encoding of the selection's shape that decodes to what is selected.
  /// - Throws: ``PruningError`` for an encoding whose parts cannot be told from one another.
  func selecting(
    _ selection: ParameterSelection,
    _ key: String
  ) throws(PruningError) -> any ParameterEncoding {
    if selection.isWhole { return self }
    let shape = selection.shape
    switch self {
    case let dense as Dense: return Dense(Tensor(shape, selection.gathered(dense.free)))
    case let half as Half:
      return Half(Tensor(shape, selection.gathered(half.free)), format: half.format)
    case let masked as Masked:
      return Masked(
        Tensor(shape, selection.gathered(masked.decoded().scalars)),
        mask: selection.gathered(masked.mask)
      )
    case let codebook as Codebook:
      return Codebook(
        shape: shape,
        indices: selection.gathered(codebook.indices),
        centroids: codebook.free
      )
    case let codebook as MaskedCodebook:
      return MaskedCodebook(
        shape: shape,
        indices: selection.gathered(codebook.indices),
        centroids: codebook.free
      )
    case let grid as UniformInteger:
      let axis = grid.axis
      guard let scales = axis.map({ selection.gathered(grid.scales, along: $0) }) ?? grid.scales,
        let zeros = axis.map({ selection.gathered(grid.zeroPoints, along: $0) }) ?? grid.zeroPoints
      else { break }
      return UniformInteger(
        shape: shape,
        integers: selection.gathered(grid.integers),
        scales: scales,
        zeroPoints: zeros,
        bits: grid.bits,
        isSigned: grid.isSigned,
        axis: axis
      )
    default:
      if let result = selectingStored(selection) { return result }
    }
    throw PruningError(
      "parameter \"\(key)\"",
      expected: "an encoding that can lose channels",
      actual: Self.name
    )
  }

  /// The encoding made of what stays of its stored form, `nil` where that decodes to something else.
  ///
  /// Lists as long as the tensor are taken for elements, lists as long as the encoding's axis (the first
  /// where it names none) for numbers along it, others for tables.
  private func selectingStored(_ selection: ParameterSelection) -> (any ParameterEncoding)? {
    var stored = stored
    let named = stored.attributes["axis"] ?? 0
    let axis = selection.source.dimensions.indices.contains(named) ? named : nil
    func selected<Element>(_ list: [Element]) -> [Element] {
      if list.count == selection.source.count { return selection.gathered(list) }
      guard let axis, list.count == selection.source[axis] else { return list }
      return selection.gathered(list, along: axis) ?? list
    }
    stored.shape = selection.shape
    stored.floats = stored.floats.map(selected)
    stored.integers = stored.integers.map(selected)
    stored.symbols = stored.symbols.isEmpty ? [] : selection.gathered(stored.symbols)
    guard let result = try? Self(stored: stored), result.shape == selection.shape else {
      return nil
    }
    let (whole, part) = (decoded(), result.decoded())
    guard part.type == whole.type else { return nil }
    let isSame =
      whole.type.isReal
      ? selection.gathered(whole.scalars) == part.scalars
      : selection.gathered(whole.integers) == part.integers
    return isSame ? result : nil
  }
}
