import SqueezeTensor
import Testing

@Suite struct TensorTests {
  @Test func realsAndIntegersAreKeptApart() {
    let real = Tensor([2, 2], [1, 2, 3, 4], type: .float16)
    #expect(real.integers.isEmpty)
    #expect(real.spec == TensorSpec([2, 2], .float16))
    #expect(real.reals == [1, 2, 3, 4])
    let whole = Tensor([3], integers: [-1, 0, 7], type: .int8)
    #expect(whole.scalars.isEmpty)
    #expect(whole.count == 3)
    #expect(whole.reals == [-1, 0, 7])
    #expect(Tensor(zeros: [2, 3]).scalars == [Float](repeating: 0, count: 6))
    #expect(Tensor(zeros: [2], type: .bool).integers == [0, 0])
  }

  @Test func reshapingKeepsElementsAndType() {
    let real = Tensor([2, 3], [1, 2, 3, 4, 5, 6], type: .float64).reshaped([3, 2])
    #expect(real == Tensor([3, 2], [1, 2, 3, 4, 5, 6], type: .float64))
    let whole = Tensor([2], integers: [1, 2], type: .uint8).reshaped([1, 2, 1])
    #expect(whole == Tensor([1, 2, 1], integers: [1, 2], type: .uint8))
  }

  @Test func bitIdentityIsStricterThanEquality() {
    let a = Tensor([2], [.nan, 0])
    let b = Tensor([2], [.nan, 0])
    #expect(a.isBitIdentical(to: b))
    #expect(a != b)
    #expect(Tensor([1], [0]) == Tensor([1], [-0.0]))
    #expect(!Tensor([1], [0]).isBitIdentical(to: Tensor([1], [-0.0])))
    #expect(!Tensor([2], [0, 0]).isBitIdentical(to: Tensor([1, 2], [0, 0])))
    #expect(!Tensor([1], [0]).isBitIdentical(to: Tensor([1], [0], type: .float16)))
    let whole = Tensor([2], integers: [1, 2])
    #expect(whole.isBitIdentical(to: whole))
    #expect(!whole.isBitIdentical(to: Tensor([2], integers: [1, 3])))
  }

  @Test func specsKnowTheirBytes() {
    let spec = TensorSpec([1, 3, 5], .float16)
    #expect(spec.byteCount == 30)
    #expect(spec.description == "float16 [1, 3, 5]")
    #expect(TensorSpec([]).byteCount == 4)
  }
}
