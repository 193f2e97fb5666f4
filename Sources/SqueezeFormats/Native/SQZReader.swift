import Dispatch
public import Foundation
import SqueezeEntropy
public import SqueezeGraph
public import SqueezeParameters
import SqueezeTensor
import Synchronization

/// Reads the native container `.sqz`.
///
/// Opening a file reads and checks its directory only; every parameter can then be decoded by
/// itself, in any order, on any thread. Of a file only the directory is kept in memory; the bytes of a
/// parameter are read when it is decoded.
public struct SQZReader: Sendable {
  /// One parameter as the directory describes it.
  public struct Entry: Sendable, Hashable {
    /// The key in `Model.parameters`, such as `conv1.weight`.
    public var key: String
    /// The name of the encoding, such as `dense`.
    public var encoding: String
    /// The name of the coder of its symbols, where it has any.
    public var coder: String?
    /// The independent streams that its symbols are in.
    public var streams: Int
    /// The elements of its tensor.
    public var scalarCount: Int
    /// The bytes it takes in the file.
    public var byteCount: Int
  }

  /// One parameter with all that decoding it needs.
  private struct Record {
    var spec: TensorSpec
    var payload: Range<Int>
    var record: SQZRecord
  }

  /// The graph with everything but its parameters.
  public let structure: Model
  /// The parameters in execution order.
  public let entries: [Entry]
  /// The bytes before the first payload.
  public let directoryByteCount: Int
  private let source: ByteSource
  private let records: [Record]

  // MARK: Directory

  /// Opens the bytes of a file.
  ///
  /// - Throws: ``FormatError`` where the directory is damaged, or names a version, encoding, coder
  ///   or operator that is not known.
  public init(bytes: [UInt8]) throws(FormatError) { try self.init(ByteSource(bytes)) }

  private init(_ source: ByteSource) throws(FormatError) {
    let head = try SQZHead(source)
    structure = try head.directory.model()
    let slots = try structure.parameterSlots()
    guard slots.count == head.records.count else {
      throw FormatError(
        "directory",
        expected: "\(slots.count) parameters",
        actual: head.records.count
      )
    }
    var scalars = 0
    var entries: [Entry] = []
    var records: [Record] = []
    var position = head.byteCount
    for (slot, record) in zip(slots, head.records) {
      let place = "parameter \"\(slot.key)\""
      let shape = slot.spec.spec.shape
      scalars += try Self.scalarCount(record.kind, shape, place)
      guard scalars <= SQZ.scalarLimit(fileByteCount: source.count) else {
        throw FormatError(
          place,
          expected: "parameters in proportion to the file",
          actual: shape
        )
      }
      guard record.byteCount <= source.count - position else {
        throw FormatError(
          place,
          expected: "a payload inside the file",
          actual: "\(record.byteCount) bytes from position \(position)"
        )
      }
      let payload = position..<position + record.byteCount
      position = payload.upperBound
      records.append(Record(spec: slot.spec.spec, payload: payload, record: record))
      entries.append(
        Entry(
          key: slot.key,
          encoding: record.kind.encoding,
          coder: record.kind.coder,
          streams: record.kind.streams ?? 1,
          scalarCount: shape.count,
          byteCount: payload.count
        )
      )
    }
    guard position == source.count else {
      throw FormatError(
        "directory",
        expected: "payloads that fill the file",
        actual: "\(position) of \(source.count) bytes"
      )
    }
    self.source = source
    self.records = records
    self.entries = entries
    directoryByteCount = head.byteCount
  }

  /// The numbers that a parameter decodes to, its lists included.
  private static func scalarCount(
    _ kind: SQZDirectory.Kind,
    _ shape: Shape,
    _ place: String
  ) throws(FormatError) -> Int {
    guard var sum = shape.checkedCount else {
      throw FormatError(place, expected: "a shape", actual: shape)
    }
    let lists = (kind.floats ?? []) + (kind.integers ?? [])
    guard lists.allSatisfy({ (0...Shape.maximumCount).contains($0 ?? 0) }) else {
      throw FormatError(place, expected: "lists of sane length", actual: "others")
    }
    for length in lists { sum += length ?? shape.count }
    return sum
  }

  // MARK: Parameters

  /// Decodes parameter `index` of ``entries`` and checks it against its hash.
  ///
  /// - Throws: ``FormatError`` where its bytes are damaged.
  public func parameter(at index: Int) throws(FormatError) -> any ParameterEncoding {
    let record = records[index]
    let place = "parameter \"\(entries[index].key)\""
    let payload = try source.bytes(record.payload)[...]
    let proof = record.record.proof
    if case .version1(let checksum, _) = proof, CRC32C.checksum(payload) != checksum {
      throw FormatError(place, expected: "its checksum", actual: "another")
    }
    let encoding = try SQZPayload.decode(
      payload,
      record.record.kind,
      shape: record.spec.shape,
      place
    )
    guard encoding.type == record.spec.type else {
      throw FormatError(place, expected: "\(record.spec)", actual: "\(encoding.type)")
    }
    let tensor = encoding.decoded()
    let isSound =
      switch proof {
      case .version1(_, let expected): SQZ.hash(tensor) == expected
      case .version2(let expected): SQZ.check(tensor, payload: payload) == expected
      }
    guard isSound else {
      throw FormatError(place, expected: "a tensor with its hash", actual: "another")
    }
    return encoding
  }

  /// Decodes the whole model.
  ///
  /// - Parameter threads: how many parameters are decoded side by side; the streams of one parameter
  ///   share whatever processors are free.
  /// - Returns: the model, equal whatever the number of threads.
  /// - Throws: ``FormatError`` naming the first parameter that is damaged.
  public func model(
    threads: Int = ProcessInfo.processInfo.activeProcessorCount
  ) throws(FormatError) -> Model {
    var model = structure
    guard threads > 1, entries.count > 1 else {
      for (index, entry) in entries.enumerated() {
        model.parameters[entry.key] = try parameter(at: index)
      }
      return model
    }
    // Large ones first, so that none is left over at the end.
    let order = entries.indices.sorted { entries[$0].byteCount > entries[$1].byteCount }
    typealias Decoded = Result<any ParameterEncoding, FormatError>
    let results = Mutex<(next: Int, decoded: [Int: Decoded])>((0, [:]))
    DispatchQueue.concurrentPerform(iterations: min(threads, order.count)) { _ in
      while true {
        let turn = results.withLock { state in
          defer { state.next += 1 }
          return state.next
        }
        guard turn < order.count else { break }
        let index = order[turn]
        let decoded = Result { () throws(FormatError) in try parameter(at: index) }
        results.withLock { $0.decoded[index] = decoded }
      }
    }
    let decoded = results.withLock { $0.decoded }
    for (index, entry) in entries.enumerated() {
      model.parameters[entry.key] = try decoded[index]?.get()
    }
    return model
  }

  /// Reads a file.
  ///
  /// - Throws: ``FormatError`` that names the file and the place.
  public static func model(at url: URL) throws(FormatError) -> Model {
    let source = try ByteSource(url, limit: 1 << 32)
    do throws(FormatError) {
      return try SQZReader(source).model()
    } catch {
      throw error.in(url.lastPathComponent)
    }
  }
}
