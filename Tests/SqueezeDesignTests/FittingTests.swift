import SqueezeTensor
import Testing

import SqueezeDesign

@Suite struct FittingTests {
  private func random(_ rows: Int, _ columns: Int, seed: UInt64 = 1) -> Matrix {
    var random = SeededGenerator(seed: seed)
    return Matrix(rows: rows, columns: columns) { _, _ in Double(random.uniform(-1, 1)) }
  }

  @Test func findsTheSingularValuesOfADiagonalMatrix() {
    let a = Matrix(rows: 5, columns: 3) { $0 == $1 ? [2.0, -7, 3][$0] : 0 }
    let svd = SingularVectors(a, count: 3)
    for (value, expected) in zip(svd.values, [7.0, 3, 2]) { #expect(abs(value - expected) < 1e-12) }
    #expect(abs(abs(svd.right[1, 0]) - 1) < 1e-12)
  }

  @Test(
    "right vectors are orthonormal and diagonalize",
    arguments: [(9, 4), (4, 9), (7, 7), (40, 12), (1, 5), (5, 1)]
  )
  func diagonalizes(_ rows: Int, _ columns: Int) {
    let a = random(rows, columns)
    let svd = SingularVectors(a, count: columns)
    let product = a.times(svd.right)
    let gram = product.transposed.times(product)
    let unit = svd.right.transposed.times(svd.right)
    for i in 0..<columns {
      for j in 0..<columns {
        let expected = i == j ? svd.values[i] * svd.values[i] : 0
        #expect(abs(gram[i, j] - expected) < 1e-9)
        #expect(abs(unit[i, j] - (i == j ? 1 : 0)) < 1e-10)
      }
    }
    let energy = svd.values.reduce(0) { $0 + $1 * $1 }
    #expect(abs(energy - a.squaredNorm) < 1e-9 * a.squaredNorm)
  }

  @Test func recoversAMatrixOfLowRank() {
    let a = random(30, 3).times(random(3, 20, seed: 2))
    let three = LowRankFactors(a, rank: 3)
    #expect(three.error < 1e-6)
    #expect(LowRankFactors(a, rank: 2).error > 0.01)
    let product = three.left.times(three.right)
    #expect(zip(product.values, a.values).allSatisfy { abs($0 - $1) < 1e-6 })
  }

  @Test("the reported error is that of the product", arguments: [(20, 8), (8, 20), (12, 12)])
  func reportsTheError(_ rows: Int, _ columns: Int) {
    let a = random(rows, columns, seed: 3)
    for rank in 1...8 {
      let factors = LowRankFactors(a, rank: rank)
      let product = factors.left.times(factors.right)
      let error = zip(product.values, a.values).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
      #expect(abs((error / a.squaredNorm).squareRoot() - factors.error) < 1e-6)
    }
  }

  @Test func largeMatricesAreSketchedWell() {
    // Singular values fall off as those of trained weights do.
    let (left, right) = (random(420, 60), random(60, 400, seed: 2))
    let scaled = Matrix(rows: 60, columns: 400) { row, column in
      right[row, column] / Double(1 + row * row)
    }
    let a = left.times(scaled)
    let sketched = LowRankFactors(a, rank: 12)
    let exact = SingularVectors(a, count: 400).values
    let rest = exact.dropFirst(12).reduce(0) { $0 + $1 * $1 }
    #expect(sketched.error <= 1.01 * (rest / a.squaredNorm).squareRoot())
  }

  @Test func zerosHaveNoError() {
    let factors = LowRankFactors(Matrix(zeros: 4, 6), rank: 2)
    #expect(factors.error == 0 && factors.left.times(factors.right).values.allSatisfy { $0 == 0 })
  }

  @Test func tuckerOfFullRankIsExact() {
    var random = SeededGenerator(seed: 7)
    let weight = random.tensor(TensorSpec([5, 4, 3, 3]))
    #expect(TuckerFit(weight, inner: 4, outer: 5).error < 1e-6)
    let cut = TuckerFit(weight, inner: 2, outer: 2)
    #expect(cut.error > 0.1 && cut.error < 1)
  }
}
