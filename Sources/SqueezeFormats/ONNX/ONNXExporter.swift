public import Foundation
public import SqueezeGraph
import SqueezeOperators
import SqueezeTensor
import SwiftProtobuf

/// Writes ONNX files, operator set 17, IR version 8.
///
/// Parameters become initializers; integer and float16 encodings stay small, with a node that
/// decodes them, and come back as the same encoding. Labels, preprocessing and metadata become
/// metadata properties. Equal models give equal bytes.
public struct ONNXExporter: Sendable {
  /// The operator set that is written.
  public static let operatorSet = 17
  private static let intermediateRepresentationVersion: Int64 = 8

  /// Creates an exporter.
  public init() {}

  /// Writes a model to a file.
  ///
  /// - Throws: ``FormatError`` as ``bytes(of:)``, or where the file cannot be written.
  public func write(_ model: Model, to url: URL) throws(FormatError) {
    try FileBytes.write(bytes(of: model), to: url)
  }

  /// The bytes of a model's file.
  ///
  /// - Throws: ``FormatError`` where the model is unsound, an operator has no ONNX form, or the
  ///   result exceeds the 2 GB of a protobuf message.
  public func bytes(of model: Model) throws(FormatError) -> [UInt8] {
    var proto = ONNXModelProto()
    proto.irVersion = Self.intermediateRepresentationVersion
    proto.producerName = "squeeze"
    proto.graph = try graph(of: model)
    proto.metadataProps = ONNXMetadata.entries(of: model)
    let domains = Set(proto.graph.node.map(\.domain)).union([""]).sorted()
    proto.opsetImport = domains.map { domain in
      var entry = ONNXOperatorSetIdProto()
      entry.domain = domain
      entry.version = domain.isEmpty ? Int64(Self.operatorSet) : 1
      return entry
    }
    do {
      return try proto.serializedBytes()
    } catch {
      throw FormatError("message", expected: "at most 2 GB", actual: "\(error)")
    }
  }

  private func graph(of model: Model) throws(FormatError) -> ONNXGraphProto {
    let inference = try model.inferSample()
    let missing = model.nodes.filter { !($0.op is any ONNXConvertible) }
    guard missing.isEmpty else {
      throw .unsupportedNodes(
        file: "",
        nodes: missing.map {
          UnsupportedNode(name: $0.name, type: type(of: $0.op).name, reason: "no ONNX form")
        }
      )
    }
    var parameters = ONNXParameterWriter()
    var writer = ONNXWriter()
    let outputs = Set(model.outputs)
    for node in model.nodes {
      guard let op = node.op as? any ONNXConvertible else { continue }
      let inputs = inference.inputs(of: node)
      if op is Constant, !outputs.contains(node.outputs[0]),
        let encoding = model.parameter("value", of: node)
      {
        parameters.add(encoding, as: node.outputs[0], to: &writer)
        continue
      }
      var names: [String: String] = [:]
      for spec in (try? op.parameters(for: inputs)) ?? [] {
        guard let encoding = model.parameter(spec.name, of: node) else { continue }
        let name = Model.key(node.name, spec.name)
        parameters.add(encoding, as: name, to: &writer)
        names[spec.name] = name
      }
      op.write(
        ONNXExport(
          name: node.name,
          inputs: node.inputs,
          outputs: node.outputs,
          inputSpecs: inputs,
          outputSpecs: inference.outputs(of: node),
          parameters: names
        ),
        to: &writer
      )
    }
    var graph = ONNXGraphProto()
    graph.name = model.name.isEmpty ? "model" : model.name
    graph.node = writer.nodes.map { ONNXMessages.node($0) }
    graph.initializer =
      parameters.initializers
      + writer.initializers.map { ONNXMessages.tensor($0.tensor, name: $0.name) }
    graph.input = model.inputs.map { ONNXMessages.input($0) }
    graph.output = outputInfos(of: model, inference)
    return graph
  }

  /// The outputs with the sizes that do not depend on open sizes of the inputs.
  private func outputInfos(of model: Model, _ inference: Inference) -> [ONNXValueInfoProto] {
    // Every open size one larger: what changes with it is not known.
    var shapes: [String: Shape] = [:]
    var isOpen = false
    for input in model.inputs {
      guard var shape = inference.values[input.name]?.shape else { continue }
      for (axis, dimension) in input.dimensions.enumerated() {
        if case .named = dimension {
          shape[axis] += axis == 0 ? 1 : 32
          isOpen = true
        }
      }
      shapes[input.name] = shape
    }
    let other = isOpen ? try? model.infer(shapes) : inference
    return model.outputs.compactMap { name in
      guard let spec = inference.values[name] else { return nil }
      let second = other?.values[name]?.shape
      let dimensions = spec.shape.dimensions.enumerated().map { axis, size in
        second?.rank == spec.shape.rank && second?[axis] == size ? size : nil
      }
      return ONNXMessages.output(name, spec.type, dimensions)
    }
  }
}
