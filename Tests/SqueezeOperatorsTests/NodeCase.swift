import SqueezeGraph
import SqueezeOperators
import SqueezeTensor

/// One ONNX node with its inputs, and what ONNX Runtime 1.32 made of them where that is a golden value.
struct NodeCase: Sendable, CustomStringConvertible {
  /// An input of the node.
  enum Input: Sendable {
    case value(Tensor)
    case constant(Tensor)
    case absent
  }

  var type: String
  var opset: Int
  var inputs: [Input]
  var attributes: [String: ONNXAttribute]
  var outputs: [Tensor]

  init(
    _ type: String,
    opset: Int = 17,
    _ inputs: [Input],
    _ attributes: [String: ONNXAttribute] = [:],
    outputs: [Tensor] = []
  ) {
    self.type = type
    self.opset = opset
    self.inputs = inputs
    self.attributes = attributes
    self.outputs = outputs
  }

  var description: String { "\(type) \(opset) \(attributes)" }

  /// The node with operands named `x0`, `x1` … and outputs `y0`, `y1` ….
  func node(outputs count: Int = 1) -> ONNXNode {
    let operands = inputs.enumerated().map { position, input in
      switch input {
      case .value(let tensor): ONNXOperand("x\(position)", spec: tensor.spec)
      case .constant(let tensor):
        ONNXOperand("x\(position)", spec: tensor.spec, constant: Constant.encoding(of: tensor))
      case .absent: ONNXOperand("")
      }
    }
    return ONNXNode(
      name: "node",
      type: type,
      opset: opset,
      attributes: attributes,
      inputs: operands,
      outputs: (0..<count).map { "y\($0)" }
    )
  }

  /// What the catalogue reads from the node.
  func read(outputs count: Int = 1) throws -> ONNXBuilder {
    let node = node(outputs: count)
    guard let reader = OperatorCatalog.reading(onnxType: type) else {
      throw node.unsupported("a type without a reader")
    }
    var builder = ONNXBuilder(node)
    try reader.read(node, into: &builder)
    return builder
  }

  /// The operator the node becomes, if it is one.
  func op(outputs count: Int = 1) throws -> any Operator { try read(outputs: count).nodes[0].op }

  /// Reads the node and runs what it becomes.
  func run(outputs count: Int = 1) throws -> [Tensor] {
    let builder = try read(outputs: count)
    var model = Model(
      inputs: [],
      outputs: builder.source.outputs,
      nodes: [],
      parameters: builder.parameters
    )
    for (name, constant) in builder.constants {
      let node = Node(
        "constant \(name)",
        Constant(TensorSpec(constant.shape, constant.type)),
        inputs: [],
        outputs: [name]
      )
      model.nodes.append(node)
      model.parameters[Model.key(node.name, "value")] = constant
    }
    model.nodes += builder.nodes
    var values: [String: Tensor] = [:]
    for (position, input) in inputs.enumerated() {
      guard case .value(let tensor) = input else { continue }
      model.inputs.append(ModelInput("x\(position)", tensor.shape, type: tensor.type))
      values["x\(position)"] = tensor
    }
    let results = try ReferenceRuntime().run(model, inputs: values)
    return model.outputs.compactMap { results[$0] }
  }
}

/// The whole numbers from 0 on as a real tensor.
func ramp(_ shape: Shape) -> Tensor { Tensor(shape, (0..<shape.count).map { Float($0) }) }

/// A list of int64, such as axes.
func list(_ values: Int...) -> Tensor { Tensor([values.count], integers: values) }

extension Operator {
  /// The outputs for some inputs, without parameters.
  func callAsFunction(_ inputs: Tensor...) throws -> [Tensor] {
    _ = try checkedOutputs(for: inputs.map(\.spec))
    return try forward(inputs, parameters: [])
  }

  /// The message with which the shape rule refuses some inputs, or `nil` where it takes them.
  func refusal(_ specs: TensorSpec...) -> String? {
    do throws(ShapeError) {
      _ = try checkedOutputs(for: specs)
      return nil
    } catch {
      return "\(error)"
    }
  }
}
