import SqueezeGraph
import SqueezeOperators
import SqueezeTensor
import Testing

@Suite struct FlattenTests {
  @Test(
    "splits the axes in two",
    arguments: [(0, [1, 24]), (1, [2, 12]), (3, [24, 1]), (-1, [6, 4])]
  )
  func splitsTheAxes(_ axis: Int, _ expected: [Int]) throws {
    #expect(try Flatten(axis: axis)(ramp([2, 3, 4]))[0] == ramp(Shape(expected)))
  }

  @Test func refusesAxesBeyondTheRank() {
    #expect(
      Flatten(axis: 4).refusal(TensorSpec([2, 3, 4]))
        == "Flatten: expected an axis in -3...3, got 4"
    )
    #expect(Flatten(axis: .min).refusal(TensorSpec([2])) != nil)
    #expect(Flatten().refusal(TensorSpec([0, 1 << 62, 1 << 62])) != nil)
  }

  @Test func readsItsAxis() throws {
    let x = NodeCase.Input.value(ramp([2, 3, 4]))
    #expect(try NodeCase("Flatten", opset: 7, [x]).op() as? Flatten == Flatten(axis: 1))
    #expect(try NodeCase("Flatten", [x], ["axis": .int(-1)]).op() as? Flatten == Flatten(axis: 2))
    #expect(try NodeCase("Flatten", [x], ["axis": .int(0)]).op() as? Flatten == Flatten(axis: 0))
  }
}
