import SqueezeData
import SqueezeTensor
import SqueezeTrain

/// A batch of which only the targets matter.
func targets(_ targets: Targets, pixelWeights: Tensor? = nil) -> TrainingBatch {
  TrainingBatch(inputs: Tensor(zeros: [1, 1]), targets: targets, pixelWeights: pixelWeights)
}

/// Scores spread over −2…2 that no two runs change.
func scores(_ shape: Shape, seed: UInt64 = 7) -> Tensor {
  var random = SeededGenerator(seed: seed)
  return Tensor(shape, (0..<shape.count).map { _ in random.uniform(-2, 2) })
}

/// A map of random classes, some of them `ignored`.
func map(_ shape: Shape, classes: Int, ignored: Int? = nil, seed: UInt64 = 3) -> Tensor {
  var random = SeededGenerator(seed: seed)
  return Tensor(
    shape,
    (0..<shape.count).map { i in
      if let ignored, i % 5 == 2 { return Float(ignored) }
      return Float(Int.random(in: 0..<classes, using: &random))
    }
  )
}

/// The largest difference between a loss's gradient and central differences of its value.
func gradientError(_ loss: any Loss, _ output: Tensor, _ batch: TrainingBatch) throws -> Double {
  let step: Float = 1e-2
  let gradient = try loss.evaluate(output, batch).gradient
  var worst = gradient.shape == output.shape ? 0.0 : Double.infinity
  for i in output.scalars.indices {
    var (above, below) = (output, output)
    above.scalars[i] += step
    below.scalars[i] -= step
    let width = Double(above.scalars[i]) - Double(below.scalars[i])
    let slope =
      (try loss.evaluate(above, batch).value - loss.evaluate(below, batch).value) / width
    worst = max(worst, abs(slope - Double(gradient.scalars[i])))
  }
  return worst
}
