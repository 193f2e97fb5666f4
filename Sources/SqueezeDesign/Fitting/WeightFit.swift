package import SqueezeTensor

/// How much of some weights a change keeps.
enum WeightFit {
  /// `√(dropped / total)` of sums of squares; 0 for zeros.
  static func error(dropped: Double, of total: Double) -> Double {
    total > 0 ? (max(0, dropped) / total).squareRoot() : 0
  }

  /// `Σ w²`.
  static func squaredNorm(_ tensor: Tensor) -> Double {
    tensor.scalars.reduce(0) { $0 + Double($1) * Double($1) }
  }
}

extension Matrix {
  /// The weights as a matrix of the given number of rows.
  package init(_ tensor: Tensor, rows: Int) {
    self.init(
      rows: rows,
      columns: tensor.count / max(1, rows),
      values: tensor.scalars.map { Double($0) }
    )
  }

  /// The elements as weights.
  func tensor(_ shape: Shape) -> Tensor { Tensor(shape, values.map { Float($0) }) }
}

extension Tensor {
  /// Some slices along an axis, in the order given; a slice may come twice.
  package func selecting(_ indices: [Int], axis: Int) -> Tensor {
    let inner = shape.count(from: axis + 1)
    var result = shape
    result[axis] = indices.count
    var scalars: [Float] = []
    scalars.reserveCapacity(result.count)
    for block in 0..<shape.count(before: axis) {
      for index in indices {
        let start = (block * shape[axis] + index) * inner
        scalars += self.scalars[start..<start + inner]
      }
    }
    return Tensor(result, scalars, type: type)
  }
}
