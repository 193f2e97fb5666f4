/// Bytes read from the front; every count is checked against what is left before anything is allocated.
struct ByteInput {
  private let bytes: ArraySlice<UInt8>
  private var at: Int
  private let name: String

  /// Reads some bytes; `name` is for errors.
  init(_ bytes: ArraySlice<UInt8>, name: String) {
    self.bytes = bytes
    self.name = name
    at = bytes.startIndex
  }

  /// The bytes not yet read.
  var left: Int { bytes.endIndex - at }

  /// An error of this input.
  func error(expected: String, actual: some CustomStringConvertible) -> TrainingError {
    .checkpoint(name, expected: expected, actual: "\(actual)")
  }

  mutating func raw(_ count: Int) throws(TrainingError) -> ArraySlice<UInt8> {
    guard count >= 0, count <= left else {
      throw error(expected: "at most \(left) bytes", actual: count)
    }
    defer { at += count }
    return bytes[at..<at + count]
  }

  mutating func integer() throws(TrainingError) -> Int {
    let raw = try raw(8)
    let bits = raw.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return Int(Int64(bitPattern: bits))
  }

  /// A number of things that take at least `size` bytes each.
  mutating func count(size: Int) throws(TrainingError) -> Int {
    let count = try integer()
    guard count >= 0, count <= left / size else {
      throw error(expected: "at most \(left / size) elements", actual: count)
    }
    return count
  }

  mutating func text() throws(TrainingError) -> String {
    let raw = try raw(try integer())
    guard let text = String(validating: raw, as: UTF8.self) else {
      throw error(expected: "text in UTF-8", actual: "other bytes")
    }
    return text
  }

  mutating func integers() throws(TrainingError) -> [Int] {
    let count = try count(size: 8)
    var values: [Int] = []
    values.reserveCapacity(count)
    for _ in 0..<count { values.append(try integer()) }
    return values
  }

  mutating func floats() throws(TrainingError) -> [Float] {
    let count = try count(size: 4)
    return values(try raw(4 * count), UInt32.self).map { Float(bitPattern: $0) }
  }

  mutating func symbols() throws(TrainingError) -> [UInt16] {
    let count = try count(size: 2)
    return values(try raw(2 * count), UInt16.self)
  }

  private func values<Value: FixedWidthInteger>(
    _ raw: ArraySlice<UInt8>,
    _: Value.Type
  ) -> [Value] {
    raw.withUnsafeBytes { raw in
      (0..<raw.count / MemoryLayout<Value>.size).map {
        Value(
          littleEndian: raw.loadUnaligned(
            fromByteOffset: $0 * MemoryLayout<Value>.size,
            as: Value.self
          )
        )
      }
    }
  }
}
