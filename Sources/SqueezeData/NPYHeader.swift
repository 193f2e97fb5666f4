/// What a `.npy` file says of its array before the elements.
struct NPYHeader {
  static let magic: [UInt8] = [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59]

  /// NumPy's name of the element type, such as `<f4`.
  let type: String
  let isFortran: Bool
  let shape: [Int]
  /// The bytes of the header; the elements follow.
  let count: Int

  init(_ bytes: [UInt8], file: String) throws(DataError) {
    guard bytes.starts(with: Self.magic), bytes.count >= 8 else {
      throw DataError(file, expected: "a .npy signature", actual: "\(bytes.prefix(6))")
    }
    guard (1...3).contains(bytes[6]) else {
      throw DataError(file, expected: ".npy version 1, 2 or 3", actual: "\(bytes[6])")
    }
    let start = bytes[6] == 1 ? 10 : 12
    guard bytes.count >= start else {
      throw DataError(file, expected: "\(start) bytes", actual: "\(bytes.count)")
    }
    let length = bytes[8..<start].reversed().reduce(0) { $0 << 8 | Int($1) }
    guard length <= 1 << 16, start + length <= bytes.count else {
      throw DataError(
        file,
        expected: "a header of at most \(min(1 << 16, bytes.count - start)) bytes",
        actual: "\(length)"
      )
    }
    count = start + length
    let text = String(decoding: bytes[start..<start + length], as: UTF8.self)
    guard let fields = Self.fields(text) else {
      throw DataError(
        file,
        expected: "{'descr': '…', 'fortran_order': …, 'shape': (…)}",
        actual: String(text.prefix(80))
      )
    }
    (type, isFortran, shape) = fields
  }

  /// Reads the Python dictionary; keys may come in any order.
  private static func fields(_ text: String) -> (String, Bool, [Int])? {
    var rest = Substring(text)
    func skip() { rest = rest.drop { $0.isWhitespace } }
    func take(_ token: String) -> Bool {
      skip()
      guard rest.hasPrefix(token) else { return false }
      rest.removeFirst(token.count)
      return true
    }
    func string() -> String? {
      guard take("'") || take("\"") else { return nil }
      let value = rest.prefix { $0 != "'" && $0 != "\"" }
      rest.removeFirst(value.count)
      return rest.popFirst() == nil ? nil : String(value)
    }
    func tuple() -> [Int]? {
      guard take("(") else { return nil }
      var sizes: [Int] = []
      while !take(")") {
        skip()
        let digits = rest.prefix { $0.isASCII && $0.isNumber }
        guard let size = Int(digits), sizes.count < 32 else { return nil }
        rest.removeFirst(digits.count)
        sizes.append(size)
        if !take(",") { return take(")") ? sizes : nil }
      }
      return sizes
    }

    var (type, isFortran, shape): (String?, Bool?, [Int]?)
    guard take("{") else { return nil }
    while !take("}") {
      guard let key = string(), take(":") else { return nil }
      switch key {
      case "descr": type = string()
      case "fortran_order": isFortran = take("True") ? true : take("False") ? false : nil
      case "shape": shape = tuple()
      default: return nil
      }
      if !take(",") {
        guard take("}") else { return nil }
        break
      }
    }
    guard let type, let isFortran, let shape else { return nil }
    return (type, isFortran, shape)
  }
}
