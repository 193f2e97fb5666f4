public import SqueezeTensor

/// Rounds one layer's weights to an even grid so that the layer's outputs change least.
///
/// Minimizes `Σ_rows (w − Δq) H (w − Δq)ᵀ + λ Σ bits(q)` greedily: column by column, each weight aims
/// at what makes good the errors of those before it (`RoundingFactor`), and takes the level nearby, or 0,
/// with the least sum of error and bits. No row ends worse than by rounding to the nearest level.
///
/// Source: Frantar et al., "GPTQ" (2023), §3.3, for the errors; Sullivan, "Efficient Scalar Quantization
/// of Exponential and Laplacian Random Variables" (1996) for the price of bits in the choice of a level.
public struct SecondOrderRounding: Sendable {
  /// What came of a layer.
  public struct Result: Sendable {
    /// The weights divided by the step, in the weight's order.
    public var integers: [Int32]
    /// `Σ_rows e H eᵀ`: the mean square by which the outputs change, added over the rows of a
    /// position, damping included.
    public var error: Double
  }

  let weight: [Float]
  private let patches: LayerPatches
  private let keepsZeros: Bool
  /// What is added to the diagonal of a covariance, as a part of its mean.
  static let damping = 0.01
  /// The covariance of each block; kept only where every row has columns of its own.
  private let matrices: [[Double]]
  private let blocks: [InputCovariance.Block]
  /// One factor per block, for rows in which no weight is left out.
  private let shared: [RoundingFactor]

  /// Prepares a layer.
  ///
  /// - Parameters:
  ///   - weight: its weight.
  ///   - covariance: the moments of its inputs, without the mean where `isCentered`.
  ///   - isCentered: whether the layer has a bias that will take up a shift of its mean output.
  ///   - keepsZeros: whether weights that are 0 stay 0.
  public init(
    _ weight: Tensor,
    covariance: InputCovariance,
    isCentered: Bool,
    keepsZeros: Bool = false
  ) {
    self.init(
      weight.scalars,
      patches: covariance.patches,
      blocks: covariance.blocks,
      matrices: covariance.blocks.map { covariance.matrix($0, isCentered: isCentered) },
      keepsZeros: keepsZeros
    )
  }

  init(
    _ weight: [Float],
    patches: LayerPatches,
    blocks: [InputCovariance.Block],
    matrices: [[Double]],
    keepsZeros: Bool
  ) {
    self.weight = weight
    self.patches = patches
    self.blocks = blocks
    self.keepsZeros = keepsZeros && weight.contains(0)
    shared = zip(blocks, matrices).map { block, matrix in
      let n = block.columns.count
      return RoundingFactor(matrix, size: n, columns: Array(0..<n), damping: Self.damping)
    }
    self.matrices = self.keepsZeros ? matrices : []
  }

  /// What a unit error of a weight costs on average, over the weights that are not 0.
  ///
  /// At a small step the error of the layer is about `Δ² / 12` times this for every such weight.
  public var meanCurvature: Double {
    var (sum, count) = (0.0, 0)
    forEachRow { block, _, row in
      let factor = shared[block]
      for (curvature, column) in zip(factor.curvatures, factor.order)
      where weight[row + column] != 0 {
        sum += curvature
        count += 1
      }
    }
    return count == 0 ? 0 : sum / Double(count)
  }

  /// Visits the rows of each block: the block, its width, the row's first weight.
  private func forEachRow(_ body: (_ block: Int, _ width: Int, _ first: Int) -> Void) {
    let rows = patches.rows / patches.groups
    for (index, block) in blocks.enumerated() {
      for row in block.group * rows..<(block.group + 1) * rows {
        body(index, block.columns.count, row * patches.columns + block.columns.lowerBound)
      }
    }
  }

  // MARK: Rounding

  /// Rounds to the nearest level, each weight by itself.
  public func nearest(step: Float) -> Result {
    var result = Result(integers: weight.map { Self.nearest($0 / step) }, error: 0)
    forEachRow { block, width, first in
      let row = RowRounding(factor: shared[block], step: step)
      let integers = result.integers[first..<first + width]
      result.error += row.error(of: weight[first..<first + width], integers: integers)
    }
    return result
  }

  /// `Σ_rows w H wᵀ`: the mean square of the layer's outputs, summed over rows.
  var outputEnergy: Double {
    var sum = 0.0
    forEachRow { block, width, first in
      let zeros = [Int32](repeating: 0, count: width)
      let row = RowRounding(factor: shared[block], step: 1)
      sum += row.error(of: weight[first..<first + width], integers: zeros[...])
    }
    return sum
  }

  /// Rounds with compensation.
  ///
  /// - Parameter step: the distance of two levels, positive.
  /// - Returns: the levels and their error.
  public func rounded(step: Float) -> Result { rounded(step: step, bitWeight: 0, costs: nil) }

  /// Rounds with compensation, each bit taken for an error of `bitWeight`.
  func rounded(step: Float, bitWeight: Double, costs: LevelCosts?) -> Result {
    var result = Result(integers: [Int32](repeating: 0, count: weight.count), error: 0)
    var errors = [Float](repeating: 0, count: InputCovariance.blockLimit)
    forEachRow { block, width, first in
      let slice = weight[first..<first + width]
      var factor = shared[block]
      if keepsZeros, slice.contains(0) {
        let columns = slice.indices.filter { weight[$0] != 0 }.map { $0 - first }
        factor = RoundingFactor(
          matrices[block],
          size: width,
          columns: columns,
          damping: Self.damping
        )
      }
      let row = RowRounding(factor: factor, step: step)
      let greedy = row.round(slice, bitWeight: bitWeight, costs: costs, errors: &errors)
      let plain = factor.order.map { Self.nearest(slice[first + $0] / step) }
      let best = row.better(greedy, plain, for: slice, bitWeight: bitWeight, costs: costs)
      for (column, integer) in zip(factor.order, best.integers) {
        result.integers[first + column] = integer
      }
      result.error += best.error
    }
    return result
  }

  static func nearest(_ value: Float) -> Int32 {
    Int32(min(max(value.rounded(.toNearestOrEven), -0x1p23), 0x1p23))
  }
}
