public import Foundation
public import SqueezeGraph
import SqueezeOperators
import SwiftProtobuf

/// Reads ONNX files, operator sets 7 to 21.
///
/// The importer knows no operator: it hands every node to the operator of the catalogue that reads
/// its type. Shapes come from the operators' own rules; what a file says about values between nodes
/// is not used. Integer arithmetic on shapes is folded into constants.
public struct ONNXImporter: Sendable {
  /// The operator sets of ONNX's own domain that the importer reads.
  public static let operatorSets = 7...21

  /// Whether tensors may lie in other files of the model's folder.
  public var allowsExternalData: Bool
  /// The largest file, in bytes.
  public var maximumByteCount: Int
  /// The most nodes.
  public var maximumNodeCount: Int

  /// Creates an importer; external data is refused unless asked for.
  public init(
    allowsExternalData: Bool = false,
    maximumByteCount: Int = 1 << 31,
    maximumNodeCount: Int = 100_000
  ) {
    self.allowsExternalData = allowsExternalData
    self.maximumByteCount = maximumByteCount
    self.maximumNodeCount = maximumNodeCount
  }

  /// Reads a file; external data is looked for in its folder.
  ///
  /// - Throws: ``FormatError`` that names the file and the place.
  public func model(at url: URL) throws(FormatError) -> Model {
    let source = try ByteSource(url, limit: maximumByteCount)
    do throws(FormatError) {
      return try model(from: source, folder: url.deletingLastPathComponent())
    } catch {
      throw error.in(url.lastPathComponent)
    }
  }

  /// Reads the bytes of a file.
  ///
  /// - Parameters:
  ///   - bytes: an ONNX `ModelProto`.
  ///   - folder: where external data may lie, if it is allowed.
  /// - Returns: the model, its unused nodes removed.
  /// - Throws: ``FormatError``; one that lists every unsupported node where there are any.
  public func model(from bytes: [UInt8], folder: URL? = nil) throws(FormatError) -> Model {
    try model(from: ByteSource(bytes), folder: folder)
  }

  private func model(from source: ByteSource, folder: URL?) throws(FormatError) -> Model {
    guard source.count <= maximumByteCount else {
      throw FormatError(
        "file",
        expected: "at most \(maximumByteCount) bytes",
        actual: source.count
      )
    }
    let limits = ONNXSkeleton.Limits(nodes: maximumNodeCount, initializers: maximumNodeCount)
    var skeleton = try ONNXSkeleton(source, limits: limits)
    let proto = try parse(skeleton.takeBytes())
    let tensors = ONNXTensorReader(
      source: source,
      skeleton: skeleton,
      externalData: allowsExternalData ? folder.map { ONNXExternalData(folder: $0) } : nil
    )
    let graph = try ONNXSourceGraph(proto, tensors: tensors, byteCount: source.count)
    var model = try graph.model()
    ONNXMetadata.restore(&model, from: proto)
    return model
  }

  /// Decodes the skeleton of a message and checks what can be checked without looking at the graph.
  private func parse(_ bytes: [UInt8]) throws(FormatError) -> ONNXModelProto {
    var options = BinaryDecodingOptions()
    options.discardUnknownFields = true
    options.messageDepthLimit = 16
    let proto: ONNXModelProto
    do {
      proto = try ONNXModelProto(serializedBytes: bytes, options: options)
    } catch {
      throw FormatError("message", expected: "an ONNX model", actual: "malformed protobuf")
    }
    guard proto.hasGraph, !proto.graph.node.isEmpty || !proto.graph.output.isEmpty else {
      throw FormatError("message", expected: "an ONNX model with a graph", actual: "none")
    }
    guard proto.graph.sparseInitializer.isEmpty else {
      throw FormatError(
        "initializer \"\(proto.graph.sparseInitializer[0].values.name)\"",
        expected: "a dense tensor",
        actual: "a sparse one"
      )
    }
    return proto
  }
}
