import Foundation
import SqueezeEntropy
import SqueezeFormats
import SqueezeGraph
import SqueezeOperators
import SqueezeParameters
import SqueezeTensor
import SqueezeTestSupport
import Testing

@Suite("native container")
struct SQZTests {
  // MARK: Round trips

  @Test("a whole model comes back", arguments: SQZWriter.Coder.allCases)
  func roundTrip(_ coder: SQZWriter.Coder) throws {
    let model = smallModel()
    let bytes = try SQZWriter(coder: coder).bytes(of: model)
    let reader = try SQZReader(bytes: bytes)
    let read = try reader.model()
    #expect(ModelComparison(model, read).difference == nil)
    #expect(read.name == model.name)
    #expect(read.labels == model.labels)
    #expect(read.metadata == model.metadata)
    #expect(read.preprocessing == model.preprocessing)
    for (key, encoding) in model.parameters {
      #expect(read.parameters[key].map { type(of: $0).name } == type(of: encoding).name)
    }
    #expect(reader.entries.map(\.key).first == "conv1.weight")
    if coder != .standard {
      #expect(reader.entries.filter { $0.coder != nil }.allSatisfy { $0.coder == coder.rawValue })
    }
    let payloads = reader.entries.reduce(0) { $0 + $1.byteCount }
    #expect(reader.directoryByteCount + payloads == bytes.count)
    #expect(try SQZWriter(coder: coder).bytes(of: read) == bytes)
  }

  @Test("every encoding comes back with every coder", arguments: SQZWriter.Coder.allCases)
  func encodings(_ coder: SQZWriter.Coder) throws {
    for encoding in everyEncoding() {
      let bytes = try SQZWriter(coder: coder).bytes(of: model(of: encoding))
      let read = try #require(try SQZReader(bytes: bytes).model().parameters["value.value"])
      #expect(read.decoded().isBitIdentical(to: encoding.decoded()), "\(encoding)")
      #expect(read.stored == encoding.stored || encoding.decoded().reals.contains { $0.isNaN })
      #expect(type(of: read) == type(of: encoding))
    }
  }

  @Test("latent weights are left out, what they decode to comes back")
  func latentWeights() throws {
    var random = SeededGenerator(seed: 8)
    let tensor = random.tensor(TensorSpec([6, 40]))
    let latent: [any LatentEncoding] = [
      StraightThroughBinary(tensor),
      StraightThroughInteger(tensor, scales: [0.2], zeroPoints: [0], bits: 4),
    ]
    for encoding in latent {
      let bytes = try SQZWriter().bytes(of: model(of: encoding))
      let read = try #require(try SQZReader(bytes: bytes).model().parameters["value.value"])
      #expect(read.isEqual(to: encoding.rounded))
      #expect(read.decoded().isBitIdentical(to: encoding.decoded()))
      #expect(bytes.count < 240 * 2)
    }
  }

  @Test("every catalogue example comes back")
  func catalogue() throws {
    for problem in OperatorCatalog.problems(seeds: 0..<1) {
      let model = try problem.model()
      let read = try SQZReader(bytes: SQZWriter().bytes(of: model)).model()
      #expect(ModelComparison(model, read).difference == nil, "\(problem)")
    }
  }

