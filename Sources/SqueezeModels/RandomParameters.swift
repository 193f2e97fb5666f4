public import SqueezeGraph
import SqueezeOperators
import SqueezeParameters
import SqueezeTensor

extension Model {
  /// The same graph with seeded random parameters in place of whatever it has.
  ///
  /// Weights are uniform with the deviation `√(1 / (taps · E[x²]))`, where `taps` is the number of
  /// products in one output, so that every linear layer gives variance 1 however deep it lies. For a
  /// layer behind a ReLU this is He et al., "Delving deep into rectifiers" (2015), §2.2; for others it
  /// is the aim of Mishkin and Matas, "All you need is a good init" (2015), by estimates instead of
  /// measured maps (`Moments`). Biases and batch normalization are as after training, small but
  /// not trivial: scale in 0.8…1.2, variance in 0.7…1.3, mean and bias in ±0.1.
  public func withRandomParameters(seed: UInt64) throws -> Model {
    var model = self
    var random = SeededGenerator(seed: seed)
    var specs: [String: TensorSpec] = [:]
    var moments: [String: Moments] = [:]
    for input in inputs {
      specs[input.name] = TensorSpec(input.shape(), input.type)
      moments[input.name] = .unit
    }
    for node in nodes {
      let inputs = node.inputs.compactMap { specs[$0] }
      let incoming = zip(inputs, node.inputs).map { (spec: $0, moments: moments[$1] ?? .unit) }
      let outgoing = Moments.after(node.op, incoming)
      for (name, spec) in zip(node.outputs, try node.op.checkedOutputs(for: inputs)) {
        specs[name] = spec
        moments[name] = outgoing
      }
      for parameter in try node.op.parameters(for: inputs) {
        let (shape, type) = (parameter.spec.shape, parameter.spec.type)
        let key = Model.key(node.name, parameter.name)
        // What never changes is part of the structure.
        if parameter.kind == .constant, model.parameters[key].map({ !($0 is Blank) }) == true {
          continue
        }
        let range: ClosedRange<Float>? =
          switch parameter.name {
          case "weight":
            weightRange(node.op, shape, incoming.first?.moments ?? .unit)
          case "scale": 0.8...1.2
          case "variance": 0.7...1.3
          case "mean", "bias": -0.1...0.1
          case "slope": 0.1...0.4
          default: nil
          }
        var value = Tensor(zeros: shape, type: type)
        if let range, type.isReal {
          let scalars = (0..<shape.count).map { _ in
            random.uniform(range.lowerBound, range.upperBound)
          }
          value = Tensor(shape, scalars, type: type)
        }
        model.parameters[key] = Constant.encoding(of: value)
      }
    }
    return model
  }

  /// A symmetric range whose uniform numbers give outputs of variance 1.
  private func weightRange(
    _ op: any Operator,
    _ weight: Shape,
    _ input: Moments
  ) -> ClosedRange<Float> {
    var taps = Double(weight.count(from: 1))
    if let op = op as? TransposedConvolution {
      // One output sees kernel / stride positions of every channel of its group.
      let positions = zip(op.window.kernelSize, op.window.stride).map {
        Double($0) / Double(min($0, $1))
      }
      taps = Double(weight[0] / op.groups) * positions.reduce(1, *)
    }
    let limit = Float((3 / (max(1, taps) * input.second)).squareRoot())
    return -limit...limit
  }
}
