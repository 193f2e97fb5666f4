public import SqueezeGraph
import SqueezeParameters
import SqueezeTensor

/// Computes nodes that take nothing but constants, by their own definition.
///
/// A node is left as it is where its result would take more bits than what it is made of and has
/// more than ``smallCount`` elements: an expanded constant or a decoded integer weight costs more than
/// computing it again.
public struct ConstantFolding: Rewrite {
  /// The most elements of a result that may be larger than what it is made of.
  public static let smallCount = 4096
  /// The most elements of any result, and the most multiply–accumulates spent on it, 2²⁴.
  public static let maximumCount = 1 << 24

  /// Creates the rewrite.
  public init() {}

  public func apply(to model: Model) throws -> Model {
    var model = model
    var constants: [String: any ParameterEncoding] = [:]
    var nodes: [Node] = []
    var names = Set(model.nodes.map(\.name))
    for node in model.nodes {
      if node.op is Constant, let output = node.outputs.first {
        constants[output] = model.parameter("value", of: node)
      }
      guard let results = Self.results(of: node, in: model, constants) else {
        nodes.append(node)
        continue
      }
      let own = try node.op.parameters(for: Self.specs(node.inputs.compactMap { constants[$0] }))
      for parameter in own { model.parameters[Model.key(node.name, parameter.name)] = nil }
      for (position, result) in results.enumerated() {
        var name = node.name
        var suffix = position
        while position > 0, !names.insert(name).inserted {
          name = "\(node.name)/\(suffix)"
          suffix += 1
        }
        let constant = Constant(TensorSpec(result.shape, result.type))
        nodes.append(Node(name, constant, inputs: [], outputs: [node.outputs[position]]))
        model.parameters[Model.key(name, "value")] = result
        constants[node.outputs[position]] = result
      }
    }
    model.nodes = nodes
    model.removeUnusedConstants()
    return model
  }

  private static func specs(_ encodings: [any ParameterEncoding]) -> [TensorSpec] {
    encodings.map { TensorSpec($0.shape, $0.type) }
  }

  /// The constants that a node makes, or `nil` where it is not to be folded.
  private static func results(
    of node: Node,
    in model: Model,
    _ constants: [String: any ParameterEncoding]
  ) -> [any ParameterEncoding]? {
    let inputs = node.inputs.compactMap { constants[$0] }
    guard !inputs.isEmpty, inputs.count == node.inputs.count else { return nil }
    do throws(ShapeError) {
      let specs = specs(inputs)
      let outputs = try node.op.checkedOutputs(for: specs)
      let count = outputs.reduce(0) { $0 + $1.shape.count }
      guard outputs.count == node.outputs.count, count <= maximumCount,
        try node.op.macs(for: specs) <= maximumCount
      else { return nil }
      let parameters = try node.op.parameters(for: specs)
        .compactMap { model.parameter($0.name, of: node) }
      let given = (inputs + parameters).reduce(0) { $0 + $1.storedBits }
      let taken = outputs.reduce(0) { $0 + 8 * $1.byteCount }
      guard taken <= given || count <= smallCount else { return nil }
      let tensors = try node.op.forward(
        inputs.map { $0.decoded() },
        parameters: parameters.map { $0.decoded() }
      )
      return tensors.map { Constant.encoding(of: $0) }
    } catch {
      return nil  // what cannot run fails with its reason when the model does
    }
  }
}
