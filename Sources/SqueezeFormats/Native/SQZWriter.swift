public import Foundation
import OrderedCollections
import SqueezeEntropy
public import SqueezeGraph
import SqueezeParameters

/// Writes the native container `.sqz`: a whole model, losslessly, in few bytes.
public struct SQZWriter: Sendable {
  /// How weights that are indices into a table are coded.
  public enum Coder: String, Sendable, Hashable, CaseIterable {
    /// An adaptive context tree: the smallest files.
    case context
    /// Static range asymmetric numeral systems: the fastest.
    case rans
    /// Canonical Huffman codes.
    case huffman
    /// As few whole bits as the table needs.
    case raw
  }

  public var coder: Coder

  /// Creates a writer.
  public init(coder: Coder = .context) { self.coder = coder }

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
    guard let coder = SymbolCoderCatalog.coder(named: coder.rawValue) else {
      throw FormatError("coder", expected: "a known coder", actual: coder.rawValue)
    }
    var kinds: OrderedSet<SQZDirectory.Kind> = []
    var parameters: [Int] = []
    var records = ByteWriter()
    var payloads = ByteWriter()
    _ = try model.inferSample()
    for slot in try model.parameterSlots() {
      guard let encoding = model.parameters[slot.key] else { continue }
      let place = "parameter \"\(slot.key)\""
      let coded = try SQZPayload.encode(encoding, coder: coder, place)
      parameters.append(kinds.append(coded.kind).index)
      records.writeVarint(coded.bytes.count)
      records.write(CRC32C.checksum(coded.bytes))
      records.write(SQZ.hash(encoding.decoded()))
      payloads.write(contentsOf: coded.bytes)
    }
    let text = try SQZDirectory(model, kinds: Array(kinds), parameters: parameters).text()
    let coded = ByteCoder.encode(text, priming: SQZPriming.bytes)
    var file = ByteWriter()
    file.write(contentsOf: SQZ.magic)
    file.write(SQZ.version)
    file.writeVarint(text.count)
    file.writeVarint(coded.count)
    file.writeVarint(records.count)
    file.write(contentsOf: coded)
    file.write(contentsOf: records.bytes)
    file.write(CRC32C.checksum(file.bytes))
    file.write(contentsOf: payloads.bytes)
    // A file that its own reader would refuse is not written.
    _ = try SQZReader(bytes: file.bytes)
    return file.bytes
  }
}
