import SqueezeOperators
import SqueezeTensor

/// A value rounded to a grid and back to reals: QuantizeLinear and the DequantizeLinear behind it.
///
/// `y = scale · (clamp(round(x / scale) + z) − z)`, ties to even; the gradient passes where nothing was
/// clamped, as both operators define it.
final class FakeQuantizationLayer: TrainingLayer {
  let inputs: [Int]
  let outputs: [Int]
  var keepsInputs: Bool { true }
  private let scale: Float
  /// The steps from 0 that the type of the grid leaves.
  private let lower: Float
  private let upper: Float
  private var places: LayerPlaces?

  /// `nil` for a grid with several scales, or of integers that single precision cannot tell apart.
  init?(_ grid: QuantizationGrid, input: Int, output: Int) {
    guard grid.axis == nil, grid.type.byteCount <= 2, let range = grid.type.range else {
      return nil
    }
    inputs = [input]
    outputs = [output]
    scale = grid.scales[0]
    lower = Float(range.lowerBound - grid.zeroPoints[0])
    upper = Float(range.upperBound - grid.zeroPoints[0])
  }

  func bind(_ places: LayerPlaces) { self.places = places }

  func forward(_ run: TrainingRun) {
    guard let places else { return }
    let (source, target) = (places.inputs[0], places.outputs[0])
    let (scale, lower, upper) = (scale, lower, upper)
    run.pool.forEach(target.batch * target.planes) { item, _ in
      let (image, plane) = (item / target.planes, item % target.planes)
      for row in 0..<target.height {
        let x = run.memory + source.row(image, plane, row)
        let y = run.memory + target.row(image, plane, row)
        for i in 0..<target.rowCount {
          let step = roundedToEven(x[i] / scale)
          y[i] = scale * min(max(step, lower), upper) + 0
        }
      }
    }
  }

  func backward(_ run: TrainingRun) {
    guard let places, let gradient = places.outputGradients[0],
      let target = places.inputGradients[0]
    else { return }
    let source = places.keptInputs[0]
    let (scale, lower, upper) = (scale, lower, upper)
    let accumulates = places.accumulates[0]
    run.pool.forEach(target.batch * target.planes) { item, _ in
      let (image, plane) = (item / target.planes, item % target.planes)
      for row in 0..<target.height {
        let x = run.memory + source.row(image, plane, row)
        let g = run.memory + gradient.row(image, plane, row)
        let d = run.memory + target.row(image, plane, row)
        for i in 0..<target.rowCount {
          let step = roundedToEven(x[i] / scale)
          let through = step >= lower && step <= upper ? g[i] : 0
          d[i] = accumulates ? d[i] + through : through
        }
      }
    }
  }
}

/// The nearest whole number, ties to even, at most ±2²¹; NaN gives 0.
///
/// Adding 1.5 · 2²³ leaves no bit for fractions, so the sum is rounded as all sums are.
@inline(__always)
private func roundedToEven(_ x: Float) -> Float {
  let bounded = min(max(x, -0x1p21), 0x1p21)
  let rounded = (bounded + 0x1.8p23) - 0x1.8p23
  return x == x ? rounded : 0
}
