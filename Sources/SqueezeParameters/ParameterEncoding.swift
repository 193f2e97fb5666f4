public import SqueezeTensor

/// One way to store a parameter: its exact decoder, its pullback and its stored form.
///
/// Whatever trains, compresses, writes or runs a model sees only this protocol, so a mask, a shared
/// codebook and an integer grid all travel through the same code.
public protocol ParameterEncoding: Sendable, Hashable {
  /// The name under which a container stores the encoding, such as `dense`.
  static var name: String { get }

  /// The shape of the decoded tensor.
  var shape: Shape { get }
  /// The element type of the decoded tensor.
  var type: ElementType { get }
  /// The scalars an optimizer may change; the rest of the encoding is fixed.
  var free: [Float] { get set }
  /// The bits that the values take before entropy coding: indices, tables, masks and scales.
  var storedBits: Int { get }

  /// The tensor that operators compute with.
  func decoded() -> Tensor
  /// Pulls a gradient on the decoded tensor back to ``free``.
  func pullback(_ gradient: Tensor) -> [Float]

  /// What a container keeps; ``init(stored:)`` restores the encoding from it.
  var stored: StoredParameter { get }
  /// Restores an encoding; throws where the parts contradict the shape or each other.
  init(stored: StoredParameter) throws(EncodingError)
  /// The values that the symbols of a stored parameter stand for, or `nil` where it has none.
  ///
  /// A container calls this before it has the symbols, to tell their coder what they mean.
  static func symbolTable(of stored: StoredParameter) throws(EncodingError) -> SymbolTable?
}

extension ParameterEncoding {
  public var type: ElementType { .float32 }

  /// Whether two encodings, of whatever kinds, are the same.
  public func isEqual(to other: any ParameterEncoding) -> Bool { (other as? Self) == self }
}

/// The parts of an encoding that a container has to keep.
public struct StoredParameter: Sendable, Hashable {
  /// The shape of the decoded tensor.
  public var shape: Shape
  /// Small facts such as the number of bits; keys are the encoding's own.
  public var attributes: [String: Int]
  /// Lists of real numbers such as scales, centroids or the scalars themselves.
  public var floats: [[Float]]
  /// Lists of whole numbers such as zero points.
  public var integers: [[Int]]
  /// One symbol per element, row-major, each an index into the ``SymbolTable``; empty if unused.
  public var symbols: [UInt16]

  /// Creates a stored parameter from its parts.
  public init(
    shape: Shape,
    attributes: [String: Int] = [:],
    floats: [[Float]] = [],
    integers: [[Int]] = [],
    symbols: [UInt16] = []
  ) {
    self.shape = shape
    self.attributes = attributes
    self.floats = floats
    self.integers = integers
    self.symbols = symbols
  }
}

/// The values that symbols stand for.
public struct SymbolTable: Sendable, Hashable {
  /// The value of every symbol, ascending; at most 65,536.
  public var values: [Float]
  /// The symbol of a pruned weight, whose value is 0.
  public var zero: Int?

  /// Creates a table from ascending values.
  public init(values: [Float], zero: Int? = nil) {
    self.values = values
    self.zero = zero
  }
}

/// A stored parameter that contradicts itself.
public struct EncodingError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The encoding that was to be restored.
  public var encoding: String
  public var expected: String
  public var actual: String

  /// Creates an error that says what was expected and what came.
  public init(_ encoding: String, expected: String, actual: String) {
    self.encoding = encoding
    self.expected = expected
    self.actual = actual
  }

  public var description: String { "encoding \(encoding): expected \(expected), got \(actual)" }
}

extension StoredParameter {
  /// Checks the number of parts an encoding needs.
  func require(
    _ encoding: String,
    floats: Int = 0,
    integers: Int = 0,
    symbols: Bool = false
  ) throws(EncodingError) {
    guard let count = shape.checkedCount else {
      throw EncodingError(encoding, expected: "a shape", actual: "\(shape)")
    }
    guard self.floats.count == floats, self.integers.count == integers else {
      throw EncodingError(
        encoding,
        expected: "\(floats) lists of floats and \(integers) of integers",
        actual: "\(self.floats.count) and \(self.integers.count)"
      )
    }
    guard self.symbols.count == (symbols ? count : 0) else {
      throw EncodingError(
        encoding,
        expected: "\(symbols ? count : 0) symbols for shape \(shape)",
        actual: "\(self.symbols.count)"
      )
    }
  }

  /// Checks that no symbol lies outside an alphabet.
  func require(_ encoding: String, alphabet: Int) throws(EncodingError) {
    let largest = symbols.withUnsafeBufferPointer { $0.reduce(0) { $0 | $1 } }
    // Their union bounds the largest from above; only where that is no proof is the largest sought.
    if Int(largest) >= alphabet, let largest = symbols.max(), Int(largest) >= alphabet {
      throw EncodingError(encoding, expected: "symbols below \(alphabet)", actual: "\(largest)")
    }
  }

  /// Checks the length of one list.
  static func require(
    _ encoding: String,
    _ what: String,
    count actual: Int,
    is expected: Int
  ) throws(EncodingError) {
    guard actual == expected else {
      throw EncodingError(encoding, expected: "\(expected) \(what)", actual: "\(actual)")
    }
  }
}
