import SqueezeParameters
import SqueezeTensor
import Testing

@Suite struct MaskedTests {
  @Test("Decoded, kept elements are the tensor's and the others exactly zero", arguments: 0..<12)
  func decodes(_ seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let tensor = random.tensor(TensorSpec([5, 3, 3]))
    let density = Float(seed) / 11
    let mask = tensor.scalars.map { _ in random.uniform() < density }
    let masked = Masked(tensor, mask: mask)
    let expected = zip(tensor.scalars, mask).map { $1 ? $0 : 0 }
    #expect(masked.decoded() == Tensor([5, 3, 3], expected))
    #expect(masked.free.count == mask.count { $0 })
    let gradient = random.tensor(TensorSpec([5, 3, 3]))
    #expect(masked.pullback(gradient) == zip(gradient.scalars, mask).filter(\.1).map(\.0))
  }

  @Test("Everything kept, nothing kept, nothing there")
  func extremes() {
    let tensor = Tensor([2, 2], [1, -2, 3, 4])
    #expect(Masked(tensor, mask: [true, true, true, true]).decoded() == tensor)
    let none = Masked(tensor, mask: [false, false, false, false])
    #expect(none.decoded().scalars == [0, 0, 0, 0])
    #expect(none.free.isEmpty && none.pullback(tensor).isEmpty && none.sparsity == 1)
    #expect(Masked(Tensor([0], []), mask: []).decoded().scalars.isEmpty)
  }

  @Test("An optimizer that changes what is free cannot reach a pruned element")
  func staysZero() {
    var masked = Masked(Tensor([4], [1, 2, 3, 4]), mask: [true, false, false, true])
    masked.free = masked.free.map { $0 - 10 }
    #expect(masked.decoded().scalars == [-9, 0, 0, -6])
  }
}
