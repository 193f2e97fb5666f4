import SqueezeCompress
import SqueezeGraph
import SqueezeParameters
import SqueezeTensor
import Testing

@Suite struct RoundingRewriteTests {
  @Test(
    "16 bits are within half a unit in the last place",
    arguments: [Half.Format.float16, .bfloat16]
  )
  func half(_ format: Half.Format) throws {
    let model = try smallNetwork()
    let rounded = try HalfQuantization(format).apply(to: model)
    let share: Float = format == .float16 ? 0x1p-11 : 0x1p-8
    for (key, encoding) in model.parameters {
      let half = try #require(rounded.parameters[key] as? Half)
      #expect(half.format == format)
      for (a, b) in zip(half.decoded().scalars, encoding.decoded().scalars) {
        #expect(abs(a - b) <= share * max(abs(b), 0x1p-14))
      }
    }
    #expect(rounded.storedBits * 2 == model.storedBits)
  }

  @Test("masks and indices stay, what is free is rounded")
  func otherEncodings() throws {
    var model = try smallNetwork()
    let weight = try #require(model.parameters["b.weight"]?.decoded())
    let mask = weight.scalars.map { $0 > 0 }
    model.parameters["b.weight"] = Masked(weight, mask: mask)
    model = try CodebookQuantization(centroidCount: 5, keys: ["a.weight"]).apply(to: model)
    let rounded = try HalfQuantization().apply(to: model)
    #expect(rounded.parameters["b.weight"]?.keptElements == mask)
    let codebook = try #require(rounded.parameters["a.weight"] as? Codebook)
    for scalar in codebook.free + (rounded.parameters["b.weight"]?.free ?? []) {
      #expect(HalfPrecision.float(float16Bits: HalfPrecision.float16Bits(scalar)) == scalar)
    }
  }

  @Test("what 16 bits cannot hold is refused")
  func overflow() throws {
    var model = try smallNetwork()
    model.parameters["a.bias"] = Dense(Tensor([8], [Float](repeating: 1e5, count: 8)))
    #expect(throws: QuantizationError.self) { try HalfQuantization().apply(to: model) }
    _ = try HalfQuantization(.bfloat16).apply(to: model)
  }

  @Test("latent weights go, the function stays")
  func latent() throws {
    var model = try WeightQuantization(bits: 4, isTrainable: true, keys: ["a.weight"])
      .apply(to: smallNetwork())
    model = try BinaryQuantization(keys: ["b.weight"], isTrainable: true).apply(to: model)
    let finished = LatentWeightRemoval().apply(to: model)
    #expect(finished.parameters["a.weight"] is UniformInteger)
    #expect(finished.parameters["b.weight"] is Binary)
    for (key, encoding) in model.parameters {
      #expect(finished.parameters[key]?.decoded().isBitIdentical(to: encoding.decoded()) == true)
    }
  }

  @Test("signs cannot stand for pruned weights")
  func prunedBinary() throws {
    var model = try smallNetwork()
    let weight = try #require(model.parameters["b.weight"]?.decoded())
    model.parameters["b.weight"] = Masked(weight, mask: weight.scalars.map { $0 > 0 })
    #expect(throws: QuantizationError.self) { try BinaryQuantization().apply(to: model) }
  }
}
