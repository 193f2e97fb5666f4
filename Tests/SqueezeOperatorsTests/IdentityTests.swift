import SqueezeGraph
import SqueezeOperators
import SqueezeTensor
import Testing

@Suite struct IdentityTests {
  @Test func givesItsInputBack() throws {
    #expect(try Identity()(list(4, -5))[0] == list(4, -5))
    #expect(try NodeCase("Identity", opset: 1, [.value(ramp([3]))]).run() == [ramp([3])])
  }
}
