public import SqueezeGraph
import SqueezeOperators
import SqueezeParameters
import SqueezeTensor

extension Model {
  /// The same graph with parameters as a training begins with them.
  ///
  /// Weights come from a rule, each from a generator of its own, seeded by `seed` and its key, so that they
  /// do not depend on other layers. Biases and means are 0, scales and variances 1, slopes of PReLU 0.25.
  /// Constants stay; a parameter of another name stays where the model has it, and is 0 otherwise.
  ///
  /// - Throws: ``ModelError`` that names a node which cannot take what comes.
  public func initialized(
    by initializer: any Initializer = HeInitializer(),
    seed: UInt64
  ) throws(ModelError) -> Model {
    var model = self
    var specs: [String: TensorSpec] = [:]
    for input in inputs { specs[input.name] = TensorSpec(input.shape(), input.type) }
    for node in nodes {
      let inputs = node.inputs.compactMap { specs[$0] }
      let parameters: [ParameterSpec]
      do {
        for (name, spec) in zip(node.outputs, try node.op.checkedOutputs(for: inputs)) {
          specs[name] = spec
        }
        parameters = try node.op.parameters(for: inputs)
      } catch {
        throw .shape(error.at(node.name))
      }
      for parameter in parameters where parameter.kind != .constant {
        let key = Self.key(node.name, parameter.name)
        let (shape, type) = (parameter.spec.shape, parameter.spec.type)
        guard type.isReal else { continue }
        func constant(_ value: Float) -> Tensor {
          Tensor(shape, [Float](repeating: value, count: shape.count), type: type)
        }
        let value: Tensor
        switch parameter.name {
        case "weight":
          var random = SeededGenerator(seed: seed ^ stableHash(key))
          let weights = initializer.weights(shape, fan: fan(of: node.op, shape), &random)
          value = Tensor(shape, weights, type: type)
        case "scale", "variance": value = constant(1)
        case "slope": value = constant(0.25)
        case "bias", "mean": value = constant(0)
        default:
          guard model.parameters[key] == nil else { continue }
          value = constant(0)
        }
        model.parameters[key] = Dense(value)
      }
    }
    return model
  }

  /// The connections of a layer, by its operator and its weight's shape.
  private func fan(of op: any Operator, _ weight: Shape) -> Fan {
    guard weight.rank >= 2 else {
      return Fan(input: Double(weight.count), output: Double(weight.count))
    }
    let kernel = Double(weight.count(from: 2))
    switch op {
    case let op as TransposedConvolution:
      // One output sees kernel / stride positions of every channel of its group.
      let positions = zip(op.window.kernelSize, op.window.stride).reduce(1.0) {
        $0 * Double($1.0) / Double(min($1.0, $1.1))
      }
      return Fan(
        input: Double(weight[0] / op.groups) * positions,
        output: Double(weight[1]) * kernel
      )
    case let op as Convolution:
      return Fan(
        input: Double(weight[1]) * kernel,
        output: Double(weight[0] / op.groups) * kernel
      )
    default: return Fan(input: Double(weight[1]) * kernel, output: Double(weight[0]) * kernel)
    }
  }
}

/// A hash of text that is the same in every process (FNV-1a, 64 bits).
func stableHash(_ text: String) -> UInt64 {
  text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
}
