import SqueezeGraph
import SqueezeTensor

/// A parameter that a node of a graph asks for.
struct ParameterSlot {
  var node: Node
  var spec: ParameterSpec

  var key: String { Model.key(node.name, spec.name) }
}

extension Model {
  /// The parameters that the nodes ask for, in execution order; the model may be without them.
  ///
  /// Parameters do not depend on open sizes of the inputs, but a network may refuse an image of
  /// 1×1, so several sizes are tried.
  ///
  /// - Throws: ``FormatError`` that names the node where the graph does not hold together.
  func parameterSlots() throws(FormatError) -> [ParameterSlot] {
    var failure: FormatError?
    for shapes in sampleShapes() {
      do throws(FormatError) {
        return try parameterSlots(shapes)
      } catch {
        failure = failure ?? error
      }
    }
    throw failure ?? FormatError("graph", expected: "inputs", actual: "none")
  }

  /// The specs of all values for some input shapes that the model accepts, parameters checked.
  ///
  /// - Throws: ``FormatError`` with the reason for the first choice where all are refused.
  func inferSample() throws(FormatError) -> Inference {
    var failure: FormatError?
    for shapes in sampleShapes() {
      do throws(ModelError) {
        return try infer(shapes)
      } catch {
        failure = failure ?? FormatError("graph", expected: "a sound graph", actual: "\(error)")
      }
    }
    throw failure ?? FormatError("graph", expected: "inputs", actual: "none")
  }

  /// Input shapes to try: a batch of 1, and several sizes for other open axes, where there are any.
  private func sampleShapes() -> [[String: Shape]] {
    let isOpen = inputs.contains { input in
      input.dimensions.dropFirst().contains { if case .named = $0 { true } else { false } }
    }
    return (isOpen ? [1, 224, 256, 320, 512] : [1]).map { size in
      let shapes = inputs.map { input in
        let sizes = input.dimensions.enumerated().map { axis, dimension in
          switch dimension {
          case .fixed(let size): size
          case .named: axis == 0 ? 1 : size
          }
        }
        return (input.name, Shape(sizes))
      }
      return Dictionary(shapes, uniquingKeysWith: { first, _ in first })
    }
  }

  private func parameterSlots(_ shapes: [String: Shape]) throws(FormatError) -> [ParameterSlot] {
    var values: [String: TensorSpec] = [:]
    func define(_ name: String, _ spec: TensorSpec) throws(FormatError) {
      guard values.updateValue(spec, forKey: name) == nil else {
        throw FormatError("value \"\(name)\"", expected: "a name of its own", actual: "a second")
      }
    }
    for input in inputs {
      let shape = shapes[input.name] ?? input.shape()
      guard shape.checkedCount != nil else {
        throw FormatError("input \"\(input.name)\"", expected: "a sane shape", actual: shape)
      }
      try define(input.name, TensorSpec(shape, input.type))
    }
    var slots: [ParameterSlot] = []
    var names: Set<String> = []
    for node in nodes {
      let place = "node \"\(node.name)\""
      guard names.insert(node.name).inserted else {
        throw FormatError(place, expected: "a name of its own", actual: "a second")
      }
      var specs: [TensorSpec] = []
      for name in node.inputs {
        guard let spec = values[name] else {
          throw FormatError(place, expected: "a value made earlier", actual: "\"\(name)\"")
        }
        specs.append(spec)
      }
      let outputs: [TensorSpec]
      do throws(ShapeError) {
        outputs = try node.op.checkedOutputs(for: specs)
        for spec in try node.op.parameters(for: specs) {
          slots.append(ParameterSlot(node: node, spec: spec))
        }
      } catch {
        throw FormatError(place, expected: error.expected, actual: error.actual)
      }
      guard outputs.count == node.outputs.count else {
        throw FormatError(
          place,
          expected: "\(outputs.count) outputs",
          actual: node.outputs.count
        )
      }
      for (name, spec) in zip(node.outputs, outputs) { try define(name, spec) }
    }
    for name in outputs where values[name] == nil {
      throw FormatError("output \"\(name)\"", expected: "a node that makes it", actual: "none")
    }
    return slots
  }
}
