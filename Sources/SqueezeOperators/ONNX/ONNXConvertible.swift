public import SqueezeGraph

/// Whatever reads nodes of an ONNX graph.
public protocol ONNXReader: Sendable {
  /// The ONNX operator types it reads, with the domain before a dot unless it is ONNX's own, such as
  /// `Conv` or `com.microsoft.QGemm`.
  static var onnxTypes: [String] { get }

  /// Adds what `node` means to `builder`.
  ///
  /// - Throws: ``ONNXError`` where the node is malformed or asks for what is not supported.
  static func read(_ node: ONNXNode, into builder: inout ONNXBuilder) throws(ONNXError)
}

/// An operator that can be read from and written to ONNX.
public protocol ONNXConvertible: Operator, ONNXReader {
  /// Adds the ONNX nodes (operator set 17) that mean `node` to `writer`.
  func write(_ node: ONNXExport, to writer: inout ONNXWriter)
}
