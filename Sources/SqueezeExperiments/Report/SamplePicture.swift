import Foundation
import SqueezeData
import SqueezeTensor

/// A sample as a picture again: what a network was given, turned back by mean and deviation.
enum SamplePicture {
  /// The address of a PNG in place, `data:image/png;base64,…`.
  ///
  /// - Parameters:
  ///   - input: a batch, `[N, C, H, W]`.
  ///   - index: which sample.
  ///   - mean: what was subtracted per channel, grey levels being 0 to 1.
  ///   - deviation: what channels were divided by.
  /// - Returns: the address; `nil` for what is no picture.
  static func address(
    _ input: Tensor,
    _ index: Int,
    mean: [Double],
    deviation: [Double]
  ) -> String? {
    guard let image = image(input, index, mean: mean, deviation: deviation),
      let bytes = try? PNGEncoder.encode(image)
    else { return nil }
    return "data:image/png;base64,\(Data(bytes).base64EncodedString())"
  }

  static func image(
    _ input: Tensor,
    _ index: Int,
    mean: [Double],
    deviation: [Double]
  ) -> Image? {
    let shape = input.shape
    guard shape.rank == 4, shape[2] > 0, shape[3] > 0 else { return nil }
    // Of maps with other channels the first is shown.
    let channels = shape[1] == 3 ? 3 : 1
    let area = shape[2] * shape[3]
    let start = index * shape[1] * area
    guard start + channels * area <= input.scalars.count else { return nil }
    var pixels = [UInt8](repeating: 0, count: area * channels)
    for channel in 0..<channels {
      let m = mean.count == 1 ? mean[0] : mean[min(channel, mean.count - 1)]
      let d = deviation.count == 1 ? deviation[0] : deviation[min(channel, deviation.count - 1)]
      for i in 0..<area {
        let level = (Double(input.scalars[start + channel * area + i]) * d + m) * 255
        pixels[i * channels + channel] =
          level.isFinite ? UInt8(max(0, min(255, level.rounded()))) : 0
      }
    }
    return Image(width: shape[3], height: shape[2], channels: channels, pixels: pixels)
  }
}
