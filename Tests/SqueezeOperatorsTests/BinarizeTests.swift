import SqueezeGraph
import SqueezeOperators
import SqueezeTensor
import Testing

@Suite struct BinarizeTests {
  @Test func everyNumberBecomesOneOfTwo() throws {
    let x = Tensor([7], [-2, -0.0, 0, 1e-30, -1e-30, 3, .nan])
    #expect(try Binarize()(x)[0].scalars == [-1, 1, 1, 1, -1, 1, -1])
  }

  /// XNOR-Net, §3.2: the gradient passes where |x| ≤ 1.
  @Test func gradientIsStraightThroughAndClipped() throws {
    let x = Tensor([6], [-3, -1, -0.5, 0, 1, 1.25])
    let y = try Binarize().forward([x], parameters: [])
    let gradients = try Binarize().backward(
      BackwardPass(
        inputs: [x],
        parameters: [],
        outputs: y,
        saved: [],
        gradients: [Tensor([6], [1, 2, 3, 4, 5, 6])]
      )
    )
    #expect(gradients.inputs[0]?.scalars == [0, 2, 3, 4, 5, 0])
  }

  @Test func refusesIntegers() {
    #expect(
      Binarize().refusal(TensorSpec([2], .int32))
        == "Binarize: expected a real input, got int32 [2]"
    )
  }
}
