public import SqueezeGraph
public import SqueezeTensor

/// An operator that only moves elements: everything in its outputs comes from somewhere in its inputs.
///
/// Its gradient follows from its own forward pass, which, run on positions instead of elements, says
/// where every element of the outputs came from: `dx[origin[i]] += dy[i]`. It flows through integers
/// too, which may stand for reals on a quantization grid.
public protocol RearrangingOperator: Differentiable {
  /// Which of so many inputs are moved; the others, such as indices, say whereto and get no gradient.
  func movedInputs(of count: Int) -> Range<Int>

  /// The outputs for inputs of which those that are moved hold the positions of their elements;
  /// negative where no element came from.
  func origins(_ inputs: [Tensor]) throws(ShapeError) -> [Tensor]
}

extension RearrangingOperator {
  public func movedInputs(of count: Int) -> Range<Int> { 0..<count }

  public func origins(_ inputs: [Tensor]) throws(ShapeError) -> [Tensor] {
    try forward(inputs, parameters: [])
  }

  public func backward(_ pass: BackwardPass) throws(ShapeError) -> Gradients {
    try rearrangedBackward(pass)
  }

  /// The gradients by adding every output's element where it came from.
  func rearrangedBackward(_ pass: BackwardPass) throws(ShapeError) -> Gradients {
    let moved = movedInputs(of: pass.inputs.count)
    // All moved elements are numbered through, so that one list of sums serves every input.
    var inputs = pass.inputs
    var starts: [Int: Int] = [:]
    var count = 0
    for index in moved {
      let shape = inputs[index].shape
      starts[index] = count
      inputs[index] = Tensor(shape, integers: Array(count..<count + shape.count))
      count += shape.count
    }
    var sums = [Double](repeating: 0, count: count)
    for (origin, gradient) in zip(try origins(inputs), pass.gradients) {
      for (position, slope) in zip(origin.integers, gradient.scalars) where position >= 0 {
        sums[position] += Double(slope)
      }
    }
    return Gradients(
      inputs: pass.inputs.indices.map { index in
        guard let start = starts[index] else { return nil }
        let shape = pass.inputs[index].shape
        return Tensor(shape, sums: Array(sums[start..<start + shape.count]))
      }
    )
  }
}

extension Tensor {
  /// A gradient from sums that were kept in double precision.
  init(_ shape: Shape, sums: [Double]) { self.init(shape, sums.map { Float($0) }) }

  /// The sum over everything but the channels of `[N, C, …]`: the gradient of a bias.
  func channelSums() -> Tensor {
    let (channels, area) = (shape[1], max(1, shape.count(from: 2)))
    var sums = [Double](repeating: 0, count: channels)
    for (i, value) in scalars.enumerated() { sums[i / area % channels] += Double(value) }
    return Tensor([channels], sums: sums)
  }
}
