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

  init(
    kernel: [Int],
    stride: [Int],
    dilation: [Int],
    begin: [Int],
    input: [Int],
    output: [Int]
  ) {
    (self.kernel, self.stride, self.dilation, self.begin) = (kernel, stride, dilation, begin)
    (self.input, self.output) = (input, output)
  }

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

  /// Whether each output pixel sees just the input pixel at its place.
  var isPointwise: Bool {
    kernel == [1, 1] && stride == [1, 1] && begin == [0, 0]
      && input.dropFirst(2) == output.dropFirst(2)
  }

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
    firstTap(rowStride: layout.rowStride, lanes: layout.lanes)
  }

  /// The same for input whose neighbouring pixels lie `lanes` floats apart.
  func firstTap(rowStride: Int, lanes: Int) -> Int { -begin[0] * rowStride - begin[1] * lanes }

  /// Where each tap of the kernel lies relative to the first, row by row.
  func tapOffsets(_ layout: Layout) -> [Int] {
    tapOffsets(rowStride: layout.rowStride, lanes: layout.lanes)
  }

  /// The same for input whose neighbouring pixels lie `lanes` floats apart.
  func tapOffsets(rowStride: Int, lanes: Int) -> [Int] {
    (0..<kernel[0]).flatMap { y in
      (0..<kernel[1]).map { x in y * dilation[0] * rowStride + x * dilation[1] * lanes }
    }
  }
}
