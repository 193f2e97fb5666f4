public import Foundation
import OrderedCollections
import SqueezeEntropy
public import SqueezeGraph
import SqueezeParameters

/// Writes the native container `.sqz`: a whole model, losslessly, in few bytes.
public struct SQZWriter: Sendable {
  public var coder: Coder
  /// The fewest weights of an independent stream: a parameter of `n` times as many is cut into `n`,
  /// which can be decoded side by side and cost some bytes each, because each learns anew.
  public var streamLength: Int

  /// Creates a writer.
  public init(coder: Coder = .standard, streamLength: Int = 250_000) {
    precondition(streamLength > 0, "streams of \(streamLength) weights")
    self.coder = coder
    self.streamLength = streamLength
  }

  /// Writes a model to a file.
  ///
  /// - Throws: ``FormatError`` as ``bytes(of:)``, or where the file cannot be written.
  public func write(_ model: Model, to url: URL) throws(FormatError) {
    try FileBytes.write(bytes(of: model), to: url)
  }

  /// The bytes of a model's file; equal models give equal bytes.
  ///
  /// Parameters that belong to no node are left out.
  ///
  /// - Throws: ``FormatError`` where the model is unsound.
  public func bytes(of model: Model) throws(FormatError) -> [UInt8] {
    let parts = try parts(of: model)
    var file = ByteWriter()
    file.write(contentsOf: parts.head)
    for parameter in parts.parameters { file.write(contentsOf: parameter.coded.bytes) }
    // A file that its own reader would refuse is not written.
    _ = try SQZReader(bytes: file.bytes)
    return file.bytes
  }

  /// A file before it is put together.
  struct Parts {
    /// All bytes before the first payload.
    var head: [UInt8]
    /// In execution order.
    var parameters: [(key: String, scalars: Int, coded: SQZPayload.Coded)]
  }

  func parts(of model: Model) throws(FormatError) -> Parts {
    _ = try model.inferSample()
    let slots = try model.parameterSlots().compactMap { slot in
      model.parameters[slot.key].map { (key: slot.key, encoding: $0) }
    }
    let coders = coder.candidates(scalars: slots.reduce(0) { $0 + $1.encoding.shape.count })
    var ways: [[SQZPayload.Coded]] = []
    for (key, encoding) in slots {
      ways.append(
        try SQZPayload.encode(
          encoding,
          coders: coders,
          streamLength: streamLength,
          "parameter \"\(key)\""
        )
      )
    }
    let choice = SQZBudget.choose(
      ways.map { $0.map { .init(byteCount: $0.bytes.count, nanoseconds: $0.nanoseconds) } },
      budget: coder.budget
    )
    let coded = zip(ways, choice).map { $0[$1] }
    let parameters = zip(slots, coded).map { ($0.key, $0.encoding.shape.count, $1) }

    var forms: OrderedSet<SQZDirectory.Kind> = []
    let indices = coded.map { forms.append($0.kind.form).index }
    let records = zip(slots, coded).map { slot, coded in
      SQZRecord(
        kind: coded.kind,
        byteCount: coded.bytes.count,
        proof: .version2(SQZ.check(slot.encoding.decoded(), payload: coded.bytes[...]))
      )
    }
    let text = try SQZDirectory(model, kinds: Array(forms), parameters: indices).text()
    let head = Self.head(
      text: text,
      records: SQZRecords.encode(records, indices: indices, forms: forms.count)
    )
    return Parts(head: head, parameters: parameters)
  }

  private static func head(text: [UInt8], records: [UInt8]) -> [UInt8] {
    let coded = ByteCoder.encode(text, priming: SQZPriming.bytes)
    var writer = ByteWriter()
    writer.write(contentsOf: SQZ.magic)
    writer.write(SQZ.version)
    writer.writeVarint(text.count)
    writer.writeVarint(coded.count)
    writer.writeVarint(records.count)
    writer.write(contentsOf: coded)
    writer.write(contentsOf: records)
    writer.write(CRC32C.checksum(writer.bytes))
    return writer.bytes
  }
}
