import SqueezeTensor

/// A part of a model that runs forwards and backwards: a node and what was merged into it.
///
/// A layer says what it needs, learns where its values lie, and then runs any number of steps.
protocol TrainingLayer: AnyObject {
  /// The values it takes and makes.
  var inputs: [Int] { get }
  var outputs: [Int] { get }
  /// Whether the backward pass reads inputs or outputs again.
  var keepsInputs: Bool { get }
  var keepsOutputs: Bool { get }
  /// The floats of scratch memory of each pass.
  var forwardScratch: Int { get }
  var backwardScratch: Int { get }

  /// The zeros that must lie around an input, and around the gradient of an output.
  func halo(ofInput position: Int) -> Halo
  func halo(ofGradient position: Int) -> Halo
  /// Learns where values, gradients and scratch memory lie.
  func bind(_ places: LayerPlaces)
  /// Takes new values of its parameters.
  func load(_ parameters: ParameterValues, _ pool: ThreadPool)
  /// Computes the outputs.
  func forward(_ run: TrainingRun) throws
  /// Computes the gradients of parameters and of those inputs that have a place for them.
  func backward(_ run: TrainingRun) throws
}

extension TrainingLayer {
  var keepsInputs: Bool { false }
  var keepsOutputs: Bool { false }
  var forwardScratch: Int { 0 }
  var backwardScratch: Int { 0 }
  func halo(ofInput position: Int) -> Halo { .none }
  func halo(ofGradient position: Int) -> Halo { .none }
  func load(_ parameters: ParameterValues, _ pool: ThreadPool) {}
}

/// Where the values of a layer lie in the arena.
struct LayerPlaces {
  var inputs: [Layout]
  /// Where the backward pass finds the inputs: elsewhere where they are computed again.
  var keptInputs: [Layout]
  var outputs: [Layout]
  /// `nil` where no gradient is wanted.
  var inputGradients: [Layout?]
  var outputGradients: [Layout?]
  /// Whether an input's gradient already holds that of another user, to which it is added.
  var accumulates: [Bool]
  var forwardScratch = 0
  var backwardScratch = 0
}

/// The values of parameters by position.
struct ParameterValues {
  private let values: [Tensor?]

  init(_ values: [Tensor?]) { self.values = values }

  /// A parameter, unless it keeps its old value.
  func tensor(_ index: Int) -> Tensor? { values[index] }

  /// Calls `body` with a parameter's numbers, unless it keeps its old value.
  func with(_ index: Int?, _ body: (UnsafePointer<Float>) -> Void) {
    guard let index, let value = values[index] else { return }
    value.scalars.withUnsafeBufferPointer { if let base = $0.baseAddress { body(base) } }
  }
}

/// The gradients of parameters by position, in the order of `Tensor`.
final class ParameterGradients {
  private(set) var values: [[Float]]
  /// The positions filled since it was emptied.
  var filled: [Int] = []

  init(counts: [Int]) { values = counts.map { [Float](repeating: 0, count: $0) } }

  /// Calls `body` with the memory of a parameter's gradient; nothing for a frozen one.
  func fill(_ index: Int?, _ body: (UnsafeMutablePointer<Float>) -> Void) {
    guard let index else { return }
    filled.append(index)
    values[index].withUnsafeMutableBufferPointer { if let base = $0.baseAddress { body(base) } }
  }
}

/// What one pass works with.
struct TrainingRun {
  let memory: UnsafeMutablePointer<Float>
  let pool: ThreadPool
  let gradients: ParameterGradients
  /// Another number every step, for dropout.
  var seed: UInt64 = 0
}

/// A parameter of a layer: where its value comes from and where its gradient goes.
struct LayerParameter {
  /// The position among all parameters.
  var value: Int
  /// The position among the gradients, `nil` where it is frozen.
  var gradient: Int?
}
