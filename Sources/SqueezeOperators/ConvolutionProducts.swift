import SqueezeTensor

/// Which input element, weight and output element meet in the products of a convolution.
///
/// The fine map is what the window moves over: the input of a ``Convolution``, the output of a
/// ``TransposedConvolution``. The coarse map has one element per position of the window.
struct ConvolutionProducts {
  /// The window over `[H, W]`.
  var window: SlidingWindow
  /// The padding before each axis of the fine map.
  var begin: [Int]
  var groups: Int
  /// The shape of the fine map, `[N, C, H, W]`.
  var fine: Shape
  /// The shape of the coarse map, `[N, O, H', W']`; the weight is `[O, C/groups, kH, kW]`.
  var coarse: Shape

  /// Visits the positions of all products in row-major order of the coarse map.
  func forEach(_ body: (_ fine: Int, _ weight: Int, _ coarse: Int) -> Void) {
    let (channels, kernel) = (fine[1] / groups, window.kernelSize)
    for position in 0..<coarse.count {
      let (row, column) = (position / coarse[3] % coarse[2], position % coarse[3])
      let (n, o) = (
        position / coarse.count(from: 1), position / (coarse[2] * coarse[3]) % coarse[1]
      )
      let firstChannel = o / (coarse[1] / groups) * channels
      for i in 0..<channels {
        let map = (n * fine[1] + firstChannel + i) * fine[2]
        let taps = (o * channels + i) * kernel[0]
        for ky in 0..<kernel[0] {
          let h = row * window.stride[0] + ky * window.dilation[0] - begin[0]
          guard h >= 0, h < fine[2] else { continue }
          for kx in 0..<kernel[1] {
            let w = column * window.stride[1] + kx * window.dilation[1] - begin[1]
            guard w >= 0, w < fine[3] else { continue }
            body((map + h) * fine[3] + w, (taps + ky) * kernel[1] + kx, position)
          }
        }
      }
    }
  }
}
