import SqueezeGraph
import SqueezeOperators
import SqueezeTensor
import Testing

@Suite struct ReduceTests {
  @Test(
    "reduces rows",
    arguments: [
      // of 1 −2 3 and 4 0 5
      (Reduce.Kind.mean, [2.0 / 3, 3]), (.sum, [2, 9]), (.maximum, [3, 5]), (.minimum, [-2, 0]),
      (.product, [-6, 0]), (.l2, [3.741657, 6.403124]),
    ]
  )
  func reducesRows(_ kind: Reduce.Kind, _ expected: [Float]) throws {
    let x = Tensor([2, 3], [1, -2, 3, 4, 0, 5])
    let y = try Reduce(kind, axes: [-1])(x)[0]
    #expect(Tolerance.standard(for: .float32).accepts(y, expected: Tensor([2, 1], expected)))
    #expect(try Reduce(kind, axes: [1], keepsAxes: false)(x)[0].shape == [2])
    #expect(try Reduce(kind, keepsAxes: false)(x)[0].shape == [])
  }

  @Test func reducesAxesApart() throws {
    let y = try Reduce(.sum, axes: [0, 2], keepsAxes: false)(ramp([2, 2, 2]))[0]
    #expect(y == Tensor([2], [0 + 1 + 4 + 5, 2 + 3 + 6 + 7]))
  }

  @Test func integersStayIntegers() throws {
    #expect(try Reduce(.product, keepsAxes: false)(list(2, 3, 7))[0] == Tensor([], integers: [42]))
    #expect(try Reduce(.maximum)(list(2, -3))[0] == list(2))
    let bytes = Tensor([2], integers: [100, 100], type: .int8)
    #expect(try Reduce(.sum)(bytes)[0].integers == [-56])
    #expect(
      Reduce(.mean).refusal(TensorSpec([2], .int64))
        == "Reduce: expected a real input for mean, got int64 [2]"
    )
  }

  @Test func nothingReducesToTheNeutralElement() throws {
    let empty = Tensor(zeros: [2, 0])
    #expect(try Reduce(.sum, axes: [1])(empty)[0] == Tensor([2, 1], [0, 0]))
    #expect(try Reduce(.maximum, axes: [1])(empty)[0].scalars == [-.infinity, -.infinity])
    #expect(try Reduce(.mean, axes: [1])(empty)[0].scalars.allSatisfy(\.isNaN))
    #expect(try Reduce(.product)(Tensor([0], integers: []))[0] == list(1))
  }

  @Test func aMillionHundredthsAddUp() throws {
    let x = Tensor([1 << 20], [Float](repeating: 0.01, count: 1 << 20))
    #expect(abs(try Reduce(.mean)(x)[0].scalars[0] - 0.01) < 1e-8)
  }

  @Test func readsAttributesInputsAndNoOps() throws {
    let x = NodeCase.Input.value(ramp([2, 3, 4]))
    let old = NodeCase("ReduceMean", opset: 11, [x], ["axes": .ints([-1]), "keepdims": .int(0)])
    #expect(try old.op() as? Reduce == Reduce(.mean, axes: [2], keepsAxes: false))
    let new = NodeCase("ReduceSum", opset: 13, [x, .constant(list(1, -1))])
    #expect(try new.op() as? Reduce == Reduce(.sum, axes: [1, 2]))
    #expect(try NodeCase("ReduceMax", [x]).op() as? Reduce == Reduce(.maximum, axes: [0, 1, 2]))
    let none = NodeCase("ReduceProd", opset: 18, [x], ["noop_with_empty_axes": .int(1)])
    #expect(try none.op() is Identity)
    #expect(Reduce(.sum, axes: [1, 1]).refusal(TensorSpec([2, 3])) != nil)
  }

  @Test("the gradient of a product with zeros, and of equal maxima and zero norms")
  func awkwardGradients() throws {
    func gradient(_ kind: Reduce.Kind, _ x: [Float]) throws -> [Float]? {
      let (op, x) = (Reduce(kind), Tensor([x.count], x))
      let y = try op.forward([x], parameters: [])
      let pass = BackwardPass(inputs: [x], outputs: y, gradients: [Tensor([1], [2])])
      return try op.backward(pass).inputs[0]?.scalars
    }
    #expect(try gradient(.product, [3, 0, 4]) == [0, 24, 0])
    #expect(try gradient(.product, [0, 0, 4]) == [0, 0, 0])
    #expect(try gradient(.maximum, [1, 5, 5]) == [0, 2, 0])
    #expect(try gradient(.minimum, [5, 1, 1]) == [0, 2, 0])
    #expect(try gradient(.l2, [0, 0]) == [0, 0])
  }
}
