/// How a camera was held: the transformation that shows a picture upright.
///
/// Source: Exif 2.3, tag 0x0112 "Orientation".
public enum Orientation: Int, Sendable, Hashable, CaseIterable {
  case upright = 1
  case flippedHorizontally, rotated180, flippedVertically
  case transposed, rotatedClockwise, transversed, rotatedCounterclockwise

  /// The orientation a JPEG file's Exif segment names; upright where it names none.
  public init(jpeg bytes: [UInt8]) {
    self = Self.exifValue(bytes).flatMap { Orientation(rawValue: $0) } ?? .upright
  }

  /// Whether width and height change places.
  public var swapsSides: Bool { rawValue >= 5 }

  /// Walks the segments before the first scan for `Exif` and reads its orientation.
  private static func exifValue(_ bytes: [UInt8]) -> Int? {
    var at = 2
    while at + 4 <= bytes.count, bytes[at] == 0xFF {
      let marker = bytes[at + 1]
      if marker == 0xFF {  // a fill byte
        at += 1
        continue
      }
      if marker == 0xDA || marker == 0xD9 { return nil }
      let length = Int(bytes[at + 2]) << 8 | Int(bytes[at + 3])
      guard length >= 2, at + 2 + length <= bytes.count else { return nil }
      let segment = bytes[(at + 4)..<(at + 2 + length)]
      if marker == 0xE1, segment.starts(with: [0x45, 0x78, 0x69, 0x66, 0, 0]) {
        return tiffValue(segment.dropFirst(6))
      }
      at += 2 + length
    }
    return nil
  }

  /// Reads tag 0x0112 of the first directory of a TIFF structure.
  private static func tiffValue(_ tiff: ArraySlice<UInt8>) -> Int? {
    let littleEndian = tiff.starts(with: [0x49, 0x49, 42, 0])
    guard littleEndian || tiff.starts(with: [0x4D, 0x4D, 0, 42]) else { return nil }
    func number(_ offset: Int, bytes count: Int) -> Int? {
      guard offset >= 0, offset + count <= tiff.count else { return nil }
      let field = tiff[(tiff.startIndex + offset)..<(tiff.startIndex + offset + count)]
      return littleEndian
        ? field.reversed().reduce(0) { $0 << 8 | Int($1) } : field.reduce(0) { $0 << 8 | Int($1) }
    }
    guard let directory = number(4, bytes: 4), let entries = number(directory, bytes: 2) else {
      return nil
    }
    for entry in 0..<entries {
      let at = directory + 2 + 12 * entry
      guard let tag = number(at, bytes: 2), let type = number(at + 2, bytes: 2) else { return nil }
      if tag == 0x0112 { return type == 3 ? number(at + 8, bytes: 2) : nil }
    }
    return nil
  }
}

extension Image {
  /// The picture shown upright.
  public func applying(_ orientation: Orientation) -> Image {
    if orientation == .upright { return self }
    let (width, height) =
      orientation.swapsSides ? (self.height, self.width) : (self.width, self.height)
    let (right, bottom) = (self.width - 1, self.height - 1)
    var result: [UInt8] = []
    result.reserveCapacity(pixels.count)
    for y in 0..<height {
      for x in 0..<width {
        let (sourceX, sourceY) =
          switch orientation {
          case .upright: (x, y)
          case .flippedHorizontally: (right - x, y)
          case .rotated180: (right - x, bottom - y)
          case .flippedVertically: (x, bottom - y)
          case .transposed: (y, x)
          case .rotatedClockwise: (y, bottom - x)
          case .transversed: (right - y, bottom - x)
          case .rotatedCounterclockwise: (right - y, x)
          }
        let start = (sourceY * self.width + sourceX) * channels
        for channel in 0..<channels { result.append(pixels[start + channel]) }
      }
    }
    return Image(width: width, height: height, channels: channels, pixels: result)
  }
}
