import Foundation
import SqueezeFormats
import SqueezeGraph
import SqueezeTensor
import Testing

@Suite("model files")
struct ModelFileTests {
  /// Runs a test in a folder of its own.
  private func inFolder(_ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("squeeze-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder)
  }

  @Test("the extension chooses the format", arguments: ["onnx", "sqz", "safetensors", "ONNX"])
  func roundTrip(_ ending: String) throws {
    try inFolder { folder in
      let url = folder.appendingPathComponent("model.\(ending)")
      try ModelFile.save(smallModel(), to: url)
      let read = try ModelFile.load(url, structure: smallModel())
      #expect(ModelComparison(smallModel(), read).difference == nil)
    }
  }

  @Test("a container is known by its first bytes, whatever it is called")
  func magic() throws {
    try inFolder { folder in
      let url = folder.appendingPathComponent("model.sqz")
      try ModelFile.save(smallModel(), to: url, coder: .raw)
      let other = folder.appendingPathComponent("model.bin")
      try FileManager.default.moveItem(at: url, to: other)
      #expect(try ModelFile.format(of: other) == .sqz)
      #expect(try ModelFile.load(other).nodes.count == 5)
    }
  }

  @Test("errors name the file")
  func errors() throws {
    try inFolder { folder in
      let file = { folder.appendingPathComponent($0) }
      #expect(
        message { _ = try ModelFile.load(file("absent.onnx")) }
          == "absent.onnx: file: expected a readable file, got none"
      )
      #expect(
        message { _ = try ModelFile.load(file("model.xyz")) }
          == "model.xyz: file name: expected .onnx, .sqz, .net, .safetensors, got \".xyz\""
      )
      #expect(
        message { try ModelFile.save(smallModel(), to: file("a.net")) }
          == "a.net: file: expected a format that can be written, got .net"
      )
      try Data([1, 2, 3]).write(to: file("a.sqz"))
      #expect(
        message { _ = try ModelFile.load(file("a.sqz")) }
          == "a.sqz: header: expected an SQZ container, got other bytes"
      )
      try Data([1, 2, 3]).write(to: file("a.net"))
      #expect(
        message { _ = try ModelFile.load(file("a.net")) }
          == "a.net: file: expected a structure for its weights, got none"
      )
      #expect(
        message { _ = try ModelFile.load(file("a.net"), structure: smallModel()) }
          .hasPrefix("a.net: layer \"conv1\", number of entries: expected 4 bytes")
      )
      #expect(
        message { try ModelFile.save(smallModel(), to: file("no/such/folder/a.sqz")) }
          .hasPrefix("a.sqz: file: expected a writable folder, got ")
      )
      #expect(message { _ = try ModelFile.load(folder) }.hasSuffix(".safetensors, got none"))
    }
  }
}
