public import SqueezeGraph
public import SqueezeTensor

/// The elements of a tensor at chosen positions along every axis.
///
/// `y[i₀, i₁, …] = x[p₀[i₀], p₁[i₁], …]`, or the filler where a position is negative.
public struct Selection: Sendable, Hashable {
  /// The shape of the result, of the rank of `x`.
  public var shape: Shape
  /// For every axis the position in `x` of every position in the result.
  public var positions: [[Int]]
  /// The element where a position is negative.
  public var filler: Float

  init(_ shape: Shape, filler: Float = 0, positions: (_ axis: Int) -> [Int]) {
    self.shape = shape
    self.filler = filler
    self.positions = (0..<shape.rank).map(positions)
  }
}

/// An operator whose every output is a selection of its input's elements.
///
/// Fast kernels need to know no more than the positions.
public protocol SelectingOperator: Operator {
  /// What each output selects, or `nil` where these attributes compute more than that.
  func selections(for input: TensorSpec) throws(ShapeError) -> [Selection]?
}

extension Tensor {
  /// The elements that a selection names; the type stays.
  func selected(_ selection: Selection) -> Tensor {
    selected(selection.shape, filler: selection.filler) { selection.positions[$0] }
  }
}
