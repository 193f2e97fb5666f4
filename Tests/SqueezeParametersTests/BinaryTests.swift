import SqueezeParameters
import SqueezeTensor
import Testing

@Suite struct BinaryTests {
  @Test func scalesEachChannelByItsMeanMagnitude() {  // XNOR-Net, equation 6
    let binary = Binary(Tensor([2, 2], [1, -3, 0.5, 0.25]))
    #expect(binary.free == [2, 0.375])
    #expect(binary.decoded() == Tensor([2, 2], [2, -2, 0.375, 0.375]))
    #expect(binary.storedBits == 2 * 32 + 4)
  }
}