  @Test("a parameter can be read by itself")
  func randomAccess() throws {
    let model = smallModel()
    var bytes = try SQZWriter().bytes(of: model)
    bytes[bytes.count - 1] ^= 1
    let reader = try SQZReader(bytes: bytes)
    let index = try #require(reader.entries.firstIndex { $0.key == "conv2.weight" })
    #expect(
      try reader.parameter(at: index).decoded() == model.parameters["conv2.weight"]?.decoded()
    )
    #expect(message { _ = try reader.model() }.hasPrefix("parameter \"fc.bias\": expected "))
  }

  @Test("open image sizes and infinite attributes survive")
  func awkward() throws {
    var model = Model(
      inputs: [ModelInput("x", [.named("N"), .fixed(1), .named("H"), .named("W")])],
      outputs: ["y"],
      nodes: [
        Node("y", Convolution(outputChannels: 1, window: SlidingWindow(3)), inputs: ["x"])
      ]
    )
    model.parameters["y.weight"] = Dense(Tensor(zeros: [1, 1, 3, 3]))
    model.parameters["y.bias"] = Dense(Tensor(zeros: [1]))
    model.nodes.append(
      Node("z", Pad(begin: [0, 0, 1, 1], end: [0, 0, 1, 1], value: -.infinity), inputs: ["y"])
    )
    model.outputs = ["z"]
    let read = try SQZReader(bytes: SQZWriter().bytes(of: model)).model()
    #expect(ModelComparison(model, read).difference == nil)
  }

  @Test("dense floats of few values take a codebook's place and come back dense")
  func fewValues() throws {
    var random = SeededGenerator(seed: 4)
    let levels: [Float] = [0, 0, 0, -0.75, 0.1, 0.3, -0.0]
    let scalars = (0..<16 * 64).map { _ in levels[Int.random(in: 0..<7, using: &random)] }
    var model = Model(
      inputs: [ModelInput("x", [1, 64])],
      outputs: ["y"],
      nodes: [
        Node("y", FullyConnected(outputFeatures: 16, hasBias: false), inputs: ["x"])
      ],
      parameters: ["y.weight": Dense(Tensor([16, 64], scalars))]
    )
    let bytes = try SQZWriter().bytes(of: model)
    #expect(bytes.count < 16 * 64 / 2)  // below 4 bits each, graph included; 32 as floats
    let read = try SQZReader(bytes: bytes).model()
    #expect(read.parameters["y.weight"] as? Dense != nil)
    #expect(ModelComparison(model, read).difference == nil)
    model.parameters["y.weight"] = Dense(random.tensor(TensorSpec([16, 64])))
    #expect(try SQZWriter().bytes(of: model).count > 16 * 64 * 3)
  }

  // MARK: The format stays

  @Test("the bytes of a small file are those of version 2")
  func golden() throws {
    var hashes: [String] = []
    for coder in SQZWriter.Coder.allCases {
      let bytes = try SQZWriter(coder: coder).bytes(of: smallModel())
      hashes.append("\(coder) \(bytes.count) \(String(Hash64.hash(bytes), radix: 16))")
    }
    #expect(hashes == Self.golden)
  }

  private static let golden = [
    "automatic 1020 1d4b8e7dcd9ffb9a", "mixing 1033 ea99e5c0523abc3a",
    "context 1027 811853b177c98e39", "rans 1138 22bcaf643c8340e5",
    "huffman 1084 17b56b55e623ece5", "raw 1020 1d4b8e7dcd9ffb9a",
  ]

  // MARK: Refusals

  @Test("another version, and what is no container, are refused")
  func version() throws {
    var bytes = try SQZWriter().bytes(of: smallModel())
    bytes[3] = 7
    #expect(message { _ = try SQZReader(bytes: bytes) } == "header: expected version 1 to 2, got 7")
    bytes[0] = 0
    #expect(
      message { _ = try SQZReader(bytes: bytes) }
        == "header: expected an SQZ container, got other bytes"
    )
    #expect(message { _ = try SQZReader(bytes: []) }.hasPrefix("header: "))
  }

  @Test("a damaged directory is found")
  func damagedDirectory() throws {
    let bytes = try SQZWriter().bytes(of: smallModel())
    let end = try SQZReader(bytes: bytes).directoryByteCount
    for position in 4..<end {
      var copy = bytes
      copy[position] ^= 0x10
      #expect(message { _ = try SQZReader(bytes: copy) }.hasPrefix("directory: "), "\(position)")
    }
  }

  @Test("a model without a parameter is not written")
  func missingParameter() {
    var model = smallModel()
    model.parameters["fc.bias"] = nil
    #expect(
      message { _ = try SQZWriter().bytes(of: model) }.contains("parameter \"fc.bias\"")
    )
  }
}
