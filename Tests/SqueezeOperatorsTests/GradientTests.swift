import SqueezeGraph
import SqueezeOperators
import SqueezeTensor
import SqueezeTestSupport
import Testing

@Suite struct GradientTests {
  @Test func onlyOperatorsThatGiveIntegersHaveNoGradient() {
    let without = OperatorCatalog.all.filter { !($0 is any Differentiable.Type) }.map { $0.name }
    #expect(without.sorted() == ["ArgReduce", "Comparison", "Logic", "LogicalNot", "ShapeOf"])
  }

  @Test(
    "gradients of the catalogue's examples agree with central differences",
    arguments: OperatorCatalog.problems(seeds: 1..<4)
  )
  func agreesOnExamples(_ problem: Problem) throws { try check(problem) }

  @Test(
    "gradients of random windows agree with central differences",
    arguments: Problem.randomWindows(seeds: 0..<40)
  )
  func agreesOnWindows(_ problem: Problem) throws { try check(problem) }

  private func check(_ problem: Problem) throws {
    guard let op = problem.op as? any Differentiable, !isStraightThrough(op) else { return }
    #expect(try GradientCheck().faults(op, problem.awayFromKinks()) == [])
  }

  /// Whether the gradient is that of another function on purpose, tested against its formula.
  private func isStraightThrough(_ op: any Operator) -> Bool {
    switch op {
    case is Binarize, is QuantizeLinear: true
    case let cast as Cast: cast.type != .float32
    default: false
    }
  }

  @Test(
    "a training program hands on an operator's own gradients",
    arguments: OperatorCatalog.problems(seeds: 1..<2)
  )
  func programsAgree(_ problem: Problem) throws {
    guard let op = problem.op as? any Differentiable else { return }
    let problem = problem.awayFromKinks()
    let model = try problem.trainingModel()
    let steps = try TrainingSteps(
      of: ReferenceTrainingRuntime(),
      on: model,
      inputs: problem.namedInputs
    )
    let context = TrainingContext(seed: 1).at(node: model.nodes.count - 1)
    let pass = try op.trainingForward(
      problem.inputs,
      parameters: problem.parameters,
      context: context
    )
    guard pass.outputs.allSatisfy({ $0.type.isReal }) else { return }
    var random = SeededGenerator(seed: 32)
    let gradients = try op.backward(
      BackwardPass(
        inputs: problem.inputs,
        parameters: problem.parameters,
        outputs: pass.outputs,
        saved: pass.saved,
        gradients: pass.outputs.map { random.tensor(TensorSpec($0.shape)) }
      )
    )
    for (index, output) in pass.outputs.enumerated() {
      #expect(steps.tensors["1.y\(index)"] == output)
    }
    for (index, gradient) in gradients.inputs.enumerated() where problem.inputs[index].type.isReal {
      #expect(steps.tensors["1.gradient of shift\(index).value"] == gradient)
    }
    let parameters = try op.parameters(for: problem.inputs.map(\.spec))
    for (parameter, gradient) in zip(parameters, gradients.parameters) {
      #expect(steps.tensors["1.gradient of node.\(parameter.name)"] == gradient)
    }
  }

  @Test func aWrongGradientIsFound() throws {
    struct Wrong: ElementwiseOperator {
      static let examples: [Example<Wrong>] = []
      func apply(_ x: Float) -> Float { x * x * x }
      func derivative(_ x: Float, _ y: Float) -> Float { 3 * x * x + (x > 0.9 ? 0.1 : 0) }
    }
    let problem = try Problem(Wrong(), [TensorSpec([200])], seed: 1)
    #expect(try GradientCheck(elementCount: 200).faults(Wrong(), problem) != [])
  }

  @Test(
    "derivatives that jump are those from below",
    arguments: [
      (ReLU(), 0, 0), (LeakyReLU(slope: 0.25), 0, 0.25), (ELU(alpha: 0.5), 0, 0.5),
      (SELU(alpha: 2, gamma: 3), 0, 6), (Unary(.absolute), 0, -1), (HardSwish(), -3, 0),
      (HardSwish(), 3, 1.5), (HardSigmoid(slope: 0.5, offset: 0.5), -1, 0),
      (HardSigmoid(slope: 0.5, offset: 0.5), 1, 0.5), (ThresholdedReLU(threshold: 2), 2, 0),
    ] as [(any ElementwiseOperator, Float, Float)]
  )
  func jumps(_ op: any ElementwiseOperator, _ x: Float, _ slope: Float) {
    #expect(op.derivative(x, op.apply(x)) == slope)
  }

  @Test func integersThatStandForRealsPassGradients() throws {
    let pool = MaxPool(window: SlidingWindow(2, stride: 2))
    let x = Tensor([1, 1, 2, 4], integers: [1, 7, 3, 3, 7, 2, 0, 3], type: .int8)
    let pass = BackwardPass(
      inputs: [x],
      outputs: try pool.forward([x], parameters: []),
      gradients: [Tensor([1, 1, 1, 2], [5, -2])]
    )
    // The first of the equal maxima gets all.
    #expect(try pool.backward(pass).inputs == [Tensor([1, 1, 2, 4], [0, 5, -2, 0, 0, 0, 0, 0])])
    let turn = Transpose([1, 0])
    let q = Tensor([2, 3], integers: [1, 2, 3, 4, 5, 6], type: .uint8)
    let turned = BackwardPass(
      inputs: [q],
      outputs: try turn.forward([q], parameters: []),
      gradients: [Tensor([3, 2], [1, 2, 3, 4, 5, 6])]
    )
    #expect(try turn.backward(turned).inputs == [Tensor([2, 3], [1, 3, 5, 2, 4, 6])])
  }
}
