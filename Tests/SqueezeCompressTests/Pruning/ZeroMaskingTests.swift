import SqueezeCompress
import SqueezeGraph
import SqueezeParameters
import SqueezeTensor
import Testing

@Suite struct ZeroMaskingTests {
  @Test("Zeros of dense weights become masks, and nothing else changes")
  func masks() throws {
    var model = try PruningNetworks.layers()
    var weight = try #require(model.parameters["a.weight"]).decoded()
    for i in stride(from: 0, to: 120, by: 3) { weight.scalars[i] = i % 2 == 0 ? 0 : -0.0 }
    model.parameters["a.weight"] = Dense(weight)
    let masked = try ZeroMasking().apply(to: model)
    let encoding = try #require(masked.parameters["a.weight"] as? Masked)
    #expect(encoding.mask == (0..<120).map { $0 % 3 != 0 })
    #expect(encoding.decoded() == weight)
    #expect(masked.parameters["b.weight"] is Dense)
    #expect(throws: PruningError.self) { try ZeroMasking(keys: ["z"]).apply(to: model) }
  }
}
