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
  let patches: LayerPatches
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
  ///
  /// - Parameters:
  ///   - steps: the distance of two levels, positive: one, or one per row.
  ///   - levels: the levels there are.
  /// - Returns: the levels and their error.
  public func nearest(steps: [Float], levels: ClosedRange<Int32> = allLevels) -> Result {
    forEachRow(steps: steps, levels: levels) { row, _ in row.nearest }
  }

  /// `Σ_rows w H wᵀ`: the mean square of the layer's outputs, summed over rows.
  var outputEnergy: Double {
    var sum = 0.0
    forEachRow { block, width, first in
      let row = row(block, first, width, [1], Self.allLevels)
      sum += row.error(of: [Int32](repeating: 0, count: row.factor.order.count))
    }
    return sum
  }

  /// The error of each row at the nearest levels.
  func rowErrors(nearestAt steps: [Float], levels: ClosedRange<Int32>) -> [Double] {
    var errors = [Double](repeating: 0, count: patches.rows)
    forEachRow { block, width, first in
      let row = row(block, first, width, steps, levels)
      errors[first / patches.columns] += row.error(of: row.nearest)
    }
    return errors
  }

  /// Rounds with compensation.
  ///
  /// - Parameters:
  ///   - steps: the distance of two levels, positive: one, or one per row.
  ///   - levels: the levels there are.
  /// - Returns: the levels and their error.
  public func rounded(steps: [Float], levels: ClosedRange<Int32> = allLevels) -> Result {
    rounded(steps: steps, levels: levels, bitWeight: 0, costs: nil)
  }

  /// Rounds with compensation, each bit taken for an error of `bitWeight`.
  package func rounded(
    steps: [Float],
    levels: ClosedRange<Int32> = allLevels,
    bitWeight: Double,
    costs: LevelCosts?
  ) -> Result {
    var errors = [Float](repeating: 0, count: InputCovariance.blockLimit)
    return forEachRow(steps: steps, levels: levels) { row, _ in
      let greedy = row.round(bitWeight: bitWeight, costs: costs, errors: &errors)
      return row.better(greedy, row.nearest, bitWeight: bitWeight, costs: costs)
    }
  }

  /// Rounds row by row; `choose` gives the integers of a row in the order of its factor.
  func forEachRow(
    steps: [Float],
    levels: ClosedRange<Int32>,
    choose: (_ row: RowRounding, _ block: Int) -> [Int32]
  ) -> Result {
    var result = Result(integers: [Int32](repeating: 0, count: weight.count), error: 0)
    forEachRow { block, width, first in
      let row = row(block, first, width, steps, levels)
      let integers = choose(row, block)
      for (column, integer) in zip(row.factor.order, integers) {
        result.integers[first + column] = integer
      }
      result.error += row.error(of: integers)
    }
    return result
  }

  private func row(
    _ block: Int,
    _ first: Int,
    _ width: Int,
    _ steps: [Float],
    _ levels: ClosedRange<Int32>
  ) -> RowRounding {
    let slice = weight[first..<first + width]
    var factor = shared[block]
    if keepsZeros, slice.contains(0) {
      factor = RoundingFactor(
        matrices[block],
        size: width,
        columns: slice.indices.filter { weight[$0] != 0 }.map { $0 - first },
        damping: Self.damping
      )
    }
    let step = steps.count == 1 ? steps[0] : steps[first / patches.columns]
    return RowRounding(
      factor: factor,
      weights: factor.order.map { slice[first + $0] },
      step: step,
      levels: levels
    )
  }

  /// As many levels as single precision can tell apart.
  public static let allLevels: ClosedRange<Int32> = -(1 << 23)...1 << 23

  package static func nearest(_ value: Float) -> Int32 {
    Int32(min(max(value.rounded(.toNearestOrEven), -0x1p23), 0x1p23))
  }
}
