public import SqueezeGraph
import SqueezeOperators
public import SqueezeTensor

/// Gradients against central differences of a random linear functional of the outputs.
///
/// With `L = Σ r · y` in double precision and a step `h`, `∂L/∂x ≈ (L(x + h) − L(x − h)) / 2h`. That is
/// checked for single elements drawn at random and for directions in which all elements move at once,
/// so that none is left out. Points must lie away from kinks (``Problem/awayFromKinks(_:)``).
public struct GradientCheck: Sendable {
  /// What moves: an element of an input or of a parameter.
  public enum Place: Sendable, Hashable {
    case input(Int)
    case parameter(Int)
  }

  /// A power of 2, so that steps from points on a grid round nothing.
  public static let step: Float = 0x1p-8
  /// The difference allowed relative to the largest magnitude of a gradient: the error of the
  /// difference is of the order of `h²`.
  public static let relativeTolerance = 5e-4

  /// How many elements of each tensor are checked one by one.
  public var elementCount: Int
  /// How many random directions of each tensor are checked.
  public var directionCount: Int

  /// Creates a check.
  public init(elementCount: Int = 24, directionCount: Int = 2) {
    self.elementCount = elementCount
    self.directionCount = directionCount
  }

  /// Checks an operator's gradients at a problem's point.
  ///
  /// - Returns: what is wrong; empty where all gradients agree.
  /// - Throws: what the operator throws.
  public func faults(_ op: some Differentiable, _ problem: Problem) throws -> [String] {
    let context = TrainingContext(seed: problem.seed)
    func run(_ problem: Problem) throws -> TrainingOutputs {
      try op.trainingForward(problem.inputs, parameters: problem.parameters, context: context)
    }
    let pass = try run(problem)
    var random = SeededGenerator(seed: problem.seed &+ 77)
    let weights = pass.outputs.map { random.tensor(TensorSpec($0.shape)) }
    let gradients = try op.backward(
      BackwardPass(
        inputs: problem.inputs,
        parameters: problem.parameters,
        outputs: pass.outputs,
        saved: pass.saved,
        gradients: weights
      )
    )
    let kinds = try op.parameters(for: problem.inputs.map(\.spec)).map(\.kind)
    var found: [String] = []
    if gradients.inputs.count != problem.inputs.count || gradients.parameters.count != kinds.count {
      return ["\(gradients.inputs.count) and \(gradients.parameters.count) gradients"]
    }
    for (index, kind) in kinds.enumerated()
    where (gradients.parameters[index] != nil) != (kind == .trained) {
      found.append("parameter \(index) is \(kind)")
    }
    let places =
      problem.inputs.indices.map { (Place.input($0), gradients.inputs[$0]) }
      + kinds.indices.map { (Place.parameter($0), gradients.parameters[$0]) }
    for (place, gradient) in places {
      let point = problem[place]
      guard let gradient else {
        if point.type.isReal, case .input = place { found.append("\(place) has no gradient") }
        continue
      }
      guard gradient.shape == point.shape else {
        found.append("\(place) of shape \(point.shape) has a gradient \(gradient.shape)")
        continue
      }
      guard point.type.isReal else { continue }
      found += try faults(gradient, at: point, &random) { moved in
        var copy = problem
        copy[place] = moved
        return Self.functional(try run(copy).outputs, weights)
      }.map { "\(place) \($0)" }
    }
    return found
  }

  /// Checks one gradient of a function of one tensor.
  ///
  /// - Parameters:
  ///   - gradient: the gradient to check.
  ///   - point: where.
  ///   - random: draws elements and directions.
  ///   - function: the function in double precision, and how far rounding may put it off.
  /// - Returns: what is wrong.
  /// - Throws: what the function throws.
  public func faults(
    _ gradient: Tensor,
    at point: Tensor,
    _ random: inout SeededGenerator,
    of function: (Tensor) throws -> (value: Double, noise: Double)
  ) throws -> [String] {
    guard point.count > 0 else { return [] }
    let isWhole = point.count <= elementCount
    let elements =
      isWhole
      ? Array(0..<point.count)
      : (0..<elementCount).map { _ in Int.random(in: 0..<point.count, using: &random) }
    var directions = elements.map { element in
      (name: "[\(element)]", steps: [(element, Float(1))])
    }
    for number in 0..<directionCount {
      let steps = (0..<point.count).map { ($0, Float(random.next() % 2 == 0 ? 1 : -1)) }
      directions.append((name: "direction \(number)", steps: steps))
    }
    let largest = gradient.scalars.map { Double(abs($0)) }.max() ?? 0
    var found: [String] = []
    for (name, steps) in directions {
      var (up, down) = (point, point)
      var (expected, distance) = (0.0, 0.0)
      for (element, sign) in steps {
        up.scalars[element] += sign * Self.step
        down.scalars[element] -= sign * Self.step
        expected += Double(sign) * Double(gradient.scalars[element])
        distance += 1
      }
      let (above, below) = (try function(up), try function(down))
      let numeric = (above.value - below.value) / (2 * Double(Self.step))
      let noise = max(above.noise, below.noise) / Double(Self.step)
      let allowed = Self.relativeTolerance * largest * distance.squareRoot() + noise
      guard !(abs(numeric - expected) <= allowed) else { continue }
      found.append("\(name): gradient \(expected), difference \(numeric), allowed \(allowed)")
    }
    return found
  }

  /// `Σ r · y` over all real outputs, and how far the rounding of `y` may put it off.
  private static func functional(
    _ outputs: [Tensor],
    _ weights: [Tensor]
  ) -> (value: Double, noise: Double) {
    var (sum, squares) = (0.0, 0.0)
    for (y, r) in zip(outputs, weights) {
      for (a, b) in zip(y.scalars, r.scalars) {
        sum += Double(a) * Double(b)
        squares += Double(a * b) * Double(a * b)
      }
    }
    return (sum, squares.squareRoot() * 0x1p-22)
  }
}

extension Problem {
  /// The tensor at a place.
  public subscript(place: GradientCheck.Place) -> Tensor {
    get {
      switch place {
      case .input(let index): inputs[index]
      case .parameter(let index): parameters[index]
      }
    }
    set {
      switch place {
      case .input(let index): inputs[index] = newValue
      case .parameter(let index): parameters[index] = newValue
      }
    }
  }
}
