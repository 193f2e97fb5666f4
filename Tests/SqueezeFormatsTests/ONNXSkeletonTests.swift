import Foundation
import SqueezeFormats
import SqueezeGraph
import SqueezeTensor
import SqueezeTestSupport
import Testing

@Suite("ONNX, the scan before decoding")
struct ONNXSkeletonTests {
  private typealias O = ONNXBytes

  /// A graph that gives some tensors as they are.
  private func load(_ initializers: [ONNXBytes.Message], _ outputs: [String]) throws -> Model {
    try ONNXImporter().model(
      from: O.model(inputs: [], outputs: outputs, nodes: [], initializers: initializers)
    )
  }

  /// A float32 tensor in `float_data`, packed in pieces.
  private func floatData(
    _ name: String,
    _ pieces: [[Float]],
    type: Int = 1,
    count: Int? = nil
  ) -> ONNXBytes.Message {
    O.message { tensor in
      tensor.add(1, count ?? pieces.reduce(0) { $0 + $1.count })
      tensor.add(2, type)
      for piece in pieces { tensor.add(4, piece.flatMap { O.bytes(of: $0.bitPattern) }) }
      tensor.add(8, name)
    }
  }

  // MARK: Tensors

  @Test("numbers in raw_data and float_data, short and long, are read alike")
  func payloads() throws {
    for count in [0, 1, 3, 255, 256, 257, 5000] {
      let values = (0..<count).map { Float($0) / 7 }
      let model = try load(
        [O.floats("a", [count], values), floatData("b", [values])],
        ["a", "b"]
      )
      #expect(try #require(model.parameters["a.value"]).decoded().scalars == values)
      #expect(try #require(model.parameters["b.value"]).decoded().scalars == values)
    }
  }

  @Test("a file and its bytes give the same model")
  func files() throws {
    let url = FileManager.default.temporaryDirectory
      .appendingPathComponent("squeeze-\(UUID().uuidString).onnx")
    defer { try? FileManager.default.removeItem(at: url) }
    let bytes = try ONNXExporter().bytes(of: smallModel())
    try Data(bytes).write(to: url)
    let (a, b) = (try ONNXImporter().model(at: url), try ONNXImporter().model(from: bytes))
    #expect(ModelComparison(a, b).areEqual)
  }

  @Test("the numbers of Constant nodes are read too")
  func constantNodes() throws {
    let values = (0..<700).map { Float($0) }
    let constant = O.node(
      "Constant",
      [],
      ["c"],
      attributes: [("value", .tensor(O.floats("v", [700], values)))]
    )
    let bytes = O.model(
      inputs: [O.input("x", [700])],
      outputs: ["y"],
      nodes: [constant, O.node("Add", ["x", "c"], ["y"])]
    )
    let model = try ONNXImporter().model(from: bytes)
    #expect(model.parameters.values.contains { $0.decoded().scalars == values })
  }

  @Test("data of another type or in two long pieces is refused")
  func contradictions() throws {
    let long = (0..<300).map { Float($0) }
    #expect(throws: FormatError.self) { try load([floatData("a", [long], type: 6)], ["a"]) }
    #expect(throws: FormatError.self) { try load([floatData("a", [long, long])], ["a"]) }
    #expect(throws: FormatError.self) { try load([floatData("a", [long], count: 299)], ["a"]) }
  }

  @Test("cut and flipped files with long tensors give a model or an error")
  func mutations() throws {
    let long = (0..<300).map { Float($0) }
    let bytes = O.model(
      inputs: [O.input("x", [300])],
      outputs: ["y", "b"],
      nodes: [O.node("Add", ["x", "a"], ["y"])],
      initializers: [O.floats("a", [300], long), floatData("b", [long])]
    )
    _ = try ONNXImporter().model(from: bytes)
    var errors = 0
    for mutation in Mutations(of: bytes, count: 10_000, seed: 3) {
      do throws(FormatError) { _ = try ONNXImporter().model(from: mutation) } catch { errors += 1 }
    }
    #expect(errors > 2000)
  }

  // MARK: Limits

  /// A field of two bytes, the messages around it from the inside, and what there are too many of.
  struct Flood: Sendable {
    var tag: UInt8
    var wrapped: [Int]
    var what: String
  }

  /// A field over and over, an empty string or message or the number 0.
  private static func bytes(of flood: Flood, count: Int) -> [UInt8] {
    var message = ONNXBytes.Message()
    message.bytes = [UInt8](repeating: 0, count: 2 * count)
    for i in 0..<count { message.bytes[2 * i] = flood.tag }
    for number in flood.wrapped {
      let inner = message
      message = O.message { $0.add(number, inner) }
    }
    return message.bytes
  }

  private static let floods = [
    Flood(tag: 0x0A, wrapped: [7], what: "nodes"),
    Flood(tag: 0x2A, wrapped: [7], what: "initializers"),
    Flood(tag: 0x5A, wrapped: [7], what: "messages"),  // inputs of the graph
    Flood(tag: 0x2A, wrapped: [1, 7], what: "messages"),  // attributes of a node
    Flood(tag: 0x0A, wrapped: [1, 7], what: "fields"),  // inputs of a node
    Flood(tag: 0x08, wrapped: [5, 7], what: "fields"),  // dimensions of a tensor
    Flood(tag: 0x42, wrapped: [], what: "messages"),  // operator sets
  ]

  @Test(
    "millions of empty messages are refused before they are decoded",
    arguments: floods
  )
  func refuses(_ flood: Flood) {
    let bytes = Self.bytes(of: flood, count: 5_000_000)
    let clock = ContinuousClock()
    var text = ""
    let time = clock.measure { text = message { _ = try ONNXImporter().model(from: bytes) } }
    #expect(text.contains("at most"))
    #expect(text.contains(flood.what))
    #expect(time < .seconds(2), "\(time)")
  }

  @Test("fields that Squeeze does not read may be of any number and depth")
  func unknownFields() throws {
    var deep = ONNXBytes.Message()
    for _ in 0..<2000 {
      let inner = deep
      deep = O.message { $0.add(6, inner) }
    }
    let values: [Float] = [1, 2, 3]
    let model = O.message { model in
      model.add(8, O.message { $0.add(2, 13) })
      model.add(20, deep)
      model.add(
        7,
        O.message { graph in
          graph.add(13, deep)
          graph.add(5, O.floats("a", [3], values))
          graph.add(12, O.message { $0.add(1, "a") })
        }
      )
    }
    let read = try ONNXImporter().model(from: model.bytes)
    #expect(try #require(read.parameters["a.value"]).decoded().scalars == values)
  }

  @Test("groups, field 0 and lengths beyond the message are refused")
  func malformed() {
    for bytes: [UInt8] in [
      [7 << 3 | 3, 7 << 3 | 4], [2, 0], [7 << 3 | 2, 5, 0], [7 << 3 | 2, 0x80],
      [7 << 3 | 2, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01],
      [7 << 3 | 2, 2, 5 << 3 | 2, 1], [8 << 3 | 1, 0, 0], [1 << 3 | 5, 0],
      [UInt8](repeating: 0xFF, count: 30),
    ] {
      #expect(throws: FormatError.self) { try ONNXImporter().model(from: bytes) }
    }
  }
}
