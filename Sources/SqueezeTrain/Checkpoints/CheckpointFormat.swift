import Crypto
import Foundation
import SqueezeParameters
import SqueezeTensor

/// A checkpoint as bytes.
///
/// | part | form |
/// |---|---|
/// | mark | `SQZTRAIN` and the version, 1 |
/// | state | ``TrainingState`` as JSON, with its length |
/// | parameters | number; each key, encoding, shape, attributes, lists of floats and integers, symbols |
/// | lists | number; each role, parameter, floats |
/// | check | SHA-256 of everything before |
///
/// Numbers are 64-bit integers and 32-bit floats, little endian; texts and lists begin with their length.
extension Checkpoint {
  static let mark = Array("SQZTRAIN".utf8)
  static let version = 1
  private static let digestSize = 32

  /// The bytes.
  public func encoded() throws(TrainingError) -> [UInt8] {
    var output = ByteOutput()
    output.raw(Self.mark)
    output.integer(Self.version)
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf",
      negativeInfinity: "-inf",
      nan: "nan"
    )
    do {
      let json = try encoder.encode(state)
      output.integer(json.count)
      output.raw(json)
    } catch {
      throw .checkpoint("checkpoint", expected: "a state that JSON can hold", actual: "\(error)")
    }
    output.integer(parameters.count)
    for (key, parameter) in parameters.sorted(by: { $0.key < $1.key }) {
      output.text(key)
      output.text(type(of: parameter).name)
      let stored = parameter.stored
      output.integers(stored.shape.dimensions)
      output.integer(stored.attributes.count)
      for (name, value) in stored.attributes.sorted(by: { $0.key < $1.key }) {
        output.text(name)
        output.integer(value)
      }
      output.integer(stored.floats.count)
      for list in stored.floats { output.floats(list) }
      output.integer(stored.integers.count)
      for list in stored.integers { output.integers(list) }
      output.symbols(stored.symbols)
    }
    output.integer(lists.count)
    for (name, values) in lists.sorted(by: { $0.key < $1.key }) {
      output.text(name.role.rawValue)
      output.text(name.key)
      output.floats(values)
    }
    let digest = output.bytes.withUnsafeBytes { bytes in
      var hash = SHA256()
      hash.update(bufferPointer: bytes)
      return hash.finalize()
    }
    output.raw(digest)
    return output.bytes
  }

  /// Reads a checkpoint; `name` is the file, for errors.
  ///
  /// - Throws: ``TrainingError/checkpoint(_:expected:actual:)`` where the file is cut, damaged or something
  ///   else.
  public init(decoding bytes: [UInt8], name: String) throws(TrainingError) {
    let start = Self.mark.count + 8
    guard bytes.count >= start + Self.digestSize, bytes.starts(with: Self.mark) else {
      throw .checkpoint(name, expected: "a checkpoint", actual: "another or a cut file")
    }
    var input = ByteInput(bytes[Self.mark.count..<bytes.count - Self.digestSize], name: name)
    let version = try input.integer()
    guard version == Self.version else {
      throw input.error(expected: "version \(Self.version)", actual: version)
    }
    let digest = bytes.withUnsafeBytes { bytes in
      var hash = SHA256()
      hash.update(
        bufferPointer: UnsafeRawBufferPointer(rebasing: bytes[..<(bytes.count - Self.digestSize)])
      )
      return hash.finalize()
    }
    guard digest.elementsEqual(bytes.suffix(Self.digestSize)) else {
      throw input.error(
        expected: "the SHA-256 \(hexadecimal(bytes.suffix(Self.digestSize)))",
        actual: "\(hexadecimal(digest)): the file is damaged or cut"
      )
    }
    try self.init(&input)
    guard input.left == 0 else {
      throw input.error(expected: "the end", actual: "\(input.left) bytes more")
    }
  }

  /// Reads what follows the version.
  private init(_ input: inout ByteInput) throws(TrainingError) {
    let json = try input.raw(try input.integer())
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf",
      negativeInfinity: "-inf",
      nan: "nan"
    )
    do {
      state = try decoder.decode(TrainingState.self, from: Data(json))
    } catch {
      throw input.error(expected: "the state of a training", actual: "\(error)")
    }
    parameters = [:]
    for _ in 0..<(try input.count(size: 56)) {
      let key = try input.text()
      let name = try input.text()
      guard let encoding = EncodingCatalog.encoding(named: name) else {
        throw input.error(expected: "a known encoding of \(key)", actual: name)
      }
      let stored = try Self.stored(&input)
      do {
        parameters[key] = try encoding.init(stored: stored)
      } catch {
        throw input.error(expected: "parameter \(key)", actual: "\(error)")
      }
    }
    lists = [:]
    for _ in 0..<(try input.count(size: 24)) {
      let role = try input.text()
      guard let role = ListName.Role(rawValue: role) else {
        throw input.error(expected: "a known list", actual: role)
      }
      let key = try input.text()
      lists[ListName(role: role, key: key)] = try input.floats()
    }
  }

  private static func stored(_ input: inout ByteInput) throws(TrainingError) -> StoredParameter {
    var stored = StoredParameter(shape: Shape(try input.integers()))
    for _ in 0..<(try input.count(size: 16)) {
      let name = try input.text()
      stored.attributes[name] = try input.integer()
    }
    for _ in 0..<(try input.count(size: 8)) { stored.floats.append(try input.floats()) }
    for _ in 0..<(try input.count(size: 8)) { stored.integers.append(try input.integers()) }
    stored.symbols = try input.symbols()
    return stored
  }
}
