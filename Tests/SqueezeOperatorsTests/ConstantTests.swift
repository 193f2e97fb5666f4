import SqueezeGraph
import SqueezeOperators
import SqueezeTensor
import Testing

@Suite struct ConstantTests {

  @Test func readsEveryKindOfValue() throws {
    let values: [(String, ONNXAttribute, Tensor)] = [
      ("value", .tensor(ramp([2])), ramp([2])),
      ("value_int", .int(3), Tensor([], integers: [3])),
      ("value_ints", .ints([3, 4]), list(3, 4)),
      ("value_float", .float(0.5), Tensor([], [0.5])),
      ("value_floats", .floats([0.5, 1]), Tensor([2], [0.5, 1])),
    ]
    for (key, attribute, expected) in values {
      #expect(try NodeCase("Constant", [], [key: attribute]).run() == [expected], "\(key)")
    }
    let text = NodeCase("Constant", [], ["value_string": .string("x")])
    #expect(text.refusal()?.contains("a value that is no number is not supported") == true)
  }

  @Test func realsAreTrainedAndIntegersAreNot() throws {
    #expect(try Constant(TensorSpec([2])).parameters(for: [])[0].kind == .trained)
    #expect(try Constant(TensorSpec([2], .int64)).parameters(for: [])[0].kind == .constant)
  }
}
