import CSqueezeKernels
import SqueezeGraph
import SqueezeOperators
import SqueezeTensor

/// Functions of one and two numbers that follow each other, element by element.
///
/// Every step makes a value of the program's shape; inputs may have smaller shapes that broadcast.
struct ElementwiseProgram: Sendable {
  enum Operand: Sendable {
    case input(Int)
    case step(Int)
  }

  enum Function: Sendable {
    case unary(VectorFormula, Operand)
    case binary(SQBinary, Operand, Operand)
  }

  struct Step: Sendable {
    var function: Function
    var clip: SQClip
  }

  /// The values that the program takes.
  var inputs: [String]
  var steps: [Step]

  /// So many steps and inputs keep a strip of all of them in the first-level cache.
  static let maximumSteps = 12
  static let maximumInputs = 8

  /// The program of one node, or `nil` where vector kernels cannot compute it.
  init?(_ node: DraftNode, constants: [String: Float]) {
    if let function = node.op as? any VectorFunction {
      guard let formula = function.vectorFunction else { return nil }
      self.init(unary: formula, of: node.inputs[0], node.clip)
    } else if node.inputs.count == 2,
      let formula = Self.formula(node.op, constants[node.inputs[0]], constants[node.inputs[1]])
    {
      let isLeft = constants[node.inputs[1]] != nil
      self.init(unary: formula, of: node.inputs[isLeft ? 0 : 1], node.clip)
    } else if let function = node.op as? any VectorCombination {
      let kernel = type(of: function).vectorCombination
      let isSame = node.inputs[0] == node.inputs[1]
      let step = Step(
        function: .binary(kernel, .input(0), .input(isSame ? 0 : 1)),
        clip: node.clip
      )
      self.init(inputs: isSame ? [node.inputs[0]] : node.inputs, steps: [step])
    } else {
      return nil
    }
  }

  private init(inputs: [String], steps: [Step]) {
    self.inputs = inputs
    self.steps = steps
  }

  private init(unary formula: VectorFormula, of input: String, _ clip: SQClip) {
    let step = Step(function: .unary(formula, .input(0)), clip: formula.clip.then(clip))
    self.init(inputs: [input], steps: [step])
  }

  /// What an operator does to one value if the other is one constant number.
  private static func formula(
    _ op: any Operator,
    _ left: Float?,
    _ right: Float?
  ) -> VectorFormula? {
    func affine(_ a: Float, _ b: Float) -> VectorFormula {
      VectorFormula(function: SQUnaryAffine, a: a, b: b)
    }
    switch (op, left, right) {
    case (is Add, nil, let c?), (is Add, let c?, nil): return affine(1, c)
    case (is Multiply, nil, let c?), (is Multiply, let c?, nil): return affine(c, 0)
    case (is Subtract, nil, let c?): return affine(1, -c)
    case (is Subtract, let c?, nil): return affine(-1, c)
    case (is Power, nil, 2?): return VectorFormula(function: SQUnarySquare)
    case (is Power, nil, 3?): return VectorFormula(function: SQUnaryCube)
    case (is Power, nil, 0.5?): return VectorFormula(function: SQUnarySquareRoot)
    default: return nil
    }
  }

  /// This program with another one computing its input `value` first; `nil` where it grows too long.
  func absorbing(_ first: ElementwiseProgram, as value: String) -> ElementwiseProgram? {
    var result = first
    var operands: [Operand] = []
    for input in inputs {
      if input == value {
        operands.append(.step(first.steps.count - 1))
      } else if let index = result.inputs.firstIndex(of: input) {
        operands.append(.input(index))
      } else {
        operands.append(.input(result.inputs.count))
        result.inputs.append(input)
      }
    }
    func moved(_ operand: Operand) -> Operand {
      switch operand {
      case .input(let index): operands[index]
      case .step(let index): .step(index + first.steps.count)
      }
    }
    result.steps += steps.map { step in
      switch step.function {
      case .unary(let formula, let x): Step(function: .unary(formula, moved(x)), clip: step.clip)
      case .binary(let kernel, let x, let y):
        Step(function: .binary(kernel, moved(x), moved(y)), clip: step.clip)
      }
    }
    let fits =
      result.steps.count <= Self.maximumSteps && result.inputs.count <= Self.maximumInputs
    return fits ? result : nil
  }
}

/// Merges element-wise operators that follow each other, each used once, into one pass.
///
/// A value may be used twice if both uses are in the pass, as in `x · sigmoid(x)`.
func fuseElementwise(
  _ nodes: [DraftNode],
  outputs: [String],
  _ inference: Inference
) -> [DraftNode] {
  var uses: [String: Int] = [:]
  for name in nodes.flatMap(\.inputs) + outputs { uses[name, default: 0] += 1 }
  var constants: [String: Float] = [:]
  for node in nodes where node.op is Constant && node.parameters[0].type == .float32 {
    // A number of rank 0 or one axis: it cannot widen the shape of what it meets.
    let shape = node.parameters[0].shape
    if shape.count == 1, shape.rank <= 1 {
      constants[node.outputs[0]] = node.parameters[0].decoded().scalars[0]
    }
  }
  var fused: [DraftNode?] = []
  var makers: [String: Int] = [:]
  for var node in nodes {
    let operands = node.inputs
    guard let output = inference.values[node.outputs[0]], output.type == .float32,
      output.shape.count > 0,
      operands.allSatisfy({ inference.values[$0]?.type == .float32 }),
      var program = ElementwiseProgram(node, constants: constants),
      // A constant must not be the only thing that gives the result its shape.
      program.inputs.count > 1 || operands.count == 1
        || inference.values[program.inputs[0]]?.shape == output.shape
    else {
      fused.append(node)
      continue
    }
    var absorbed: [String] = []
    for value in program.inputs {
      guard let maker = makers[value], let first = fused[maker], let before = first.program,
        uses[value] == operands.count(where: { $0 == value }),
        inference.values[value]?.shape == output.shape,
        let joined = program.absorbing(before, as: value),
        ElementwiseChain.canRun(joined, output.shape, inference)
      else { continue }
      program = joined
      absorbed += first.names
      fused[maker] = nil
    }
    node.names = absorbed + node.names
    if ElementwiseChain.canRun(program, output.shape, inference) {
      node.program = program
      node.inputs = program.inputs
      makers[node.outputs[0]] = fused.count
    }
    fused.append(node)
  }
  return fused.compactMap { $0 }.map { node in
    var node = node
    if let program = node.program, program.isPlain(inference, node) { node.program = nil }
    return node
  }
}

extension ElementwiseProgram {
  /// Whether the node's own kernel does the same: one step whose inputs have the output's shape.
  fileprivate func isPlain(_ inference: Inference, _ node: DraftNode) -> Bool {
    let isOwn =
      switch steps[0].function {
      case .unary: node.op is any VectorFunction
      case .binary: inputs.count == 2
      }
    let shape = inference.values[node.outputs[0]]?.shape
    return steps.count == 1 && isOwn && inputs.allSatisfy { inference.values[$0]?.shape == shape }
  }
}
