import CSqueezeKernels
import SqueezeTensor

/// The sum of values of one shape, or one value alone, with what is clipped behind it.
final class AdditionLayer: TrainingLayer {
  let inputs: [Int]
  let outputs: [Int]
  var keepsOutputs: Bool { clip.clips }
  private let clip: SQClip
  private let table: KernelTable
  private let kernels: TrainingKernels
  private var places: LayerPlaces?

  init(inputs: [Int], output: Int, clip: SQClip, table: KernelTable) {
    self.inputs = inputs
    outputs = [output]
    self.clip = clip
    self.table = table
    kernels = TrainingKernels.of(table.instructionSet)
  }

  func bind(_ places: LayerPlaces) { self.places = places }

  func forward(_ run: TrainingRun) {
    guard let places else { return }
    let output = places.outputs[0]
    run.pool.forEach(output.batch * output.planes) { item, _ in
      let (image, plane) = (item / output.planes, item % output.planes)
      for row in 0..<output.height {
        let target = run.memory + output.row(image, plane, row)
        let rows = places.inputs.map { UnsafePointer(run.memory + $0.row(image, plane, row)) }
        guard rows.count > 1 else {
          table.applyUnary(SQUnaryIdentity, 1, 0, clip, rows[0], target, output.rowCount)
          continue
        }
        var sum = rows[0]
        for (position, row) in rows.enumerated().dropFirst() {
          let isLast = position == rows.count - 1
          table.applyBinary(
            SQBinaryAdd,
            isLast ? clip : .none,
            sum,
            row,
            16,
            target,
            output.rowCount
          )
          sum = UnsafePointer(target)
        }
      }
    }
  }

  func backward(_ run: TrainingRun) {
    guard let places, let gradient = places.outputGradients[0] else { return }
    for (target, accumulates) in zip(places.inputGradients, places.accumulates) {
      guard let target else { continue }
      kernels.pass(
        run,
        gradient,
        through: places.outputs[0],
        clip,
        to: target,
        accumulates: accumulates
      )
    }
  }
}
