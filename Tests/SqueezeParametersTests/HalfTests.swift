import SqueezeParameters
import SqueezeTensor
import Testing

@Suite struct HalfTests {
  @Test(arguments: [Half.Format.float16, .bfloat16])
  func gradientsPassStraightThroughTheRounding(_ format: Half.Format) {
    let half = Half(Samples.random([2, 3]), format: format)
    let gradient = Tensor([2, 3], [0.1, 1e-9, -3, 4.7, 1e9, 0])
    #expect(half.pullback(gradient) == gradient.scalars)
  }
}
