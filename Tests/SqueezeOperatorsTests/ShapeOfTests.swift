import SqueezeGraph
import SqueezeOperators
import SqueezeTensor
import Testing

@Suite struct ShapeOfTests {
  @Test(
    "gives the sizes of some axes",
    arguments: [
      (ShapeOf(), [2, 3, 4]), (ShapeOf(start: -2), [3, 4]), (ShapeOf(start: 1, end: -1), [3]),
      (ShapeOf(start: .min, end: .max), [2, 3, 4]), (ShapeOf(start: 2, end: 1), []),
    ]
  )
  func sizes(_ op: ShapeOf, _ expected: [Int]) throws {
    #expect(try op(ramp([2, 3, 4]))[0] == Tensor([expected.count], integers: expected))
  }

  @Test func readsStartAndEnd() throws {
    let x = NodeCase.Input.value(ramp([2, 3]))
    #expect(try NodeCase("Shape", opset: 9, [x]).run() == [list(2, 3)])
    let part = NodeCase("Shape", opset: 15, [x], ["start": .int(-1)])
    #expect(try part.op() as? ShapeOf == ShapeOf(start: -1))
  }
}
