import Foundation
import SqueezeFormats
import SqueezeGraph
import SqueezeTensor
import Testing

@Suite("ONNX external data")
struct ONNXExternalDataTests {
  private typealias O = ONNXBytes

  /// Writes a model with one external tensor into a fresh folder and loads it.
  private func load(
    _ entries: [(String, String)],
    allowed: Bool = true,
    prepare: (URL) throws -> Void = { _ in }
  ) throws -> Tensor {
    let root = FileManager.default.temporaryDirectory
      .appendingPathComponent("squeeze-\(UUID().uuidString)")
    let folder = root.appendingPathComponent("model")
    try FileManager.default.createDirectory(
      at: folder.appendingPathComponent("sub"),
      withIntermediateDirectories: true
    )
    defer { try? FileManager.default.removeItem(at: root) }
    let data = Data([9, 9, 0, 0, 0x80, 0x3F, 0, 0, 0, 0x40, 7])
    try data.write(to: folder.appendingPathComponent("weights.bin"))
    try data.write(to: folder.appendingPathComponent("sub/weights.bin"))
    try data.write(to: root.appendingPathComponent("secret.bin"))
    try prepare(folder)
    let tensor = O.message { tensor in
      tensor.add(1, 2)
      tensor.add(2, 1)
      tensor.add(8, "w")
      for (key, value) in entries {
        tensor.add(
          13,
          O.message {
            $0.add(1, key)
            $0.add(2, value)
          }
        )
      }
      tensor.add(14, 1)
    }
    let url = folder.appendingPathComponent("model.onnx")
    try Data(O.model(inputs: [], outputs: ["w"], nodes: [], initializers: [tensor])).write(to: url)
    let model = try ONNXImporter(allowsExternalData: allowed).model(at: url)
    return try #require(model.parameters["w.value"]).decoded()
  }

  @Test("data in the model's folder is read when asked for")
  func inside() throws {
    let place = [("offset", "2"), ("length", "8")]
    #expect(try load([("location", "weights.bin")] + place).scalars == [1, 2])
    #expect(try load([("location", "sub/weights.bin")] + place).scalars == [1, 2])
    #expect(try load([("location", "weights.bin"), ("offset", "2")]).scalars == [1, 2])
  }

  @Test("data is refused unless asked for")
  func off() {
    #expect(
      message { _ = try load([("location", "weights.bin")], allowed: false) }
        == "model.onnx: initializer \"w\": expected data inside the file (external data is off), "
        + "got external data"
    )
  }

  @Test(
    "nothing outside the folder is read",
    arguments: [
      "../secret.bin", "/etc/passwd", "sub/../../secret.bin", "sub/../weights.bin", "", "..",
      "link.bin", "linked/secret.bin", "sub", "absent.bin", "sub//weights.bin",
    ]
  )
  func outside(_ location: String) {
    let text = message {
      _ = try load([("location", location), ("offset", "2"), ("length", "8")]) { folder in
        let parent = folder.deletingLastPathComponent()
        try FileManager.default.createSymbolicLink(
          at: folder.appendingPathComponent("link.bin"),
          withDestinationURL: parent.appendingPathComponent("secret.bin")
        )
        try FileManager.default.createSymbolicLink(
          at: folder.appendingPathComponent("linked"),
          withDestinationURL: parent
        )
      }
    }
    #expect(text.contains("expected external data"), "\(text)")
  }

  @Test(
    "offset and length have to lie in the file",
    arguments: [
      ("4", "8", "8 bytes from offset 4"), ("2", "4", "8 bytes of external data"),
      ("-2", "8", "an offset"), ("9223372036854775807", "8", "8 bytes from offset"),
      ("two", "8", "an offset"),
    ]
  )
  func bounds(_ offset: String, _ length: String, _ expected: String) {
    let text = message {
      _ = try load([("location", "weights.bin"), ("offset", offset), ("length", length)])
    }
    #expect(text.contains("expected \(expected)"), "\(text)")
  }
}
