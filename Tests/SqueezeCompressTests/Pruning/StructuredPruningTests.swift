import Foundation
import SqueezeCompress
import SqueezeGraph
import SqueezeOperators
import SqueezeParameters
import SqueezeTensor
import Testing

@Suite struct StructuredPruningTests {
  /// A convolution with a batch normalization, a second convolution, and a head.
  private static func network() throws -> Model {
    var model = try PruningNetworks.filled(
      Model(
        inputs: [ModelInput("x", [.named("N"), .fixed(3), .fixed(6), .fixed(6)])],
        outputs: ["fc"],
        nodes: [
          Node("a", Convolution(outputChannels: 16, window: SlidingWindow(3)), inputs: ["x"]),
          Node("norm", BatchNormalization(), inputs: ["a"]),
          Node("relu", ReLU(), inputs: ["norm"]),
          Node("b", Convolution(outputChannels: 16, window: SlidingWindow(3)), inputs: ["relu"]),
          Node("flat", Flatten(), inputs: ["b"]),
          Node("fc", FullyConnected(outputFeatures: 4), inputs: ["flat"]),
        ]
      ),
      seed: 2
    )
    model.inputs = [ModelInput("x", [.named("N"), .fixed(3), .fixed(6), .fixed(6)])]
    return model
  }

  /// The model with the weights of a layer multiplied channel by channel.
  private static func scaling(_ key: String, by factors: [Float], _ model: Model) throws -> Model {
    var model = model
    var tensor = try #require(model.parameters[key]).decoded()
    let inner = tensor.shape.rank > 1 ? tensor.shape.count(from: 1) : 1
    for i in tensor.scalars.indices { tensor.scalars[i] *= factors[i / inner] }
    model.parameters[key] = Dense(tensor)
    return model
  }

  private static let factors: [Float] = (0..<16).map { [5, 11].contains($0) ? 0.01 : 1 }

  @Test("Each importance finds the channels that matter least")
  func importance() throws {
    let small = try Self.scaling("a.weight", by: Self.factors, Self.network())
    for importance in [ChannelImportance.l1, .l2] {
      let method = StructuredPruning(.perGroup(["a": 0.125]), importance: importance)
      let report = try method.prune(small).report
      #expect(report.groups[0].removedChannels == ["a": [5, 11]])
    }
    let scaled = try Self.scaling("norm.scale", by: Self.factors, Self.network())
    let slimming = StructuredPruning(
      .uniform(0.125),
      importance: .batchNormalizationScale
    )
    let report = try slimming.prune(scaled).report
    #expect(report.groups[0].removedChannels == ["a": [5, 11]])
    #expect(report.groups[1].setsAfter == 16)
    #expect(report.groups[1].refusal == "no batch normalization to judge by")
    let taylor = StructuredPruning(
      .perGroup(["b": 0.125]),
      importance: .elements { key, weight in
        let inner = weight.shape.count(from: 1)
        return weight.scalars.indices.map { key == "b.weight" ? Self.factors[$0 / inner] : 1 }
      }
    )
    #expect(try taylor.prune(small).report.groups[1].removedChannels == ["b": [5, 11]])
  }

  @Test("Coupled importance counts the weights that read a channel too")
  func coupled() throws {
    var model = try Self.network()
    var reader = try #require(model.parameters["b.weight"]).decoded()
    for output in 0..<16 {
      for input in [5, 11] {
        for i in 0..<9 { reader.scalars[(output * 16 + input) * 9 + i] *= 0.001 }
      }
    }
    model.parameters["b.weight"] = Dense(reader)
    let method = StructuredPruning(.perGroup(["a": 0.125]), importance: .coupledL2)
    #expect(try method.prune(model).report.groups[0].removedChannels == ["a": [5, 11]])
  }

  @Test("Ratios by group, for all, and ranked over all")
  func amounts() throws {
    let model = try Self.network()
    let uniform = try StructuredPruning(.uniform(0.25)).prune(model).report
    #expect(uniform.groups.map(\.setsAfter) == [12, 12, 4])
    let single = try StructuredPruning(.perGroup(["b": 0.5])).prune(model).report
    #expect(single.groups.map(\.setsAfter) == [16, 8, 4])
    let global = try StructuredPruning(.global(0.25)).prune(model).report
    #expect(global.groups[0].setsAfter + global.groups[1].setsAfter == 24)
    // Importance is relative to the group: scaling a whole layer changes nothing.
    let halved = try Self.scaling("a.weight", by: .init(repeating: 0.01, count: 16), model)
    let again = try StructuredPruning(.global(0.25)).prune(halved).report
    #expect(again.groups.map(\.removedChannels) == global.groups.map(\.removedChannels))
    #expect(uniform.groups[0].ratio == 0.25)
    #expect(uniform.parametersAfter < uniform.parametersBefore)
    #expect(uniform.macsAfter == 9 * 3 * 12 * 16 + 9 * 12 * 12 * 4 + 12 * 16 + 12 * 4 * 4)
  }

