import SqueezeParameters
import SqueezeTensor

/// Encodings of every kind, some awkward, that every property is checked on.
enum Samples {
  static let all: [any ParameterEncoding] = [
    Dense(random([3, 2, 2])),
    Dense(Tensor([0], [])),
    Half(random([5, 3])),
    Half(random([4]), format: .bfloat16),
    Codebook(shape: [2, 3], indices: [0, 2, 1, 1, 2, 0], centroids: [0.5, -1.25, 3]),
    Codebook(shape: [4], indices: [0, 0, 0, 0], centroids: [2]),
    MaskedCodebook(shape: [2, 4], indices: [0, 1, 2, 3, 0, 0, 3, 1], centroids: [1.5, -2, 0.25]),
    MaskedCodebook(shape: [3], indices: [0, 0, 0], centroids: []),
    MaskedCodebook(shape: [3], indices: [1, 0, 1], centroids: [-4]),
    Masked(random([2, 3]), mask: [true, false, true, true, false, false]),
    Binary(random([3, 4])),
    UniformInteger(
      shape: [2, 3],
      integers: [-128, 127, 0, 5, -7, 3],
      scales: [0.02],
      zeroPoints: [3]
    ),
    UniformInteger(
      shape: [2, 2, 2],
      integers: [1, 2, 3, 4, 5, 6, 7, 8],
      scales: [0.5, 0.25],
      zeroPoints: [0, 4],
      bits: 4,
      isSigned: false,
      axis: 1
    ),
    UniformInteger(
      shape: [2],
      integers: [-2_000_000_000, 2_000_000_000],
      scales: [1e-6, 2e-6],
      zeroPoints: [0, 0],
      bits: 32,
      axis: 0
    ),
    StraightThroughInteger(random([3, 2, 2]), scales: [0.01], zeroPoints: [-5]),
    StraightThroughInteger(
      random([2, 3]),
      scales: [0.5, 0.01, 0.1],
      zeroPoints: [0, 7, 15],
      bits: 4,
      isSigned: false,
      axis: 1
    ),
    StraightThroughInteger(
      random([2, 5]),
      scales: [0.03, 0.02],
      zeroPoints: [0, 0],
      bits: 5,
      axis: 0,
      mask: [true, false, false, true, true, false, true, true, false, false]
    ),
    StraightThroughInteger(random([3]), scales: [1], zeroPoints: [0], mask: [false, false, false]),
    StraightThroughBinary(random([3, 2, 2])),
    StraightThroughBinary(Tensor([2, 0], [])),
    IntegerConstant(Tensor([3], integers: [1, -5, 1 << 40])),
  ]

  static func random(_ shape: Shape) -> Tensor {
    var generator = SeededGenerator(seed: 3)
    return generator.tensor(TensorSpec(shape))
  }
}
