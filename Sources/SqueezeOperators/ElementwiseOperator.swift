public import SqueezeGraph
public import SqueezeTensor

/// An operator that applies one function to every element of a real tensor of any shape.
///
/// The engine fuses such operators into the one before them through ``apply(_:)``'s definition.
public protocol ElementwiseOperator: Operator {
  /// The function of one element.
  func apply(_ x: Float) -> Float
  /// What makes the attributes meaningless, or `nil` where they are sound.
  var flaw: String? { get }
}

extension ElementwiseOperator {
  public var flaw: String? { nil }
  public var channelFlow: ChannelFlow { .preserves }

  public func outputs(for inputs: [TensorSpec]) throws(ShapeError) -> [TensorSpec] {
    guard inputs[0].type.isReal else {
      throw error(expected: "a real input", actual: "\(inputs[0])")
    }
    if let flaw { throw error(expected: "sound attributes", actual: flaw) }
    return inputs
  }

  public func forward(
    _ inputs: [Tensor],
    parameters: [Tensor]
  ) throws(ShapeError) -> [Tensor] {
    _ = try outputs(for: inputs.map(\.spec))
    return [inputs[0].mapScalars(apply)]
  }
}
