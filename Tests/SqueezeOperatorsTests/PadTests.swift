import SqueezeGraph
import SqueezeOperators
import SqueezeTensor
import Testing

@Suite struct PadTests {
  @Test func surroundsWithAConstant() throws {
    let y = try Pad(begin: [1, 0], end: [0, 2], value: 9)(ramp([1, 2]))
    #expect(y == [Tensor([2, 4], [9, 9, 9, 9, 0, 1, 9, 9])])
  }

  @Test func mirrorsAndRepeatsEdges() throws {
    #expect(
      try Pad(begin: [2], end: [1], mode: .reflect)(ramp([3]))[0]
        == Tensor([6], [2, 1, 0, 1, 2, 1])
    )
    #expect(
      try Pad(begin: [2], end: [1], mode: .edge)(list(5, 6, 7))[0] == list(5, 5, 5, 6, 7, 7)
    )
  }

  @Test func negativePaddingCuts() throws {
    #expect(try Pad(begin: [-1], end: [1], value: 4)(ramp([3]))[0] == Tensor([3], [1, 2, 4]))
    #expect(try Pad(begin: [-2], end: [-1])(ramp([3]))[0].shape == [0])
  }

  @Test func refusesWhatDoesNotFit() {
    let x = TensorSpec([3])
    #expect(
      Pad(begin: [1, 1], end: [0]).refusal(x)
        == "Pad: expected 1 paddings before and after, got 2 and 1"
    )
    #expect(
      Pad(begin: [3], end: [0], mode: .reflect).refusal(x)
        == "Pad: expected reflect padding in 0...2 for size 3, got 3 and 0"
    )
    #expect(
      Pad(begin: [-2], end: [-2]).refusal(x) == "Pad: expected padding for size 3, got -2 and -2"
    )
    #expect(Pad(begin: [.max], end: [.max]).refusal(x) != nil)
    #expect(Pad(begin: [.min], end: [0]).refusal(x) != nil)
    #expect(Pad(begin: [1], end: [0], mode: .edge).refusal(TensorSpec([0])) != nil)
    #expect(
      Pad(begin: [1], end: [0], value: 0.5).refusal(TensorSpec([3], .int32))
        == "Pad: expected a value of type int32, got 0.5"
    )
  }

  @Test func readsAttributesInputsAndAxes() throws {
    let x = NodeCase.Input.value(ramp([2, 3]))
    let expected = Pad(begin: [0, 1], end: [0, 2], value: 3)
    let old = NodeCase("Pad", opset: 2, [x], ["pads": .ints([0, 1, 0, 2]), "value": .float(3)])
    #expect(try old.op() as? Pad == expected)
    let value = NodeCase.Input.constant(Tensor([], [3]))
    let new = NodeCase("Pad", opset: 11, [x, .constant(list(0, 1, 0, 2)), value])
    #expect(try new.op() as? Pad == expected)
    let pads = NodeCase.Input.constant(list(1, 2))
    let axes = NodeCase("Pad", opset: 18, [x, pads, value, .constant(list(-1))])
    #expect(try axes.op() as? Pad == expected)
    let wrap = NodeCase("Pad", opset: 19, [x, pads], ["mode": .string("wrap")])
    #expect(
      throws: ONNXError.unsupported(node: "node", type: "Pad", reason: "mode wrap")
    ) { try wrap.read() }
  }
}
