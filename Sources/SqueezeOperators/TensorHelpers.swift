import SqueezeParameters
import SqueezeTensor

extension Tensor {
  /// The tensor with a function applied to every real element.
  func mapScalars(_ function: (Float) -> Float) -> Tensor {
    Tensor(shape, scalars.map(function), type: type)
  }

  /// The tensor with every element multiplied by a number.
  func scaled(by factor: Float) -> Tensor { factor == 1 ? self : mapScalars { $0 * factor } }

  /// The tensor with its axes in another order.
  ///
  /// - Precondition: `order` is a permutation of the axes.
  func permuted(_ order: [Int]) -> Tensor {
    let result = Shape(order.map { shape[$0] })
    let steps = order.map { shape.strides[$0] }
    func gather<Element>(_ source: [Element]) -> [Element] {
      var index = [Int](repeating: 0, count: order.count)
      var offset = 0
      return (0..<source.count).map { _ in
        let element = source[offset]
        var axis = order.count - 1
        while axis >= 0 {
          index[axis] += 1
          offset += steps[axis]
          if index[axis] < result[axis] { break }
          offset -= steps[axis] * result[axis]
          index[axis] = 0
          axis -= 1
        }
        return element
      }
    }
    return type.isReal
      ? Tensor(result, gather(scalars), type: type)
      : Tensor(result, integers: gather(integers), type: type)
  }
}

extension ParameterEncoding {
  /// The matrix with rows and columns exchanged; integers and codebooks keep their encoding.
  func transposed() -> any ParameterEncoding {
    precondition(shape.rank == 2, "transposed: \(shape) is not a matrix")
    let (rows, columns) = (shape[0], shape[1])
    func transpose<Element>(_ source: [Element]) -> [Element] {
      (0..<source.count).map { source[$0 % rows * columns + $0 / rows] }
    }
    switch self {
    case let integer as UniformInteger:
      return UniformInteger(
        shape: [columns, rows],
        integers: transpose(integer.integers),
        scales: integer.scales,
        zeroPoints: integer.zeroPoints,
        bits: integer.bits,
        isSigned: integer.isSigned,
        axis: integer.axis.map { 1 - $0 }
      )
    case let codebook as Codebook:
      return Codebook(
        shape: [columns, rows],
        indices: transpose(codebook.indices),
        centroids: codebook.free
      )
    default: return Constant.encoding(of: decoded().permuted([1, 0]))
    }
  }
}
