import CZlib

/// The parts of a PNG file that determine its pixels, checked and separated.
///
/// Every chunk's length and checksum is checked. Only header, palette and image data are kept:
/// transparency, gamma, profiles and texts do not change levels, as in most image libraries.
///
/// Source: PNG specification, third edition, §5.
struct PNGChunks {
  static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

  enum ColourType: UInt8 { case grey = 0, rgb = 2, palette = 3, greyAlpha = 4, rgba = 6 }

  let width: Int
  let height: Int
  let depth: Int
  let colourType: ColourType
  private var header: [UInt8] = []
  private var palette: [UInt8] = []
  private var data: [UInt8] = []

  init(_ bytes: [UInt8], file: String) throws(ImageError) {
    func failure(_ expected: String, _ actual: String) -> ImageError {
      ImageError(file, expected: expected, actual: actual)
    }
    guard bytes.starts(with: Self.signature) else {
      throw failure("a PNG signature", "\(bytes.prefix(8).map { String($0, radix: 16) })")
    }
    var at = 8
    var ended = false
    while !ended {
      guard bytes.count - at >= 12 else {
        throw failure("a chunk at byte \(at)", "the end at byte \(bytes.count)")
      }
      let length = Self.number(bytes[at..<at + 4])
      guard length <= bytes.count - at - 12 else {
        throw failure("a chunk of \(length) bytes at byte \(at)", "the end after \(bytes.count)")
      }
      let body = bytes[(at + 4)..<(at + 8 + length)]
      let type = String(decoding: body.prefix(4), as: UTF8.self)
      let checksum = Self.number(bytes[(at + 8 + length)..<(at + 12 + length)])
      guard Self.crc(body) == checksum else {
        throw failure("an intact chunk \(type) at byte \(at)", "a wrong checksum")
      }
      if (at == 8) != (type == "IHDR") { throw failure("IHDR first and only there", type) }
      switch type {
      case "IHDR": header = Array(body.dropFirst(4))
      case "PLTE": palette = Array(body.dropFirst(4))
      case "IDAT": data.append(contentsOf: body.dropFirst(4))
      case "IEND": ended = true
      default:
        guard body[body.startIndex] & 0x20 != 0 else {
          throw failure("a known critical chunk", "\(type) at byte \(at)")
        }
      }
      at += 12 + length
    }
    guard header.count == 13, let colourType = ColourType(rawValue: header[9]) else {
      throw failure("a header of 13 bytes with colour type 0, 2, 3, 4 or 6", "\(header)")
    }
    self.colourType = colourType
    width = Self.number(header[0..<4])
    height = Self.number(header[4..<8])
    depth = Int(header[8])
    let depths =
      switch colourType {
      case .grey: [1, 2, 4, 8, 16]
      case .palette: [1, 2, 4, 8]
      case .rgb, .greyAlpha, .rgba: [8, 16]
      }
    guard depths.contains(depth) else {
      throw failure("\(depths) bits for colour type \(colourType)", "\(depth)")
    }
    guard colourType != .palette || (!palette.isEmpty && palette.count <= 3 << depth) else {
      throw failure("a palette of at most \(1 << depth) colours", "\(palette.count) bytes")
    }
  }

  /// The number of channels stored, alpha included.
  var samples: Int {
    switch colourType {
    case .grey, .palette: 1
    case .greyAlpha: 2
    case .rgb: 3
    case .rgba: 4
    }
  }

  /// Throws where the image data could not hold the pixels however well it is compressed.
  ///
  /// Deflate needs a byte for 1032 at least (RFC 1951, matches of 258 bytes in two bits).
  func checkDensity(file: String) throws(ImageError) {
    let bytes = height * ((width * samples * depth + 7) / 8)
    guard bytes <= data.count * 1032 else {
      throw ImageError(
        file,
        expected: "image data for \(width)×\(height) pixels",
        actual: "\(data.count) compressed bytes"
      )
    }
  }

  /// A minimal file with the same pixels; `asGrey` declares palette indices to be grey levels.
  func file(asGrey: Bool = false) -> [UInt8] {
    var file = Self.signature
    var header = header
    if asGrey { header[9] = ColourType.grey.rawValue }
    Self.append("IHDR", header, to: &file)
    if colourType == .palette && !asGrey { Self.append("PLTE", palette, to: &file) }
    Self.append("IDAT", data, to: &file)
    Self.append("IEND", [], to: &file)
    return file
  }

  private static func append(_ type: String, _ content: [UInt8], to file: inout [UInt8]) {
    let body = Array(type.utf8) + content
    for number in [content.count, nil, crc(body[...])] {
      guard let number else {
        file.append(contentsOf: body)
        continue
      }
      for shift in stride(from: 24, through: 0, by: -8) {
        file.append(UInt8(truncatingIfNeeded: number >> shift))
      }
    }
  }

  private static func number(_ bytes: ArraySlice<UInt8>) -> Int {
    bytes.reduce(0) { $0 << 8 | Int($1) }
  }

  private static func crc(_ bytes: ArraySlice<UInt8>) -> Int {
    bytes.withUnsafeBufferPointer { Int(crc32_z(0, $0.baseAddress, $0.count)) }
  }
}