  @Test("Multiples, least channels, largest ratio and frozen layers are kept")
  func limits() throws {
    let model = try Self.network()
    func after(_ method: StructuredPruning) throws -> [Int] {
      try method.prune(model).report.groups.map(\.setsAfter)
    }
    #expect(try after(StructuredPruning(.uniform(0.4), multiple: 8)) == [8, 8, 4])
    #expect(try after(StructuredPruning(.uniform(0.2), multiple: 8)) == [16, 16, 4])
    #expect(try after(StructuredPruning(.uniform(1), multiple: 4)) == [4, 4, 4])
    #expect(try after(StructuredPruning(.uniform(1), minimumChannels: 6)) == [6, 6, 4])
    #expect(try after(StructuredPruning(.uniform(1), maximumRatio: 0.25)) == [12, 12, 4])
    #expect(try after(StructuredPruning(.uniform(0.5), frozen: ["a"])) == [16, 8, 4])
    let report = try StructuredPruning(.uniform(0.5), frozen: ["a"]).prune(model).report
    #expect(report.groups.map(\.refusal) == ["frozen", nil, "an output of the model"])
  }

  @Test("Encodings and masks keep what they are")
  func encodings() throws {
    var model = try Self.network()
    let shape: Shape = [16, 16, 3, 3]
    let mask = (0..<shape.count).map { $0 % 3 != 0 }
    var random = SeededGenerator(seed: 5)
    let tensor = random.tensor(TensorSpec(shape))
    let indices = (0..<shape.count).map { UInt16($0 % 4) }
    let integers = (0..<shape.count).map { Int32($0 % 15) - 7 }
    let scales = (0..<16).map { Float($0 + 1) / 16 }
    let zeros = [Int32](repeating: 0, count: 16)
    let encodings: [any ParameterEncoding] = [
      Dense(tensor), Half(tensor), Half(tensor, format: .bfloat16), Masked(tensor, mask: mask),
      Codebook(shape: shape, indices: indices, centroids: [-1, 0.5, 1, 2]),
      MaskedCodebook(shape: shape, indices: indices, centroids: [-1, 1, 2]),
      UniformInteger(shape: shape, integers: integers, scales: [0.25], zeroPoints: [0], bits: 4),
      UniformInteger(
        shape: shape,
        integers: integers,
        scales: scales,
        zeroPoints: zeros,
        bits: 4,
        axis: 0
      ),
      UniformInteger(
        shape: shape,
        integers: integers,
        scales: scales,
        zeroPoints: zeros,
        bits: 4,
        axis: 1
      ),
      Binary(tensor),
      StraightThroughInteger(tensor, scales: scales, zeroPoints: zeros, bits: 4, axis: 0),
    ]
    let key = "b.weight"
    for encoding in encodings {
      model.parameters[key] = encoding
      let dense = Dense(encoding.decoded())
      var plain = model
      plain.parameters[key] = dense
      let method = StructuredPruning(
        .uniform(0.25),
        importance: Silencing.randomImportance(seed: 3)
      )
      let small = try #require(try method.apply(to: model).parameters[key])
      let expected = try #require(try method.apply(to: plain).parameters[key])
      #expect(type(of: small) == type(of: encoding))
      #expect(small.shape == [12, 12, 3, 3])
      #expect(small.decoded() == expected.decoded(), "\(type(of: encoding).name)")
      if let masked = small as? Masked {
        #expect(masked.mask.count { !$0 } > 0)
        #expect(zip(masked.mask, masked.decoded().scalars).allSatisfy { $0 || $1 == 0 })
      }
    }
  }

  @Test("A report survives JSON")
  func report() throws {
    let report = try StructuredPruning(.uniform(0.25)).prune(Self.network()).report
    #expect(report.groups.map(\.name) == ["a", "b", "fc"])
    #expect(report.groups.map(\.consumers) == [["b"], ["fc"], []])
    let data = try JSONEncoder().encode(report)
    #expect(try JSONDecoder().decode(StructuredPruningReport.self, from: data) == report)
  }

  @Test("Settings that make no sense are refused")
  func refuses() throws {
    let model = try Self.network()
    let wrong = [
      StructuredPruning(.uniform(1.5)), StructuredPruning(.global(-0.1)),
      StructuredPruning(.perGroup(["flat": 0.5])), StructuredPruning(.perGroup(["a": .nan])),
      StructuredPruning(.uniform(0.5), multiple: 0),
      StructuredPruning(.uniform(0.5), minimumChannels: 0),
      StructuredPruning(.uniform(0.5), maximumRatio: 2),
      StructuredPruning(.uniform(0.5), frozen: ["norm"]), StructuredPruning(.macs(keeping: 0.01)),
      StructuredPruning(.uniform(0.5), importance: .custom { _, _ in .nan }),
      StructuredPruning(.uniform(0.5), importance: .elements { _, _ in [] }),
    ]
    for method in wrong {
      #expect(throws: PruningError.self) { try method.prune(model) }
    }
  }
}
