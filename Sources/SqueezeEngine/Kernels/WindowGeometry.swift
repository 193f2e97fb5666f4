import SqueezeOperators
import SqueezeTensor

/// The sizes of a convolution or pooling over `[N, C, H, W]`, padding resolved.
struct WindowGeometry: Sendable {
  var kernel: [Int]
  var stride: [Int]
  var dilation: [Int]
  /// Padding before.
  var begin: [Int]
  var input: [Int]
  var output: [Int]

  init(_ window: SlidingWindow, input: Shape, output: Shape) {
    let planar = window.planar
    (kernel, stride, dilation) = (planar.kernelSize, planar.stride, planar.dilation)
    self.input = Layout.sizes(input)
    self.output = Layout.sizes(output)
    begin = planar.resolvedPadding(for: [self.input[2], self.input[3]]).begin
  }

  init(_ op: Convolution, _ site: Site) {
    self.init(op.window, input: site.inputs[0].shape, output: site.outputs[0].shape)
  }

  var taps: Int { kernel[0] * kernel[1] }

  /// The halo that contains every position a window touches.
  var halo: Halo {
    func after(_ axis: Int) -> Int {
      let last = (output[2 + axis] - 1) * stride[axis] + dilation[axis] * (kernel[axis] - 1)
      return max(0, last - begin[axis] - (input[2 + axis] - 1))
    }
    return Halo(top: begin[0], left: begin[1], bottom: after(0), right: after(1))
  }

  /// Whether the input with its halo stays near the size of the input itself.
  var hasModestHalo: Bool {
    let halo = halo
    let (height, width) = (input[2], input[3])
    let padded = (height + halo.top + halo.bottom) * (width + halo.left + halo.right)
    return padded <= 64 * height * width + (1 << 16)
  }

  /// The first tap of output pixel (0, 0), relative to pixel (0, 0) of the input.
  func firstTap(_ layout: Layout) -> Int {
    let lanes = layout.form.lanes
    return -begin[0] * layout.rowStride - begin[1] * lanes
  }

  /// Where each tap of the kernel lies relative to the first, row by row.
  func tapOffsets(_ layout: Layout) -> [Int] {
    let lanes = layout.form.lanes
    return (0..<kernel[0]).flatMap { y in
      (0..<kernel[1]).map { x in
        y * dilation[0] * layout.rowStride + x * dilation[1] * lanes
      }
    }
  }
}
