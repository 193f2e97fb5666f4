import SqueezeGraph
import SqueezeOperators
import SqueezeParameters
import SqueezeTensor

/// One operator between grids, as a model of pairs.
struct QuantizedCase: Sendable, CustomStringConvertible {
  var op: any Operator
  var inputs: [Shape]
  var inputGrids: [QuantizationGrid]
  var outputGrid: QuantizationGrid
  var activation: (any Operator)?

  static let unsigned = QuantizationGrid(scale: 2 / 255, zeroPoint: 117)
  static let signed = QuantizationGrid(scale: 2.1 / 255, zeroPoint: -9, type: .int8)
  static let wide = QuantizationGrid(scale: 5 / 255, zeroPoint: 100)

  init(
    _ op: any Operator,
    _ inputs: [Shape],
    from inputGrids: [QuantizationGrid]? = nil,
    to outputGrid: QuantizationGrid = Self.wide,
    _ activation: (any Operator)? = nil
  ) {
    self.op = op
    self.inputs = inputs
    self.inputGrids = inputGrids ?? inputs.map { _ in Self.unsigned }
    self.outputGrid = outputGrid
    self.activation = activation
  }

  var description: String { "\(op) \(inputs) \(outputGrid.type)" }

  /// `x0`, `x1` … → grid → operator → activation → grid → `y`, the weights integers.
  func model() throws -> Model {
    var model = Model(
      inputs: inputs.enumerated().map { ModelInput("x\($0.offset)", $0.element) },
      outputs: ["y"],
      nodes: []
    )
    for index in inputs.indices {
      let grid = inputGrids[index]
      model.nodes.append(Node("q\(index)", QuantizeLinear(grid), inputs: ["x\(index)"]))
      model.nodes.append(Node("d\(index)", DequantizeLinear(grid), inputs: ["q\(index)"]))
    }
    model.nodes.append(Node("op", op, inputs: inputs.indices.map { "d\($0)" }))
    if let activation { model.nodes.append(Node("activation", activation, inputs: ["op"])) }
    model.nodes.append(
      Node("y", QuantizeLinear(outputGrid), inputs: [activation == nil ? "op" : "activation"])
    )
    try model.addIntegerWeights("op", op, inputs.map { TensorSpec($0) })
    return model
  }

  /// Inputs that reach beyond the grid.
  func tensors(seed: UInt64 = 3) -> [String: Tensor] {
    var random = SeededGenerator(seed: seed)
    var tensors: [String: Tensor] = [:]
    for (index, shape) in inputs.enumerated() {
      let scalars = (0..<shape.count).map { _ in random.uniform(-1.2, 1.2) }
      tensors["x\(index)"] = Tensor(shape, scalars)
    }
    return tensors
  }
}

extension Model {
  /// Random weights as bytes with a scale per output channel, and a bias of floats.
  mutating func addIntegerWeights(
    _ node: String,
    _ op: any Operator,
    _ inputs: [TensorSpec],
    seed: UInt64 = 5
  ) throws {
    var random = SeededGenerator(seed: seed)
    for parameter in try op.parameters(for: inputs) {
      let shape = parameter.spec.shape
      let key = Model.key(node, parameter.name)
      guard parameter.name == "weight" else {
        let scalars = (0..<shape.count).map { _ in random.uniform(-0.5, 0.5) }
        parameters[key] = Dense(Tensor(shape, scalars))
        continue
      }
      let bound = (3 / Float(shape.count(from: 1))).squareRoot()
      parameters[key] = UniformInteger(
        shape: shape,
        integers: (0..<shape.count).map { _ in Int32.random(in: -127...127, using: &random) },
        scales: (0..<shape[0]).map { (0.5 + 0.5 * Float($0 % 3)) * bound / 127 },
        zeroPoints: [Int32](repeating: 0, count: shape[0]),
        axis: 0
      )
    }
  }
}

/// A convolution between grids by plain loops over integers: what the kernels compute bit by bit.
func integerConvolution(
  _ test: QuantizedCase,
  _ op: Convolution,
  _ model: Model,
  _ x: Tensor
) throws -> [Int] {
  let (input, output) = (test.inputGrids[0], test.outputGrid)
  let weight = model.parameters["op.weight"] as? UniformInteger
  let bias = model.parameters["op.bias"]?.decoded().scalars
  guard let weight, let range = output.type.range else { return [] }
  let q = x.scalars.map { input.quantize($0) - input.zeroPoints[0] }
  let shape = try op.outputs(for: [x.spec])[0].shape
  let (begin, _) = op.window.resolvedPadding(for: [x.shape[2], x.shape[3]])
  let (kernel, stride, dilation) = (op.window.kernelSize, op.window.stride, op.window.dilation)
  let (perGroup, outputs) = (x.shape[1] / op.groups, op.outputChannels / op.groups)
  let isRectified = test.activation is ReLU
  var results: [Int] = []
  for n in 0..<shape[0] {
    for o in 0..<shape[1] {
      let step = Double(input.scales[0]) * Double(weight.scales[o])
      let offset = bias.map { Int((Double($0[o]) / step).rounded(.toNearestOrEven)) } ?? 0
      let scale = input.scales[0] * weight.scales[o] / output.scales[0]
      for row in 0..<shape[2] {
        for column in 0..<shape[3] {
          var sum = offset
          for i in 0..<perGroup {
            for ky in 0..<kernel[0] {
              for kx in 0..<kernel[1] {
                let y = row * stride[0] + ky * dilation[0] - begin[0]
                let x0 = column * stride[1] + kx * dilation[1] - begin[1]
                guard y >= 0, y < x.shape[2], x0 >= 0, x0 < x.shape[3] else { continue }
                let channel = o / outputs * perGroup + i
                let position = ((n * x.shape[1] + channel) * x.shape[2] + y) * x.shape[3] + x0
                let tap = ((o * perGroup + i) * kernel[0] + ky) * kernel[1] + kx
                sum += q[position] * Int(weight.integers[tap])
              }
            }
          }
          let rounded = Int((Float(sum) * scale).rounded(.toNearestOrEven)) + output.zeroPoints[0]
          let lower = isRectified ? max(range.lowerBound, output.zeroPoints[0]) : range.lowerBound
          results.append(min(max(rounded, lower), range.upperBound))
        }
      }
    }
  }
  return results
}
