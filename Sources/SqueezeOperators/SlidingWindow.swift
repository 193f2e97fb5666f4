public import SqueezeGraph
public import SqueezeTensor

/// A window that moves over the spatial axes of an activation map: kernel, stride, dilation, padding.
///
/// Along one axis an input of `n` gives `⌊(n + begin + end − dilation·(kernel − 1) − 1) / stride⌋ + 1`
/// positions, or the ceiling with ``Rounding/up``.
public struct SlidingWindow: Sendable, Hashable, Codable {
  /// Zeros (for max pooling: nothing) around the input.
  public enum Padding: Sendable, Hashable, Codable {
    /// So many positions before and after, per axis.
    case explicit(begin: [Int], end: [Int])
    /// As many as make the output `⌈n / stride⌉`, the odd one at the end.
    case sameUpper
    /// As many as make the output `⌈n / stride⌉`, the odd one at the beginning.
    case sameLower
  }

  /// What happens to a last window that only partly fits.
  public enum Rounding: String, Sendable, Hashable, Codable { case down, up }

  /// The kernel's size per spatial axis: `[kH, kW]`, or `[kW]` for signals.
  public var kernelSize: [Int]
  public var stride: [Int]
  public var dilation: [Int]
  public var padding: Padding
  public var rounding: Rounding

  /// Creates a window; what is left out is 1, or no padding.
  public init(
    kernelSize: [Int],
    stride: [Int]? = nil,
    dilation: [Int]? = nil,
    padding: Padding? = nil,
    rounding: Rounding = .down
  ) {
    let ones = kernelSize.map { _ in 1 }
    let zeros = kernelSize.map { _ in 0 }
    self.kernelSize = kernelSize
    self.stride = stride ?? ones
    self.dilation = dilation ?? ones
    self.padding = padding ?? .explicit(begin: zeros, end: zeros)
    self.rounding = rounding
  }

  /// Creates a square window with the same padding on every side.
  public init(
    _ size: Int,
    stride: Int = 1,
    dilation: Int = 1,
    padding: Int = 0,
    rounding: Rounding = .down
  ) {
    self.init(
      kernelSize: [size, size],
      stride: [stride, stride],
      dilation: [dilation, dilation],
      padding: .explicit(begin: [padding, padding], end: [padding, padding]),
      rounding: rounding
    )
  }

  /// The number of spatial axes.
  public var rank: Int { kernelSize.count }
  /// The number of positions inside the kernel.
  public var kernelCount: Int { kernelSize.reduce(1, *) }

  /// The largest kernel, stride, dilation or padding a file may ask for.
  public static let maximumSize = 1 << 20

  /// Checks the attributes, and that the input has this window's axes after batch and channel.
  public func check(_ operatorName: String, _ input: Shape) throws(ShapeError) {
    guard (1...2).contains(rank), input.rank == rank + 2 else {
      let expected = rank == 1 ? "[N, C, W]" : "[N, C, H, W]"
      throw ShapeError(operatorName, expected: "an input \(expected)", actual: input)
    }
    guard stride.count == rank, dilation.count == rank else {
      throw ShapeError(
        operatorName,
        expected: "\(rank) strides and dilations",
        actual: "\(stride.count) and \(dilation.count)"
      )
    }
    let limits = 1...Self.maximumSize
    for value in kernelSize + stride + dilation where !limits.contains(value) {
      throw ShapeError(
        operatorName,
        expected: "kernel, stride, dilation in \(limits)",
        actual: value
      )
    }
    guard case .explicit(let begin, let end) = padding else { return }
    guard begin.count == rank, end.count == rank else {
      throw ShapeError(
        operatorName,
        expected: "\(rank) paddings",
        actual: "\(begin.count) and \(end.count)"
      )
    }
    for value in begin + end where !(0...Self.maximumSize).contains(value) {
      throw ShapeError(
        operatorName,
        expected: "padding in 0...\(Self.maximumSize)",
        actual: value
      )
    }
  }

  /// The padding before and after each axis for an input of `spatial` size.
  public func resolvedPadding(for spatial: [Int]) -> (begin: [Int], end: [Int]) {
    switch padding {
    case .explicit(let begin, let end): return (begin, end)
    case .sameUpper, .sameLower:
      let totals = spatial.indices.map { axis in
        let outputs = (spatial[axis] + stride[axis] - 1) / stride[axis]
        let extent = dilation[axis] * (kernelSize[axis] - 1) + 1
        return max(0, (outputs - 1) * stride[axis] + extent - spatial[axis])
      }
      let small = totals.map { $0 / 2 }
      let large = totals.map { $0 - $0 / 2 }
      return padding == .sameUpper ? (small, large) : (large, small)
    }
  }

  /// The spatial size of the output.
  ///
  /// With rounding up, a last window that would start in the padding after the input is dropped.
  public func outputSize(
    _ operatorName: String,
    _ input: Shape
  ) throws(ShapeError) -> [Int] {
    try check(operatorName, input)
    let spatial = Array(input.dimensions[2...])
    let (begin, end) = resolvedPadding(for: spatial)
    var sizes: [Int] = []
    for axis in spatial.indices {
      let extent = dilation[axis] * (kernelSize[axis] - 1) + 1
      let room = spatial[axis] + begin[axis] + end[axis] - extent
      guard room >= 0 else {
        throw ShapeError(
          operatorName,
          expected: "at least \(extent) positions along spatial axis \(axis)",
          actual: spatial[axis] + begin[axis] + end[axis]
        )
      }
      var size = room / stride[axis] + 1
      if rounding == .up, room % stride[axis] != 0,
        size * stride[axis] < spatial[axis] + begin[axis]
      {
        size += 1
      }
      sizes.append(size)
    }
    return sizes
  }

  /// Checks that padding is smaller than the kernel, so that every pooling window sees the input.
  public func checkPadding(_ operatorName: String, _ spatial: [Int]) throws(ShapeError) {
    let (begin, end) = resolvedPadding(for: spatial)
    for axis in kernelSize.indices {
      let extent = dilation[axis] * (kernelSize[axis] - 1) + 1
      guard begin[axis] < extent, end[axis] < extent, spatial[axis] > 0 else {
        throw ShapeError(
          operatorName,
          expected: "padding below the kernel's extent \(extent) on at least one position",
          actual: "\(begin[axis]) and \(end[axis]) on \(spatial[axis])"
        )
      }
    }
  }

  /// The window as one over `[H, W]`: a signal has `H = 1`.
  public var planar: SlidingWindow {
    guard rank == 1 else { return self }
    var window = self
    window.kernelSize = [1] + kernelSize
    window.stride = [1] + stride
    window.dilation = [1] + dilation
    if case .explicit(let begin, let end) = padding {
      window.padding = .explicit(begin: [0] + begin, end: [0] + end)
    }
    return window
  }
}

extension Shape {
  /// `[N, C, H, W]` for an image or, with `H = 1`, a signal `[N, C, W]`.
  public var planar: Shape { rank == 3 ? [self[0], self[1], 1, self[2]] : self }
}
