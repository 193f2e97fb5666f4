import Dispatch
import SqueezeEntropy
import SqueezeParameters
import SqueezeTensor
import Synchronization

/// The symbols of one parameter, in one stream or in several independent ones.
///
/// Stream `i` of `n` codes the rows `⌊O·i/n⌋ ..< ⌊O·(i+1)/n⌋` of the plane `[O, I, kH, kW]` as a plane of
/// its own, so that streams can be decoded side by side. All but the last follow their length, a varint.
struct SQZSymbols {
  let shape: Shape
  let table: SymbolTable
  let streams: Int

  /// How many streams a parameter is cut into, if one should hold `length` weights.
  static func streams(_ shape: Shape, length: Int) -> Int {
    let rows = shape.rank > 0 ? shape[0] : 1
    return max(1, min(shape.count / max(length, 1), rows, SQZ.streamLimit))
  }

  func encode(
    _ symbols: [UInt16],
    _ coder: any SymbolCoder.Type
  ) throws(EntropyError) -> [UInt8] {
    guard symbols.count == shape.count else {
      throw .malformed("expected \(shape.count) symbols, got \(symbols.count)")
    }
    var writer = ByteWriter()
    var start = 0
    for stream in 0..<streams {
      let layout = try layout(stream)
      let part = Array(symbols[start..<start + layout.count])
      start += part.count
      let bytes = coder.encode(try SymbolPlane(layout: layout, symbols: part))
      if stream + 1 < streams { writer.writeVarint(bytes.count) }
      writer.write(contentsOf: bytes)
    }
    return writer.bytes
  }

  func decode(
    _ bytes: ArraySlice<UInt8>,
    _ coder: any SymbolCoder.Type
  ) throws(EntropyError) -> [UInt16] {
    guard streams > 1 else { return try coder.decode(bytes, layout: layout(0)) }
    var reader = ByteReader(bytes, of: "streams of symbols")
    var parts: [(bytes: ArraySlice<UInt8>, layout: SymbolLayout)] = []
    for stream in 0..<streams {
      let isLast = stream + 1 == streams
      let bytes =
        isLast
        ? reader.readRest() : try reader.readSlice(reader.readVarint(atMost: reader.remaining))
      parts.append((bytes, try layout(stream)))
    }
    let streams = parts
    let results = Mutex<[Int: Result<[UInt16], EntropyError>]>([:])
    DispatchQueue.concurrentPerform(iterations: streams.count) { index in
      let (bytes, layout) = streams[index]
      let result = Result { () throws(EntropyError) in try coder.decode(bytes, layout: layout) }
      results.withLock { $0[index] = result }
    }
    let decoded = results.withLock { $0 }
    var symbols: [UInt16] = []
    symbols.reserveCapacity(shape.count)
    for index in streams.indices { symbols += try decoded[index]?.get() ?? [] }
    return symbols
  }

  /// A stream's rows of a tensor of any rank as the plane `[O, I, kH, kW]` that a coder sees.
  private func layout(_ stream: Int) throws(EntropyError) -> SymbolLayout {
    let rank = shape.rank
    let rows = rank > 0 ? shape[0] : 1
    guard streams == 1 || streams <= rows else {
      throw .malformed("\(streams) streams of \(rows) rows")
    }
    return try SymbolLayout(
      rows: rows * (stream + 1) / streams - rows * stream / streams,
      columns: rank > 1 ? shape[1] : 1,
      tapRows: rank > 3 ? shape.dimensions[2..<rank - 1].reduce(1, *) : 1,
      tapColumns: rank > 2 ? shape[rank - 1] : 1,
      zero: table.zero,
      levels: SymbolLayout.levels(forFloatBits: table.values.map(\.bitPattern))
    )
  }
}
