import SqueezeGraph
import SqueezeOperators
import SqueezeTensor

/// Dropout: the operator's own mask, drawn anew every step.
final class DropoutLayer: TrainingLayer {
  let inputs: [Int]
  let outputs: [Int]
  private let op: Dropout
  private let position: Int
  private let value: TrainingValue
  private let table: KernelTable
  private var places: LayerPlaces?
  /// The factor of every element, 0 or 1/(1 − ratio), laid out like the value.
  private var mask: AlignedBuffer<Float>?
  private var layout: Layout?

  /// `position` is the node's, from which its random numbers come.
  init(
    _ op: Dropout,
    position: Int,
    input: Int,
    output: Int,
    value: TrainingValue,
    table: KernelTable
  ) {
    inputs = [input]
    outputs = [output]
    (self.op, self.position, self.value, self.table) = (op, position, value, table)
  }

  func bind(_ places: LayerPlaces) {
    self.places = places
    let layout = value.layout(.none)
    self.layout = layout
    mask = AlignedBuffer(count: layout.count)
  }

  func forward(_ run: TrainingRun) {
    guard let places, let mask, let layout else { return }
    let context = TrainingContext(seed: run.seed).at(node: position)
    let shape = value.spec.shape
    let factors = Tensor(shape, op.factors(count: shape.count, context))
    value.store(factors, layout, mask.pointer, table, run.pool)
    multiply(run, places.inputs[0], mask, layout, places.outputs[0], accumulates: false)
  }

  func backward(_ run: TrainingRun) {
    guard let places, let mask, let layout, let gradient = places.outputGradients[0],
      let target = places.inputGradients[0]
    else { return }
    multiply(run, gradient, mask, layout, target, accumulates: places.accumulates[0])
  }

  private func multiply(
    _ run: TrainingRun,
    _ source: Layout,
    _ mask: AlignedBuffer<Float>,
    _ maskLayout: Layout,
    _ target: Layout,
    accumulates: Bool
  ) {
    run.pool.forEach(target.batch * target.planes) { item, _ in
      let (image, plane) = (item / target.planes, item % target.planes)
      for row in 0..<target.height {
        let x = run.memory + source.row(image, plane, row)
        let m = mask.pointer + maskLayout.row(image, plane, row)
        let y = run.memory + target.row(image, plane, row)
        for i in 0..<target.rowCount { y[i] = (accumulates ? y[i] : 0) + x[i] * m[i] }
      }
    }
  }
}
