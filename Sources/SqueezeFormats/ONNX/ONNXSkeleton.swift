/// An ONNX file without the numbers of its large tensors.
///
/// Most of a file is `raw_data` of initializers. A scan of the wire format copies everything else, so
/// that the protobuf decoder sees a small message and the numbers can later be read straight from
/// the file to where they are wanted. In the skeleton the `raw_data` of every tensor, and long
/// `float_data`, is replaced by 8 bytes: the number of its region in ``regions``, little endian.
///
/// The scan also counts: a small file may hold millions of empty messages, each of which would cost
/// the decoder hundreds of bytes. Fields that Squeeze does not read, such as subgraphs, are left out.
struct ONNXSkeleton {
  /// What a file may hold besides the numbers of tensors.
  struct Limits {
    var nodes: Int
    /// Tensors among the initializers.
    var initializers: Int
    /// Messages of any kind, each of which costs the decoder some hundred bytes.
    var messages = 1 << 20
    /// Fields of any kind.
    var fields = 1 << 22
    /// Bytes of the skeleton; a byte may become an integer of eight.
    var bytes = 1 << 25
  }

  /// Where the numbers of a tensor lie.
  struct Region {
    var range: Range<Int>
    /// Whether they were `float_data`, which only `float32` tensors have.
    var isFloatData: Bool
  }

  private(set) var bytes: [UInt8] = []
  private(set) var regions: [Region] = []
  private var wire: ONNXWire
  private let limits: Limits
  private var (nodes, initializers, messages, fields) = (0, 0, 0, 0)

  /// Scans a source.
  ///
  /// - Throws: ``FormatError`` where the bytes are no protobuf message or a limit is passed.
  init(_ source: ByteSource, limits: Limits) throws(FormatError) {
    wire = ONNXWire(source)
    self.limits = limits
    try copy(.model, 0..<source.count)
  }

  /// The bytes, which are kept no longer.
  mutating func takeBytes() -> [UInt8] {
    defer { bytes = [] }
    return bytes
  }

  /// The region that `raw_data` of the skeleton stands for.
  func region(_ rawData: some Collection<UInt8>) -> Region? {
    guard rawData.count == 8 else { return nil }
    let number = rawData.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return number < UInt64(regions.count) ? regions[Int(number)] : nil
  }

  // MARK: Messages

  /// What becomes of a field.
  private enum Action {
    case keep
    case leaveOut
    case enter(Message)
    case cut
    case cutIfLong
  }

  /// The messages of `onnx.proto` and what becomes of their fields, by number.
  private enum Message {
    case model, graph, node, attribute, tensor, sparseTensor
    case valueInfo, type, tensorType, shape, pair

    func action(_ number: UInt64) -> Action {
      switch (self, number) {
      case (.model, 7): .enter(.graph)
      case (.model, 8), (.model, 14): .enter(.pair)
      case (.model, 1...6): .keep
      case (.graph, 1): .enter(.node)
      case (.graph, 5): .enter(.tensor)
      case (.graph, 11), (.graph, 12): .enter(.valueInfo)
      case (.graph, 15): .enter(.sparseTensor)
      case (.graph, 2), (.graph, 10): .keep
      case (.node, 5): .enter(.attribute)
      case (.node, 1...4), (.node, 7): .keep
      case (.attribute, 5): .enter(.tensor)
      case (.attribute, 1...4), (.attribute, 7...9), (.attribute, 20...21): .keep
      case (.tensor, 4): .cutIfLong
      case (.tensor, 9): .cut
      case (.tensor, 13): .enter(.pair)
      case (.tensor, 1...2), (.tensor, 5), (.tensor, 7...8), (.tensor, 10...11), (.tensor, 14):
        .keep
      case (.sparseTensor, 1): .enter(.tensor)
      case (.valueInfo, 1): .keep
      case (.valueInfo, 2): .enter(.type)
      case (.type, 1): .enter(.tensorType)
      case (.tensorType, 1): .keep
      case (.tensorType, 2): .enter(.shape)
      case (.shape, 1): .enter(.pair)
      case (.pair, 1...2): .keep
      default: .leaveOut
      }
    }
  }

  /// `float_data` of fewer bytes stays where it is.
  private static let longCount = 1024

  /// Copies a message; the depth of the recursion is that of the kinds of messages.
  private mutating func copy(_ message: Message, _ range: Range<Int>) throws(FormatError) {
    var position = range.lowerBound
    while position < range.upperBound {
      let field = try wire.field(at: position, end: range.upperBound)
      position = field.range.upperBound
      try Self.count(&fields, "fields", limits.fields)
      switch message.action(field.number) {
      case .leaveOut: break
      case .keep: try keep(field)
      case .enter(let inner):
        guard field.kind == .delimited else { continue }
        try Self.count(&messages, "messages", limits.messages)
        switch (message, inner) {
        case (.graph, .node): try Self.count(&nodes, "nodes", limits.nodes)
        case (.graph, .tensor): try Self.count(&initializers, "initializers", limits.initializers)
        default: break
        }
        let length = begin(field.number)
        try copy(inner, field.value)
        end(length)
      case .cut:
        if field.kind == .delimited { cut(field, isFloatData: false) }
      case .cutIfLong:
        if field.kind == .delimited, field.value.count >= Self.longCount {
          cut(field, isFloatData: true)
        } else {
          try keep(field)
        }
      }
      guard bytes.count <= limits.bytes else {
        throw Self.tooMany("bytes besides tensors", limits.bytes)
      }
    }
  }

  private mutating func keep(_ field: ONNXWire.Field) throws(FormatError) {
    guard field.range.count <= limits.bytes - bytes.count else {
      throw Self.tooMany("bytes besides tensors", limits.bytes)
    }
    try wire.append(field.range, to: &bytes)
  }

  private mutating func cut(_ field: ONNXWire.Field, isFloatData: Bool) {
    bytes += [9 << 3 | 2, 8]
    withUnsafeBytes(of: UInt64(regions.count).littleEndian) { bytes += $0 }
    regions.append(Region(range: field.value, isFloatData: isFloatData))
  }

  // MARK: Writing

  /// The bytes of a length whose value is not known yet: a varint may be longer than it has to be.
  private static let lengthCount = 4

  /// Writes the tag of a message of a field number below 16; returns where its length goes.
  private mutating func begin(_ number: UInt64) -> Int {
    bytes.append(UInt8(number << 3 | 2))
    bytes += [0x80, 0x80, 0x80, 0]
    return bytes.count - Self.lengthCount
  }

  private mutating func end(_ position: Int) {
    var length = bytes.count - position - Self.lengthCount
    for i in 0..<Self.lengthCount {
      bytes[position + i] = UInt8(length & 0x7F) | (i + 1 < Self.lengthCount ? 0x80 : 0)
      length >>= 7
    }
  }

  // MARK: Limits

  private static func count(
    _ counter: inout Int,
    _ what: String,
    _ limit: Int
  ) throws(FormatError) {
    counter += 1
    guard counter <= limit else { throw tooMany(what, limit) }
  }

  private static func tooMany(_ what: String, _ limit: Int) -> FormatError {
    FormatError("graph", expected: "at most \(limit) \(what)", actual: "more")
  }
}
