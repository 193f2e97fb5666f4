import SqueezeGraph
import SqueezeOperators
import SqueezeTensor

extension Problem {
  /// The problem with its real inputs moved to where the operator is smooth within `distance`:
  /// away from jumps of the derivative, from poles, and from ties between elements that compete.
  public func awayFromKinks(_ distance: Float = 4 * GradientCheck.step) -> Problem {
    var problem = self
    if isCompetition {
      problem.spread(distance)
    } else {
      for index in inputs.indices where inputs[index].type.isReal {
        problem.inputs[index].scalars = inputs[index].scalars.map {
          smooth($0, input: index, distance)
        }
      }
    }
    return problem
  }

  /// Whether the operator chooses among elements by their size.
  private var isCompetition: Bool {
    switch op {
    case is MaxPool, is GlobalMaxPool, is Maximum, is Minimum: true
    case let reduce as Reduce: reduce.kind == .maximum || reduce.kind == .minimum
    default: false
    }
  }

  /// Replaces the real inputs by different numbers, `distance` apart, in random order.
  private mutating func spread(_ distance: Float) {
    let count = inputs.reduce(0) { $0 + $1.scalars.count }
    var random = SeededGenerator(seed: seed)
    var numbers = (0..<count).map { Float($0 - count / 2) * distance }
    numbers.shuffle(using: &random)
    for index in inputs.indices where inputs[index].type.isReal {
      inputs[index].scalars = Array(numbers.suffix(inputs[index].scalars.count))
      numbers.removeLast(inputs[index].scalars.count)
    }
  }

  /// An element moved into the operator's domain and away from its kinks.
  private func smooth(_ x: Float, input: Int, _ distance: Float) -> Float {
    if isPositive(input) { return 0.5 + abs(x) }
    // A product of many factors near 0 curves too much for a difference of whole steps.
    if (op as? Reduce)?.kind == .product { return x < 0 ? x - 0.5 : x + 0.5 }
    for kink in kinks where abs(x - kink) < distance {
      return x < kink ? kink - distance : kink + distance
    }
    return x
  }

  /// Whether an input must be above 0.
  private func isPositive(_ input: Int) -> Bool {
    switch op {
    case is Divide: input == 1
    case is Power: input == 0
    case let unary as Unary: [.logarithm, .reciprocal, .squareRoot].contains(unary.function)
    default: false
    }
  }

  /// Where the derivative of an operator on single elements jumps.
  private var kinks: [Float] {
    switch op {
    case is ReLU, is LeakyReLU, is PReLU, is ELU, is SELU: [0]
    case is HardSwish: [-3, 3]
    case let op as ThresholdedReLU: [op.threshold]
    case let op as Clip: [op.lower, op.upper].compactMap { $0 }
    case let op as HardSigmoid: [-op.offset / op.slope, (1 - op.offset) / op.slope]
    case let op as Unary:
      switch op.function {
      case .absolute, .sign: [0]
      case .ceiling, .floor: [-1, 0, 1]
      case .round: [-0.5, 0.5]
      default: []
      }
    default: []
    }
  }
}
