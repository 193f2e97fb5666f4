import SqueezeParameters
import SqueezeTensor
import Testing

@Suite struct DenseTests {
  @Test func fewValuesBecomeACodebookBitForBit() throws {
    let zeros = Dense(Tensor([2, 3], [0.5, 0, -1, 0.5, -0.0, 0]))
    let masked = try #require(zeros.asCodebook(maximum: 3) as? MaskedCodebook)
    #expect(masked.free.count == 3)
    #expect(masked.decoded().isBitIdentical(to: zeros.decoded()))
    let restored = try MaskedCodebook(stored: masked.stored)
    #expect(restored.decoded().isBitIdentical(to: zeros.decoded()))
    let full = Dense(Tensor([4], [2, 3, 2, .nan]))
    let codebook = try #require(full.asCodebook(maximum: 8) as? Codebook)
    #expect(codebook.decoded().isBitIdentical(to: full.decoded()))
  }

  @Test func manyValuesStayDense() {
    #expect(Dense(Samples.random([50])).asCodebook(maximum: 20) == nil)
  }
}
