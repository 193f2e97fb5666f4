package import SqueezeTensor

/// The second moments of the patches that a layer's weights are multiplied with.
///
/// With patches `x` of a group, `H = mean x xᵀ` over inputs and positions, so that an error `Δw` of a
/// row changes the mean square of its output by `Δw H Δwᵀ`. Where a bias can take up the mean, only
/// the covariance `H − x̄ x̄ᵀ` counts.
///
/// Beside what the layer is given now, `x`, there may be what the original model gave it, `z`; then the
/// moments `mean (z − x) xᵀ` are kept too.
///
/// Sums are streamed: memory is bounded by the matrices. More than ``blockLimit`` columns are split
/// into blocks between which no products are kept. Of an input with many positions at most
/// ``positionLimit`` are taken, evenly spread.
///
/// Source: LeCun, Denker and Solla, "Optimal Brain Damage" (1989); Hassibi and Stork, "Optimal Brain
/// Surgeon" (1993); Frantar, Singh and Alistarh, "Optimal Brain Compression" (2022), §4.
public struct InputCovariance: Sendable {
  /// The most columns that are correlated with each other.
  public static let blockLimit = 1024
  /// The most positions taken from one input.
  public static let positionLimit = 768

  /// Some columns of one group, and their sums.
  package struct Block: Sendable {
    let group: Int
    package let columns: Range<Int>
    fileprivate var moments: PatchMoments
  }

  package let patches: LayerPatches
  package private(set) var blocks: [Block]
  /// The number of patches seen, per group.
  package private(set) var count = 0
  private var inputs = 0

  package init(_ patches: LayerPatches, hasOriginal: Bool = false) {
    self.patches = patches
    let parts = (patches.columns + Self.blockLimit - 1) / Self.blockLimit
    blocks = (0..<patches.groups).flatMap { group in
      (0..<parts).map { part in
        let columns = part * patches.columns / parts..<(part + 1) * patches.columns / parts
        let moments = PatchMoments(columns: columns.count, hasOriginal: hasOriginal)
        return Block(group: group, columns: columns, moments: moments)
      }
    }
  }

  /// Adds the patches of one input of the layer, and of what the original model gave it.
  package mutating func add(_ input: Tensor, original: Tensor? = nil) {
    let total = patches.count(in: input)
    let taken = min(total, Self.positionLimit)
    guard taken > 0 else { return }
    // Another offset for every input, or a regular pattern would always see the same places.
    let offset = inputs * 40_503 % total
    let positions = (0..<taken).map { ($0 * total / taken + offset) % total }.sorted()
    inputs += 1
    count += taken
    for index in blocks.indices {
      let (group, columns) = (blocks[index].group, blocks[index].columns)
      blocks[index].moments.add(positions, hasOriginal: original != nil) {
        part,
        now,
        before,
        stride in
        for (tensor, matrix) in [(input, now), (original ?? input, before)] {
          guard let matrix else { continue }
          patches.copy(
            from: tensor,
            group: group,
            positions: part,
            columns: columns,
            into: matrix,
            stride: stride
          )
        }
      }
    }
  }

  /// The mean of every column of a block: of `x`, or of `z − x`.
  package func means(_ block: Block, ofDifference: Bool = false) -> [Double] {
    let sums = ofDifference ? block.moments.differenceSums : block.moments.sums
    return sums.prefix(block.columns.count).map { count == 0 ? 0 : $0 / Double(count) }
  }

  /// The matrix `mean x xᵀ` of a block, `n × n` row-major; about the mean where `isCentered`.
  package func matrix(_ block: Block, isCentered: Bool) -> [Double] {
    let n = block.columns.count
    let means = isCentered ? means(block) : [Double](repeating: 0, count: n)
    let scale = count == 0 ? 0 : 1 / Double(count)
    var matrix = [Double](repeating: 0, count: n * n)
    for i in 0..<n {
      for j in i..<n {
        var value = block.moments.products[i * block.moments.stride + j] * scale
        value -= means[i] * means[j]
        if i == j { value = max(value, 0) }
        matrix[i * n + j] = value
        matrix[j * n + i] = value
      }
    }
    return matrix
  }

  /// The matrix `mean (z − x) xᵀ` of a block; about the means where `isCentered`.
  package func crossMatrix(_ block: Block, isCentered: Bool) -> [Double] {
    let (n, stride) = (block.columns.count, block.moments.stride)
    let zeros = [Double](repeating: 0, count: n)
    let rows = isCentered ? means(block, ofDifference: true) : zeros
    let columns = isCentered ? means(block) : zeros
    let scale = count == 0 ? 0 : 1 / Double(count)
    var matrix = [Double](repeating: 0, count: n * n)
    for i in 0..<n {
      for j in 0..<n {
        matrix[i * n + j] = block.moments.cross[i * stride + j] * scale - rows[i] * columns[j]
      }
    }
    return matrix
  }
}
