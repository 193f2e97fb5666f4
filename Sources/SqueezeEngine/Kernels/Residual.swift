import CSqueezeKernels

extension SQResidual {
  static var none: SQResidual { SQResidual(data: nil, rowStride: 0, blockStride: 0) }

  /// The residual of output blocks from `block` on.
  init(_ layout: Layout?, _ run: Run, _ image: Int, _ block: Int) {
    guard let layout else {
      self = .none
      return
    }
    self.init(
      data: UnsafePointer(run.memory + layout.row(image, block)),
      rowStride: layout.rowStride,
      blockStride: layout.planeStride
    )
  }

  /// Starts some pixels later.
  mutating func advance(by pixels: Int) { data = data.map { $0 + pixels * 16 } }
}
