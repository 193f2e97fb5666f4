import CSqueezeKernels

/// How 32 weights are read.
protocol WeightCodes {
  /// The bytes that 32 weights take.
  static var bytes: Int { get }
  /// The first and the last 16 of 32 weights.
  func weights(_ codes: UnsafePointer<UInt8>) -> (Vector, Vector)
}

/// Halves of bytes that choose one of 16 numbers: a byte's low half is one of the first 16 weights, its high
/// half one of the last 16.
struct NibbleCodes: WeightCodes {
  let table: Vector

  @inline(__always)
  init(_ numbers: UnsafePointer<Float>) { table = load(numbers) }

  @inline(__always)
  static var bytes: Int { 16 }

  @inline(__always)
  func weights(_ codes: UnsafePointer<UInt8>) -> (Vector, Vector) {
    let lanes = sq_codes16(codes)
    return (sq_lookUp16(table, lanes), sq_lookUp16(table, sq_highNibbles(lanes)))
  }
}

/// Bytes that choose one of 64 numbers.
struct TableCodes: WeightCodes {
  let table: (Vector, Vector, Vector, Vector)

  @inline(__always)
  init(_ numbers: UnsafePointer<Float>) {
    table = (load(numbers), load(numbers + 16), load(numbers + 32), load(numbers + 48))
  }

  @inline(__always)
  static var bytes: Int { 32 }

  @inline(__always)
  func weights(_ codes: UnsafePointer<UInt8>) -> (Vector, Vector) {
    (look(sq_codes16(codes)), look(sq_codes16(codes + 16)))
  }

  @inline(__always)
  private func look(_ lanes: SIMD16<Int32>) -> Vector {
    sq_lookUp64(table.0, table.1, table.2, table.3, lanes)
  }
}

/// Bytes that are the weights themselves.
struct ByteCodes: WeightCodes {
  @inline(__always)
  init() {}

  @inline(__always)
  static var bytes: Int { 32 }

  @inline(__always)
  func weights(_ codes: UnsafePointer<UInt8>) -> (Vector, Vector) {
    (sq_signedFloats16(codes), sq_signedFloats16(codes + 16))
  }
}
