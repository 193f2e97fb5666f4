import SqueezeOperators
import SqueezeTensor

/// The passes of a convolution between large maps `y` and small maps `x`, as forward pass and gradient of
/// convolution and transposed convolution need them.
struct ConvolutionGeometry {
  /// `[N, C, H, W]` of the side a window moves over, and of the other side.
  var large: [Int]
  var small: [Int]
  var window: SlidingWindow
  /// Padding before.
  var begin: [Int]

  /// A kernel's positions.
  var taps: Int { window.kernelSize[0] * window.kernelSize[1] }

  /// From large to small maps: each small pixel sees a window.
  var down: PassGeometry {
    let (kernel, dilation) = (window.kernelSize, window.dilation)
    return PassGeometry(
      inputChannels: large[1],
      outputChannels: small[1],
      batch: small[0],
      inputSize: (large[2], large[3]),
      rows: small[2],
      columns: small[3],
      taps: (0..<kernel[0]).flatMap { y in
        (0..<kernel[1]).map { x in
          (y * dilation[0] - begin[0], x * dilation[1] - begin[1], y * kernel[1] + x)
        }
      },
      stride: (window.stride[0], window.stride[1])
    )
  }

  /// From small to large maps.
  ///
  /// For each residue of rows and columns of the large maps, the small pixels
  /// whose windows touch it. With stride 1 there is one.
  var up: [PassGeometry] {
    phases(0).flatMap { rows in
      phases(1).map { columns in
        PassGeometry(
          inputChannels: small[1],
          outputChannels: large[1],
          batch: large[0],
          inputSize: (small[2], small[3]),
          rows: rows.count,
          columns: columns.count,
          taps: rows.taps.flatMap { y in
            columns.taps.map { (y.offset, $0.offset, y.index * window.kernelSize[1] + $0.index) }
          },
          targetOffset: (rows.phase, columns.phase),
          targetStride: (window.stride[0], window.stride[1])
        )
      }
    }
  }

  private struct Phase {
    var phase: Int
    var count: Int
    var taps: [(index: Int, offset: Int)]
  }

  private func phases(_ axis: Int) -> [Phase] {
    let (size, stride) = (large[2 + axis], window.stride[axis])
    return (0..<min(stride, size)).map { phase in
      // In the order of the small pixels they see, which Winograd's tiles need.
      let taps = (0..<window.kernelSize[axis]).reversed().compactMap {
        tap -> (index: Int, offset: Int)? in
        let distance = phase + begin[axis] - tap * window.dilation[axis]
        return distance % stride == 0 ? (tap, distance / stride) : nil
      }
      return Phase(phase: phase, count: (size - phase + stride - 1) / stride, taps: taps)
    }
  }
}

extension ConvolutionPass where Self == DirectPass {
  /// The fastest pass for a geometry.
  static func best(
    _ geometry: PassGeometry,
    isPlanar: Bool = false,
    precision: TrainingPrecision = .float32,
    table: KernelTable,
    threadCount: Int
  ) -> any ConvolutionPass {
    if precision == .bfloat16, !isPlanar, geometry.suitsMatrixTiles {
      return MatrixTilePass(geometry, threadCount: threadCount)
    }
    if !isPlanar,
      let winograd = WinogradPass(geometry, table: table, threadCount: threadCount)
    {
      return winograd
    }
    return DirectPass(geometry, isPlanar: isPlanar, table: table, threadCount: threadCount)
  }
}
