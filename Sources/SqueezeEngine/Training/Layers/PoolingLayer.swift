import CSqueezeKernels
import SqueezeOperators
import SqueezeTensor

/// Maximum or average pooling.
final class PoolingLayer: TrainingLayer {
  let inputs: [Int]
  let outputs: [Int]
  var keepsInputs: Bool { isMaximum }
  var keepsOutputs: Bool { isMaximum }
  private let isMaximum: Bool
  private let geometry: WindowGeometry
  private let counts: [AlignedBuffer<Float>]
  private let table: KernelTable
  private let kernels: TrainingKernels
  private var places: LayerPlaces?

  /// Maximum pooling, or average pooling where windows of each output row and column count so many
  /// positions.
  init(
    input: Int,
    output: Int,
    geometry: WindowGeometry,
    counts: (rows: [Float], columns: [Float])? = nil,
    table: KernelTable
  ) {
    inputs = [input]
    outputs = [output]
    isMaximum = counts == nil
    self.geometry = geometry
    self.counts = counts.map { [AlignedBuffer($0.rows), AlignedBuffer($0.columns)] } ?? []
    self.table = table
    kernels = TrainingKernels.of(table.instructionSet)
  }

  func bind(_ places: LayerPlaces) { self.places = places }

  private func arguments(
    _ run: TrainingRun,
    _ input: Layout,
    _ output: Layout,
    _ image: Int,
    _ plane: Int
  ) -> SQPooling {
    SQPooling(
      input: run.memory + input.row(image, plane),
      inputRowStride: input.rowStride,
      inputHeight: input.height,
      inputWidth: input.width,
      output: run.memory + output.row(image, plane),
      outputRowStride: output.rowStride,
      outputWidth: output.width,
      kernelHeight: geometry.kernel[0],
      kernelWidth: geometry.kernel[1],
      strideHeight: geometry.stride[0],
      strideWidth: geometry.stride[1],
      dilationHeight: geometry.dilation[0],
      dilationWidth: geometry.dilation[1],
      paddingTop: geometry.begin[0],
      paddingLeft: geometry.begin[1],
      rowCounts: counts.first.map { UnsafePointer($0.pointer) },
      columnCounts: counts.last.map { UnsafePointer($0.pointer) },
      clip: .none
    )
  }

  func forward(_ run: TrainingRun) {
    guard let input = places?.inputs[0], let output = places?.outputs[0] else { return }
    let kernel = isMaximum ? table.poolMaximum : table.poolAverage
    run.pool.forEach(output.batch * output.planes) { item, _ in
      var arguments = arguments(run, input, output, item / output.planes, item % output.planes)
      kernel(&arguments, 0, output.height)
    }
  }

  /// Whether windows lie side by side and cover the input.
  private var dividesInput: Bool {
    geometry.kernel == geometry.stride && geometry.dilation == [1, 1] && geometry.begin == [0, 0]
      && (0..<2).allSatisfy {
        geometry.output[2 + $0] * geometry.kernel[$0] == geometry.input[2 + $0]
      }
  }

  func backward(_ run: TrainingRun) {
    guard let places, let gradient = places.outputGradients[0],
      let target = places.inputGradients[0]
    else { return }
    let isDivided = isMaximum && dividesInput && !places.accumulates[0]
    if !isDivided, !places.accumulates[0] { target.clear(run.memory, run.pool) }
    let kernel =
      isDivided
      ? kernels.backMaximumOfParts : isMaximum ? kernels.backMaximum : kernels.backAverage
    run.pool.forEach(gradient.batch * gradient.planes) { item, _ in
      let (image, plane) = (item / gradient.planes, item % gradient.planes)
      var arguments = arguments(run, places.keptInputs[0], places.outputs[0], image, plane)
      kernel(
        &arguments,
        gradient.height,
        run.memory + gradient.row(image, plane),
        gradient.rowStride,
        run.memory + target.row(image, plane),
        target.rowStride
      )
    }
  }
}

/// The mean of every map.
final class GlobalAverageLayer: TrainingLayer {
  let inputs: [Int]
  let outputs: [Int]
  private let table: KernelTable
  private var places: LayerPlaces?

  init(input: Int, output: Int, table: KernelTable) {
    inputs = [input]
    outputs = [output]
    self.table = table
  }

  func bind(_ places: LayerPlaces) { self.places = places }

  func forward(_ run: TrainingRun) {
    guard let input = places?.inputs[0], let output = places?.outputs[0] else { return }
    run.pool.forEach(input.batch * input.planes) { item, _ in
      let (image, plane) = (item / input.planes, item % input.planes)
      table.poolGlobalAverage(
        run.memory + input.row(image, plane),
        input.rowStride,
        input.height,
        input.width,
        run.memory + output.row(image, plane)
      )
    }
  }

  func backward(_ run: TrainingRun) {
    guard let places, let gradient = places.outputGradients[0],
      let target = places.inputGradients[0]
    else { return }
    let share = 1 / Float(target.height * target.width)
    let accumulates = places.accumulates[0]
    run.pool.forEach(target.batch * target.planes) { item, _ in
      let (image, plane) = (item / target.planes, item % target.planes)
      let source = run.memory + gradient.row(image, plane)
      let pixel = UnsafeRawPointer(source).loadUnaligned(as: SIMD16<Float>.self) * share
      for row in 0..<target.height {
        let line = UnsafeMutableRawPointer(run.memory + target.row(image, plane, row))
        for column in 0..<target.width {
          let place = line + column * 64
          let old = accumulates ? place.loadUnaligned(as: SIMD16<Float>.self) : .zero
          place.storeBytes(of: old + pixel, as: SIMD16<Float>.self)
        }
      }
    }
  }
}
