import SqueezeGraph
import SqueezeOperators
import SqueezeTensor
import Testing

@Suite struct ConstantOfShapeTests {
  @Test func fillsAShape() throws {
    let value = Tensor([1], integers: [7])
    let problem = NodeCase("ConstantOfShape", [.constant(list(2, 2))], ["value": .tensor(value)])
    #expect(try problem.run() == [Tensor([2, 2], integers: [7, 7, 7, 7])])
    #expect(try NodeCase("ConstantOfShape", [.constant(list(3))]).run() == [Tensor(zeros: [3])])
    #expect(try NodeCase("ConstantOfShape", [.constant(list(0))]).run() == [Tensor(zeros: [0])])
  }

  @Test(
    "huge, negative and unknown shapes are unsupported",
    arguments: [
      NodeCase.Input.constant(list(1 << 40, 1 << 40)), .constant(list(-1)), .value(list(2)),
    ]
  )
  func refuses(_ shape: NodeCase.Input) {
    #expect(throws: ONNXError.self) { try NodeCase("ConstantOfShape", [shape]).read() }
  }

  @Test func countsUpAndDown() throws {
    func range(_ bounds: Tensor...) -> NodeCase { NodeCase("Range", bounds.map { .constant($0) }) }
    func number(_ value: Int) -> Tensor { Tensor([], integers: [value]) }
    #expect(try range(number(3), number(-4), number(-2)).run() == [list(3, 1, -1, -3)])
    #expect(try range(number(3), number(1), number(2)).run() == [Tensor([0], integers: [])])
    let reals = range(Tensor([], [0]), Tensor([], [1]), Tensor([], [0.25]))
    #expect(try reals.run() == [Tensor([4], [0, 0.25, 0.5, 0.75])])
    #expect(throws: ONNXError.self) { try range(number(0), number(1), number(0)).read() }
    #expect(throws: ONNXError.self) { try range(number(0), number(.max), number(1)).read() }
  }
}
