import SqueezeOperators
import SqueezeParameters
import SqueezeTensor

/// Turns `TensorProto` messages of a skeleton into tensors and encodings.
struct ONNXTensorReader {
  /// The file that the skeleton is of.
  let source: ByteSource
  let skeleton: ONNXSkeleton
  /// Where data outside the file may come from; `nil` refuses it.
  var externalData: ONNXExternalData?

  /// The encoding of an initializer: `Half` for 16-bit floats, otherwise the plainest.
  func encoding(
    _ proto: ONNXTensorProto,
    _ place: String
  ) throws(FormatError) -> any ParameterEncoding {
    let tensor = try tensor(proto, place)
    switch tensor.type {
    case .float16: return Half(tensor)
    case .bfloat16: return Half(tensor, format: .bfloat16)
    case .float32, .float64: return Dense(tensor)
    default: return IntegerConstant(tensor)
    }
  }

  /// The tensor of a message, in its own type.
  ///
  /// - Throws: ``FormatError`` where type, dimensions and data do not fit each other.
  func tensor(_ proto: ONNXTensorProto, _ place: String) throws(FormatError) -> Tensor {
    guard let type = ElementType(onnxCode: Int(proto.dataType)) else {
      throw FormatError(
        place,
        expected: "an element type up to 64 bits",
        actual: "type \(proto.dataType)"
      )
    }
    let shape = Shape(proto.dims.map { Int($0) })
    guard let count = shape.checkedCount else {
      throw FormatError(place, expected: "a shape of at most 2^40 elements", actual: shape)
    }
    if proto.dataLocation == .external {
      guard let externalData else {
        throw FormatError(
          place,
          expected: "data inside the file (external data is off)",
          actual: "external data"
        )
      }
      let region = try externalData.region(of: proto, count: count * type.byteCount, place)
      return try tensor(shape, type, raw: region, place)
    }
    if proto.hasRawData {
      guard let region = skeleton.region(proto.rawData), !region.isFloatData || type == .float32
      else {
        throw FormatError(place, expected: "data in the field of its type", actual: "float_data")
      }
      return try tensor(shape, type, raw: ByteRegion(source: source, range: region.range), place)
    }
    return try tensor(shape, type, typed: proto, place)
  }

  // MARK: Raw bytes

  private func tensor(
    _ shape: Shape,
    _ type: ElementType,
    raw region: ByteRegion,
    _ place: String
  ) throws(FormatError) -> Tensor {
    let bytes = shape.count * type.byteCount
    guard region.count == bytes else {
      throw FormatError(
        place,
        expected: "\(bytes) bytes for \(type) \(shape)",
        actual: region.count
      )
    }
    switch try ElementBytes.elements(region, type) {
    case .reals(let scalars): return Tensor(shape, scalars, type: type)
    case .integers(let integers): return Tensor(shape, integers: integers, type: type)
    case .outOfRange(let value):
      throw FormatError(place, expected: "\(type) elements", actual: value)
    }
  }

  // MARK: Typed fields

  private func tensor(
    _ shape: Shape,
    _ type: ElementType,
    typed proto: ONNXTensorProto,
    _ place: String
  ) throws(FormatError) -> Tensor {
    func checked<Element>(_ field: [Element]) throws(FormatError) -> [Element] {
      guard field.count == shape.count else {
        throw FormatError(
          place,
          expected: "\(shape.count) elements for \(type) \(shape)",
          actual: field.count
        )
      }
      return field
    }
    switch type {
    case .float32: return Tensor(shape, try checked(proto.floatData))
    case .float64:
      return Tensor(shape, try checked(proto.doubleData).map { Float($0) }, type: type)
    case .float16:
      return Tensor(
        shape,
        try checked(proto.int32Data).map {
          HalfPrecision.float(float16Bits: UInt16(truncatingIfNeeded: $0))
        },
        type: type
      )
    case .bfloat16:
      return Tensor(
        shape,
        try checked(proto.int32Data).map {
          HalfPrecision.float(bfloat16Bits: UInt16(truncatingIfNeeded: $0))
        },
        type: type
      )
    case .int64:
      return Tensor(shape, integers: try checked(proto.int64Data).map { Int($0) }, type: type)
    case .uint32, .uint64:
      let values = try checked(proto.uint64Data).map { Int(clamping: $0) }
      return try integers(shape, type, values, place)
    default:
      return try integers(shape, type, try checked(proto.int32Data).map { Int($0) }, place)
    }
  }

  private func integers(
    _ shape: Shape,
    _ type: ElementType,
    _ values: [Int],
    _ place: String
  ) throws(FormatError) -> Tensor {
    if let range = type.range, let outside = values.first(where: { !range.contains($0) }) {
      throw FormatError(place, expected: "\(type) elements", actual: outside)
    }
    return Tensor(shape, integers: values, type: type)
  }
}
