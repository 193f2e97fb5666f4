import SqueezeGraph
import SqueezeOperators
import SqueezeTensor
import Testing

@Suite struct CastTests {
  @Test func realsLoseTheirFraction() throws {
    let x = Tensor([6], [1.9, -1.9, 300, -300, .nan, .infinity])
    #expect(try Cast(.uint8)(x)[0].integers == [1, 0, 255, 0, 0, 255])
    #expect(try Cast(.int64)(x)[0].integers == [1, -1, 300, -300, 0, .max])
    #expect(try Cast(.bool)(x)[0].integers == [1, 1, 1, 1, 1, 1])
  }

  @Test func integersWrap() throws {
    #expect(try Cast(.int8)(list(127, 128, 256, -129))[0].integers == [127, -128, 0, 127])
    #expect(try Cast(.bool)(list(0, 5))[0].integers == [0, 1])
    #expect(try Cast(.float32)(list(-3))[0] == Tensor([1], [-3]))
  }

  @Test func halvesRound() throws {
    let y = try Cast(.float16)(Tensor([2], [1.0009765, 70000]))[0]
    #expect(y == Tensor([2], [1.0009766, .infinity], type: .float16))
  }

  @Test func readsCodesAndNames() throws {
    let x = NodeCase.Input.value(ramp([2]))
    #expect(try NodeCase("Cast", [x], ["to": .int(7)]).op() as? Cast == Cast(.int64))
    #expect(try NodeCase("Cast", [x], ["to": .int(10)]).op() as? Cast == Cast(.float32))
    let old = try NodeCase("Cast", opset: 1, [x], ["to": .string("DOUBLE")]).op()
    #expect(old as? Cast == Cast(.float32))
    #expect(throws: ONNXError.self) { try NodeCase("Cast", [x], ["to": .int(8)]).read() }
  }
}
