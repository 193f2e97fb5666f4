public import SqueezeGraph
import SqueezeOperators
import SqueezeParameters
import SqueezeTensor

extension Safetensors {
  /// The tensors of a model's parameters by their keys, such as `conv1.weight`.
  public init(_ model: Model) {
    tensors = model.parameters.mapValues { encoding in
      guard let half = encoding as? Half else { return encoding.decoded() }
      return Tensor(half.shape, half.free, type: half.format == .float16 ? .float16 : .bfloat16)
    }
    metadata = model.metadata
  }

  /// A network with these tensors as its parameters.
  ///
  /// A parameter takes the tensor of its key, such as `conv1.weight`. Where there is none, any run
  /// of the parts of the node's name will do if the shape fits, so that PyTorch's
  /// `features.0.weight` serves the node `/features/features.0/Conv` of its ONNX exporter.
  ///
  /// - Parameter structure: the network; its own parameters give way.
  /// - Returns: the network with these parameters.
  /// - Throws: ``FormatError`` where a parameter has no tensor, or one of another shape.
  public func model(structure: Model) throws(FormatError) -> Model {
    var model = structure
    model.parameters = [:]
    for slot in try structure.parameterSlots() {
      let (key, spec) = (slot.key, slot.spec)
      guard let tensor = tensor(for: slot.node.name, spec) else {
        throw FormatError("parameter \"\(key)\"", expected: "a tensor of that name", actual: "none")
      }
      guard tensor.shape == spec.spec.shape, tensor.type.isReal == spec.spec.type.isReal else {
        throw FormatError(
          "tensor of \"\(key)\"",
          expected: "\(spec.spec)",
          actual: "\(tensor.spec)"
        )
      }
      model.parameters[key] = Self.encoding(tensor, type: spec.spec.type)
    }
    return model
  }

  private static func encoding(_ tensor: Tensor, type: ElementType) -> any ParameterEncoding {
    switch tensor.type {
    case .float16: Half(tensor)
    case .bfloat16: Half(tensor, format: .bfloat16)
    default: Constant.encoding(of: tensor.converted(to: type))
    }
  }

  /// The tensor for a node's parameter.
  private func tensor(for node: String, _ spec: ParameterSpec) -> Tensor? {
    if let tensor = tensors[Model.key(node, spec.name)] { return tensor }
    var parts = node.split(whereSeparator: { $0 == "/" || $0 == "." }).suffix(16).map { String($0) }
    while !parts.isEmpty {
      for start in parts.indices {
        let name = parts[start...].joined(separator: ".")
        if let tensor = tensors["\(name).\(spec.name)"], tensor.shape == spec.spec.shape {
          return tensor
        }
      }
      parts.removeLast()
    }
    return nil
  }
}
