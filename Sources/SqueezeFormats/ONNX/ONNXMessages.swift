import Foundation
import SqueezeGraph
import SqueezeOperators
import SqueezeTensor

/// Plain values as ONNX messages.
enum ONNXMessages {
  /// A tensor in its own type, as raw bytes.
  static func tensor(_ tensor: Tensor, name: String) -> ONNXTensorProto {
    var proto = ONNXTensorProto()
    proto.name = name
    proto.dims = tensor.shape.dimensions.map { Int64($0) }
    proto.dataType = Int32(tensor.type.onnxCode)
    proto.rawData = Data(ElementBytes.bytes(of: tensor))
    return proto
  }

  /// A node, its attributes in alphabetical order.
  static func node(_ entry: ONNXWriter.Entry) -> ONNXNodeProto {
    var proto = ONNXNodeProto()
    proto.name = entry.name
    let parts = entry.type.split(separator: ".")
    proto.opType = parts.last.map { String($0) } ?? ""
    if parts.count > 1 { proto.domain = parts.dropLast().joined(separator: ".") }
    proto.input = entry.inputs
    proto.output = entry.outputs
    proto.attribute = entry.attributes.sorted { $0.key < $1.key }.map { attribute($1, name: $0) }
    return proto
  }

  private static func attribute(_ value: ONNXAttribute, name: String) -> ONNXAttributeProto {
    var proto = ONNXAttributeProto()
    proto.name = name
    switch value {
    case .int(let value):
      proto.type = .int
      proto.i = Int64(value)
    case .float(let value):
      proto.type = .float
      proto.f = value
    case .string(let value):
      proto.type = .string
      proto.s = Data(value.utf8)
    case .ints(let values):
      proto.type = .ints
      proto.ints = values.map { Int64($0) }
    case .floats(let values):
      proto.type = .floats
      proto.floats = values
    case .strings(let values):
      proto.type = .strings
      proto.strings = values.map { Data($0.utf8) }
    case .tensor(let value):
      proto.type = .tensor
      proto.t = tensor(value, name: "")
    }
    return proto
  }

  /// An input with its open sizes named.
  static func input(_ input: ModelInput) -> ONNXValueInfoProto {
    value(
      input.name,
      input.type,
      input.dimensions.map { dimension in
        var proto = ONNXTensorShapeProto.Dimension()
        switch dimension {
        case .fixed(let size): proto.dimValue = Int64(size)
        case .named(let name): proto.dimParam = name
        }
        return proto
      }
    )
  }

  /// An output; sizes that are not known are left out.
  static func output(
    _ name: String,
    _ type: ElementType,
    _ dimensions: [Int?]
  ) -> ONNXValueInfoProto {
    value(
      name,
      type,
      dimensions.map { size in
        var proto = ONNXTensorShapeProto.Dimension()
        if let size { proto.dimValue = Int64(size) }
        return proto
      }
    )
  }

  private static func value(
    _ name: String,
    _ type: ElementType,
    _ dimensions: [ONNXTensorShapeProto.Dimension]
  ) -> ONNXValueInfoProto {
    var proto = ONNXValueInfoProto()
    proto.name = name
    proto.type.tensorType.elemType = Int32(type.onnxCode)
    proto.type.tensorType.shape = ONNXTensorShapeProto()
    proto.type.tensorType.shape.dim = dimensions
    return proto
  }
}
