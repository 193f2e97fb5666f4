import SqueezeTensor

/// Which elements of a weight are pruned together or against each other.
///
/// Regular zeros cost accuracy and buy speed: kernels skip whole blocks and need fewer indices.
public enum SparsityPattern: Sendable, Hashable, Codable {
  /// Every element by itself.
  case elements
  /// Of every `of` consecutive input channels at one output channel and kernel position at most `kept`.
  ///
  /// Source: Mishra et al., "Accelerating Sparse Deep Neural Networks" (2021), §2.1 (2 of 4).
  case nOfM(kept: Int, of: Int)
  /// Blocks of so many output channels and input channels at one kernel position, all or nothing.
  case blocks(outputs: Int, inputs: Int)
  /// The whole kernel between one input and one output channel.
  case kernels

  /// The sparsity the pattern itself brings, wherever input channels fill whole groups.
  public var leastSparsity: Double {
    guard case .nOfM(let kept, let all) = self else { return 0 }
    return 1 - Double(kept) / Double(all)
  }

  /// Checks the pattern's sizes.
  func check() throws(PruningError) {
    switch self {
    case .nOfM(let kept, let all) where !(1...256).contains(all) || !(1...all).contains(kept):
      throw PruningError("pattern", expected: "1 ≤ kept ≤ of ≤ 256", actual: "\(kept) of \(all)")
    case .blocks(let outputs, let inputs)
    where !(1...4096).contains(outputs) || !(1...4096).contains(inputs):
      throw PruningError("pattern", expected: "1 to 4096 channels", actual: "\(outputs)×\(inputs)")
    default: break
    }
  }

  /// The units of a weight: what is pruned together.
  ///
  /// - Parameters:
  ///   - shape: `[O, I, …]`, or `[I, O, …]` for a transposed convolution.
  ///   - isTransposed: whether input channels come first.
  /// - Returns: the unit of every element, or `nil` where each is its own.
  func units(of shape: Shape, isTransposed: Bool) -> [Int32]? {
    switch self {
    case .elements, .nOfM: return nil
    case .kernels:
      let inner = Self.sizes(shape).inner
      return inner == 1 ? nil : (0..<shape.count).map { Int32($0 / inner) }
    case .blocks(let outputs, let inputs):
      let (rows, columns) = isTransposed ? (inputs, outputs) : (outputs, inputs)
      return rows * columns == 1 ? nil : Self.numbers(shape, rows: rows, columns: columns)
    }
  }

  /// The group of every element within which elements compete, for ``nOfM(kept:of:)``.
  func groups(of shape: Shape, isTransposed: Bool) -> [Int32]? {
    guard case .nOfM(let kept, let all) = self, kept < all else { return nil }
    return Self.numbers(shape, rows: isTransposed ? all : 1, columns: isTransposed ? 1 : all)
  }

  /// The first two axes and the product of the others.
  private static func sizes(_ shape: Shape) -> (rows: Int, columns: Int, inner: Int) {
    let rows = shape.rank > 0 ? shape[0] : 1
    let columns = shape.rank > 1 ? shape[1] : 1
    return (rows, columns, shape.rank > 2 ? shape.count(from: 2) : 1)
  }

  /// The number of the tile of `rows` × `columns` channels that every element lies in.
  private static func numbers(_ shape: Shape, rows: Int, columns: Int) -> [Int32] {
    let size = sizes(shape)
    let across = (size.columns + columns - 1) / columns
    var result: [Int32] = []
    result.reserveCapacity(shape.count)
    for row in 0..<size.rows {
      for column in 0..<size.columns {
        let tile = (row / rows * across + column / columns) * size.inner
        for position in 0..<size.inner { result.append(Int32(tile + position)) }
      }
    }
    return result
  }
}
