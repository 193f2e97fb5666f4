import SqueezeFormats
import SqueezeGraph
import SqueezeOperators
import SqueezeParameters
import SqueezeTensor
import SqueezeTestSupport
import Testing

@Suite("Deep Compression .net")
struct DeepCompressionNetTests {
  private static let structure = Model(
    inputs: [ModelInput("x", [1, 2, 4, 4])],
    outputs: ["y"],
    nodes: [
      Node("conv", Convolution(outputChannels: 3, window: SlidingWindow(3)), inputs: ["x"]),
      Node("relu", ReLU(), inputs: ["conv"]),
      Node(
        "head",
        Convolution(outputChannels: 2, window: SlidingWindow(2)),
        inputs: ["relu"],
        outputs: ["y"]
      ),
    ]
  )

  /// A layer's entries as code and gap.
  private typealias Entries = [(code: UInt8, gap: UInt8)]

  private static let first: Entries = [(7, 0), (0, 15), (9, 2), (255, 15)]
  private static let second: Entries = [(1, 3), (2, 0), (3, 1)]
  private static let valid = file([first, second], outputs: [3, 2])

  private static func file(_ layers: [Entries], outputs: [Int], zero: Float = 0) -> [UInt8] {
    var bytes = layers.flatMap { ONNXBytes.bytes(of: UInt32($0.count)) }
    for (layer, outputs) in zip(layers, outputs) {
      let centroids = [zero] + (1..<256).map { Float($0) * 0.5 - 60 }
      let biases = (0..<outputs).map { Float($0) + 0.25 }
      bytes += (centroids + biases).flatMap { ONNXBytes.bytes(of: $0.bitPattern) }
      bytes += layer.map(\.code)
      for pair in stride(from: 0, to: layer.count, by: 2) {
        let high = pair + 1 < layer.count ? layer[pair + 1].gap : 0
        bytes.append(layer[pair].gap | high << 4)
      }
    }
    return bytes
  }

  @Test("entries stand where their gaps say")
  func positions() throws {
    let model = try DeepCompressionNet().model(from: Self.valid, structure: Self.structure)
    let weight = try #require(model.parameters["conv.weight"] as? MaskedCodebook)
    var expected = [Float](repeating: 0, count: 54)
    expected[0] = 7 * 0.5 - 60
    expected[19] = 9 * 0.5 - 60
    expected[35] = 255 * 0.5 - 60
    #expect(weight.decoded().scalars == expected)
    #expect(weight.shape == [3, 2, 3, 3])
    #expect(model.parameters["conv.bias"]?.decoded().scalars == [0.25, 1.25, 2.25])
    let head = model.parameters["head.weight"]?.decoded().scalars
    #expect(head?[3] == 1 * 0.5 - 60)
    #expect(head?[6] == 3 * 0.5 - 60)
    #expect(try model.infer().values["y"]?.shape == [1, 2, 1, 1])
  }

  @Test("errors name layer and position")
  func errors() {
    func text(_ bytes: [UInt8]) -> String {
      message { _ = try DeepCompressionNet().model(from: bytes, structure: Self.structure) }
    }
    let far: Entries = [(1, 15), (1, 15), (1, 15), (1, 15)]
    #expect(
      text(Self.file([far, Self.second], outputs: [3, 2]))
        == "layer \"conv\", entry 3: expected a position below 54, got 63"
    )
    #expect(
      text(Self.valid + [0]) == "end: expected no bytes after the last layer, got 1 more"
    )
    #expect(
      text(Self.valid.dropLast())
        == "layer \"head\", gaps: expected 2 bytes from position \(Self.valid.count - 2), got 1"
    )
    #expect(
      text([1, 2]) == "layer \"conv\", number of entries: expected 4 bytes from position 0, got 2"
    )
    #expect(
      text(Self.file([Self.first, Self.second], outputs: [3, 2], zero: 1))
        == "layer \"conv\", centroid 0: expected 0, got 1.0"
    )
  }

  @Test("a network with other parameters is no structure")
  func structure() {
    var structure = Self.structure
    structure.nodes[0].op = Convolution(outputChannels: 3, window: SlidingWindow(3), hasBias: false)
    #expect(
      message { _ = try DeepCompressionNet().model(from: Self.valid, structure: structure) }
        == "structure, node \"conv\": expected a convolution or fully connected layer with a bias, got Convolution"
    )
  }

  @Test("10,000 damaged files give a model or an error")
  func fuzz() {
    var errors = 0
    for mutation in Mutations(of: Self.valid, count: 10_000) {
      do throws(FormatError) {
        _ = try DeepCompressionNet().model(from: mutation, structure: Self.structure)
      } catch {
        errors += 1
      }
    }
    #expect(errors > 2000)
  }
}
