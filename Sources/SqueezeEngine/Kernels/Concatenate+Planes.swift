import SqueezeOperators
import SqueezeTensor

/// Concatenation along any axis of values in the order of `Tensor`.
struct PlanarConcatenation: Kernel {
  let inputs: [Demand]
  let outputs = [Form.planar]
  /// How many times the inputs alternate, and the floats each gives at a time.
  private let repetitions: Int
  private let chunks: [Int]
  private var origins: [Int] = []
  private var target = 0

  static func accepts(_ op: Concatenate, _ site: Site) -> Bool { site.isFloat }

  init(_ op: Concatenate, _ site: Site) {
    let axis = site.outputs[0].shape.axis(op.axis) ?? 0
    inputs = site.inputs.map { _ in .planar }
    repetitions = site.outputs[0].shape.count(before: axis)
    chunks = site.inputs.map { $0.shape.count(from: axis) }
  }

  mutating func bind(inputs: [Place], outputs: [Place], scratch: Int) {
    origins = inputs.map { $0.layout.origin }
    target = outputs[0].layout.origin
  }

  func run(_ run: Run) {
    var next = run.memory + target
    for repetition in 0..<repetitions {
      for (origin, chunk) in zip(origins, chunks) {
        next.update(from: run.memory + origin + repetition * chunk, count: chunk)
        next += chunk
      }
    }
  }
}
