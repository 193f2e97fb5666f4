import SqueezeOperators
import SqueezeTensor

/// Turns `AttributeProto` messages into plain values.
struct ONNXAttributeReader {
  private let tensors: ONNXTensorReader

  init(_ tensors: ONNXTensorReader) { self.tensors = tensors }

  /// The attributes of a node by name; those of a kind Squeeze has no use for are left out.
  func attributes(
    _ node: ONNXNodeProto,
    _ place: String
  ) throws(FormatError) -> [String: ONNXAttribute] {
    var attributes: [String: ONNXAttribute] = [:]
    for proto in node.attribute {
      guard attributes[proto.name] == nil else {
        throw FormatError(place, expected: "attribute \(proto.name) once", actual: "twice")
      }
      attributes[proto.name] = try attribute(proto, place)
    }
    return attributes
  }

  /// The value of an attribute, or `nil` where it is a graph, a type or a reference.
  func attribute(
    _ proto: ONNXAttributeProto,
    _ place: String
  ) throws(FormatError) -> ONNXAttribute? {
    guard !proto.hasRefAttrName else { return nil }
    switch proto.hasType ? proto.type : type(of: proto) {
    case .float: return .float(proto.f)
    case .int: return .int(Int(proto.i))
    case .string: return .string(String(decoding: proto.s, as: UTF8.self))
    case .tensor: return .tensor(try tensors.tensor(proto.t, "\(place), attribute \(proto.name)"))
    case .floats: return .floats(proto.floats)
    case .ints: return .ints(proto.ints.map { Int($0) })
    case .strings: return .strings(proto.strings.map { String(decoding: $0, as: UTF8.self) })
    default: return nil
    }
  }

  /// The kind of an attribute of the first IR version, which does not name it.
  private func type(of proto: ONNXAttributeProto) -> ONNXAttributeProto.AttributeType {
    if proto.hasF { return .float }
    if proto.hasI { return .int }
    if proto.hasS { return .string }
    if proto.hasT { return .tensor }
    if !proto.floats.isEmpty { return .floats }
    if !proto.ints.isEmpty { return .ints }
    return proto.strings.isEmpty ? .undefined : .strings
  }
}
