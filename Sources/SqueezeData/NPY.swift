import Foundation
public import SqueezeTensor

/// NumPy's array files, `.npy`, versions 1 to 3.
///
/// Source: NumPy Enhancement Proposal 1, "A Simple File Format for NumPy Arrays".
public enum NPY {
  /// Reads an array from a file of at most `limit` bytes.
  public static func load(_ path: String, limit: Int = 1 << 32) throws(DataError) -> Tensor {
    try decode(FileBytes.read(path, limit: limit), name: path)
  }

  /// Writes an array to a file.
  public static func save(_ tensor: Tensor, to path: String) throws(DataError) {
    do {
      try Data(encode(tensor)).write(to: URL(fileURLWithPath: path))
    } catch {
      throw DataError(path, expected: "a file that can be written", actual: "\(error)")
    }
  }

  /// The array in `bytes`; `name` is what errors call it.
  ///
  /// Little-endian reals of 16, 32 and 64 bits (the latter rounded to `Float`), integers of 8 to
  /// 64 bits and Booleans. Fortran order is transposed; big-endian numbers and other types are
  /// refused by name.
  public static func decode(_ bytes: [UInt8], name: String) throws(DataError) -> Tensor {
    let header = try NPYHeader(bytes, file: name)
    guard let type = types.first(where: { $0.name == header.type })?.type else {
      throw DataError(
        name,
        expected: "an element type of " + types.map(\.name).joined(separator: ", "),
        actual: header.type
      )
    }
    let shape = header.isFortran ? Shape(header.shape.reversed()) : Shape(header.shape)
    let content = bytes[header.count...]
    guard let count = shape.checkedCount, count * type.byteCount == content.count else {
      throw DataError(
        name,
        expected: "elements of \(header.type) for \(header.shape)",
        actual: "\(content.count) bytes"
      )
    }
    let tensor = try tensor(shape, type, content, name)
    return header.isFortran ? transposed(tensor) : tensor
  }

  /// The file of an array, version 1.
  ///
  /// `bfloat16`, which NumPy lacks, is written as 32-bit reals.
  public static func encode(_ tensor: Tensor) -> [UInt8] {
    let type = tensor.type == .bfloat16 ? ElementType.float32 : tensor.type
    let typeName = types.first { $0.type == type }?.name ?? ""
    let sizes = tensor.shape.dimensions.map { "\($0)," }.joined(separator: " ")
    // One size keeps its comma, a Python tuple of one.
    let tuple = tensor.shape.rank > 1 ? String(sizes.dropLast()) : sizes
    var text = "{'descr': '\(typeName)', 'fortran_order': False, 'shape': (\(tuple)), }"
    text += String(repeating: " ", count: 63 - (10 + text.utf8.count) % 64) + "\n"
    var bytes = NPYHeader.magic + [1, 0]
    append(UInt64(text.utf8.count), bytes: 2, to: &bytes)
    bytes.append(contentsOf: text.utf8)
    bytes.reserveCapacity(bytes.count + tensor.count * type.byteCount)
    for scalar in tensor.scalars {
      switch type {
      case .float16: append(UInt64(HalfPrecision.float16Bits(scalar)), bytes: 2, to: &bytes)
      case .float64: append(Double(scalar).bitPattern, bytes: 8, to: &bytes)
      default: append(UInt64(scalar.bitPattern), bytes: 4, to: &bytes)
      }
    }
    for integer in tensor.integers {
      append(UInt64(bitPattern: Int64(integer)), bytes: type.byteCount, to: &bytes)
    }
    return bytes
  }

  private static let types: [(name: String, type: ElementType)] = [
    ("<f4", .float32), ("<f2", .float16), ("<f8", .float64), ("|i1", .int8), ("|u1", .uint8),
    ("<i2", .int16), ("<u2", .uint16), ("<i4", .int32), ("<u4", .uint32), ("<i8", .int64),
    ("<u8", .uint64), ("|b1", .bool),
  ]

  private static func append(_ number: UInt64, bytes count: Int, to bytes: inout [UInt8]) {
    for byte in 0..<count { bytes.append(UInt8(truncatingIfNeeded: number >> (8 * byte))) }
  }

  private static func tensor(
    _ shape: Shape,
    _ type: ElementType,
    _ content: ArraySlice<UInt8>,
    _ name: String
  ) throws(DataError) -> Tensor {
    func elements<Element>(_ convert: (UInt64) -> Element) -> [Element] {
      content.withUnsafeBufferPointer { bytes in
        stride(from: 0, to: bytes.count, by: type.byteCount).map { start in
          var bits: UInt64 = 0
          for byte in 0..<type.byteCount { bits |= UInt64(bytes[start + byte]) << (8 * byte) }
          return convert(bits)
        }
      }
    }
    switch type {
    case .float32, .bfloat16:
      return Tensor(shape, elements { Float(bitPattern: UInt32($0)) }, type: type)
    case .float16:
      return Tensor(shape, elements { HalfPrecision.float(float16Bits: UInt16($0)) }, type: type)
    case .float64:
      return Tensor(shape, elements { Float(Double(bitPattern: $0)) }, type: type)
    case .int8, .int16, .int32, .int64:
      let unused = 64 - 8 * type.byteCount
      let integers = elements { Int(Int64(bitPattern: $0 << unused) >> unused) }
      return Tensor(shape, integers: integers, type: type)
    case .bool:
      return Tensor(shape, integers: elements { $0 == 0 ? 0 : 1 }, type: type)
    case .uint8, .uint16, .uint32, .uint64:
      let integers = elements { Int(truncatingIfNeeded: $0) }
      guard let range = type.range, integers.allSatisfy(range.contains) else {
        throw DataError(name, expected: "numbers below 2⁶³", actual: "a larger one")
      }
      return Tensor(shape, integers: integers, type: type)
    }
  }

  /// The tensor with its axes in reverse order.
  private static func transposed(_ tensor: Tensor) -> Tensor {
    let shape = Shape(tensor.shape.dimensions.reversed())
    let sourceStrides = Array(tensor.shape.strides.reversed())
    let order = (0..<shape.count).map { index in
      zip(shape.strides, zip(shape.dimensions, sourceStrides)).reduce(0) { sum, axis in
        sum + index / axis.0 % axis.1.0 * axis.1.1
      }
    }
    return tensor.type.isReal
      ? Tensor(shape, order.map { tensor.scalars[$0] }, type: tensor.type)
      : Tensor(shape, integers: order.map { tensor.integers[$0] }, type: tensor.type)
  }
}
