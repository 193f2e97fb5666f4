import SqueezeCompress
import SqueezeTensor
import Testing

@Suite("Cholesky factor")
struct CholeskyFactorTests {
  /// `Σ x xᵀ` of some random vectors.
  private static func matrix(_ size: Int, rank: Int) -> [Double] {
    var random = SeededGenerator(seed: UInt64(size))
    var matrix = [Double](repeating: 0, count: size * size)
    for _ in 0..<rank {
      let x = random.tensor(TensorSpec([size])).scalars
      for i in 0..<size { for j in 0..<size { matrix[i * size + j] += Double(x[i] * x[j]) } }
    }
    return matrix
  }

  @Test("solves the system, rows and columns in any order", arguments: [1, 2, 5, 17, 40])
  func solves(size: Int) {
    let matrix = Self.matrix(size, rank: 2 * size)
    let order = Array((0..<size).reversed())
    let factor = CholeskyFactor(matrix, stride: size, order: order, ridge: 0.5)
    let b = (0..<size).map { Double($0 % 7) - 2 }
    let x = factor.solve(b)
    for i in 0..<size {
      var sum = 0.5 * x[i]
      for j in 0..<size { sum += matrix[order[i] * size + order[j]] * x[j] }
      #expect(abs(sum - b[i]) < 1e-8 * Double(size))
    }
  }

  @Test("a matrix without full rank gets a ridge that suffices")
  func singular() {
    let factor = CholeskyFactor(Self.matrix(9, rank: 2), stride: 9, order: Array(0..<9), ridge: 0)
    #expect(factor.lower.allSatisfy { $0.isFinite })
    let zero = CholeskyFactor([0, 0, 0, 0], stride: 2, order: [0, 1], ridge: 0)
    #expect(zero[0, 0] > 0 && zero[1, 1] > 0)
  }

  @Test("the error of a row is its quadratic form")
  func quadraticForm() {
    let size = 12
    let matrix = Self.matrix(size, rank: 20)
    let factor = RoundingFactor(matrix, size: size, columns: Array(0..<size), damping: 0)
    var random = SeededGenerator(seed: 3)
    let weights = random.tensor(TensorSpec([size])).scalars
    let row = RowRounding(
      factor: factor,
      weights: factor.order.map { weights[$0] },
      step: 1,
      levels: -8...8
    )
    let error = row.error(of: [Int32](repeating: 0, count: size))
    var expected = 0.0
    for i in 0..<size {
      for j in 0..<size { expected += Double(weights[i] * weights[j]) * matrix[i * size + j] }
    }
    #expect(abs(error - expected) < 1e-3 * expected)
    let product = factor.product(with: row.weights)
    for (t, column) in factor.order.enumerated() {
      let sum = (0..<size).reduce(0) { $0 + matrix[column * size + $1] * Double(weights[$1]) }
      #expect(abs(Double(product[t]) - sum) < 1e-3 * expected)
    }
  }
}
