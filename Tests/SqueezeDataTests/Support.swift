import CZlib
import Foundation
import SqueezeData
import SqueezeTestSupport
import Testing

/// The checksum golden pixels are recorded as.
func crc32(_ bytes: [UInt8]) -> UInt32 { UInt32(CZlib.crc32(0, bytes, UInt32(bytes.count))) }

/// Width, height and channels.
func size(of image: Image) -> [Int] { [image.width, image.height, image.channels] }

/// A picture whose levels follow a formula, for golden numbers.
func synthetic(width: Int, height: Int, channels: Int) -> Image {
  var pixels: [UInt8] = []
  for y in 0..<height {
    for x in 0..<width {
      for channel in 0..<channels {
        let level = x * 7 + y * 13 + channel * 50 + (x * y) % 11 * 9
        pixels.append(UInt8(truncatingIfNeeded: level))
      }
    }
  }
  return Image(width: width, height: height, channels: channels, pixels: pixels)
}

/// A picture of slow waves, which survives JPEG well.
func smooth(width: Int, height: Int, channels: Int) -> Image {
  var pixels: [UInt8] = []
  for y in 0..<height {
    for x in 0..<width {
      for channel in 0..<channels {
        let wave = sin(Double(x) / 9 + Double(channel)) * cos(Double(y) / 7)
        pixels.append(UInt8(128 + 100 * wave))
      }
    }
  }
  return Image(width: width, height: height, channels: channels, pixels: pixels)
}

/// A gzip archive of bytes.
func gzip(_ bytes: [UInt8]) -> [UInt8] {
  var stream = z_stream()
  let size = Int32(MemoryLayout<z_stream>.size)
  guard deflateInit2_(&stream, 9, Z_DEFLATED, 31, 8, 0, ZLIB_VERSION, size) == Z_OK else {
    return []
  }
  defer { deflateEnd(&stream) }
  var input = bytes
  var output = [UInt8](repeating: 0, count: bytes.count + bytes.count / 100 + 100)
  let room = output.count
  let written = input.withUnsafeMutableBufferPointer { input in
    output.withUnsafeMutableBufferPointer { output in
      stream.next_in = input.baseAddress
      stream.avail_in = UInt32(input.count)
      stream.next_out = output.baseAddress
      stream.avail_out = UInt32(room)
      return deflate(&stream, Z_FINISH) == Z_STREAM_END ? room - Int(stream.avail_out) : 0
    }
  }
  return Array(output[..<written])
}

/// A folder for one test, removed with the value.
final class TemporaryFolder {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.appending(path: "squeeze-\(UUID())").path()
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ bytes: [UInt8], to name: String) throws {
    let url = URL(fileURLWithPath: path).appending(path: name)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(),
      withIntermediateDirectories: true
    )
    try Data(bytes).write(to: url)
  }

  func write(_ text: String, to name: String) throws { try write(Array(text.utf8), to: name) }
}

extension TestData {
  /// The path of a file or folder of real data, where it is there.
  static func path(_ name: String) -> String { (try? file(name))?.path ?? name }

  /// Whether a file or folder of real data is there.
  static func has(_ name: String) -> Bool { (try? file(name)) != nil }
}
