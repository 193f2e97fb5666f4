public import SqueezeGraph
public import SqueezeTensor

/// An operator that applies one function to every element of a real tensor of any shape.
///
/// The engine fuses such operators into the one before them through ``apply(_:)``'s definition.
public protocol ElementwiseOperator: Differentiable {
  /// The function of one element.
  func apply(_ x: Float) -> Float
  /// The derivative of ``apply(_:)`` at `x`, where it gives `y`; the one from below where it jumps.
  func derivative(_ x: Float, _ y: Float) -> Float
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

  /// `dx = f′(x) · dy`; nothing for integers.
  public func backward(_ pass: BackwardPass) throws(ShapeError) -> Gradients {
    let (x, y, dy) = (pass.inputs[0], pass.outputs[0].scalars, pass.gradients[0].scalars)
    guard x.type.isReal else { return Gradients(inputs: [nil]) }
    let dx = dy.indices.map { derivative(x.scalars[$0], y[$0]) * dy[$0] }
    return Gradients(inputs: [Tensor(x.shape, dx)])
  }
}
