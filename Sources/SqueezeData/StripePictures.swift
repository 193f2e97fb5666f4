import Foundation
import SqueezeTensor

/// Pictures of stripes that the package draws itself, for demonstrations and tests.
public enum StripePictures {
  /// Draws stripes of two random colours with a soft edge, a random phase and noise.
  ///
  /// - Parameters:
  ///   - direction: the direction of the stripes in degrees, counter-clockwise from horizontal.
  ///   - period: the distance between stripes in pixels.
  ///   - size: height and width in pixels.
  ///   - seed: the same seed draws the same picture.
  /// - Returns: an RGB picture.
  public static func draw(
    direction: Double,
    period: Double = 6,
    size: Int = 64,
    seed: UInt64
  ) -> Image {
    var random = SeededGenerator(seed: seed)
    let angle = direction * .pi / 180
    let phase = Double(random.uniform()) * 2 * .pi
    let dark = (0..<3).map { _ in Double(random.uniform(10, 110)) }
    let light = (0..<3).map { _ in Double(random.uniform(145, 245)) }
    var pixels: [UInt8] = []
    pixels.reserveCapacity(3 * size * size)
    for row in 0..<size {
      for column in 0..<size {
        let (x, y) = (Double(column), Double(size - 1 - row))
        let wave = sin(2 * .pi * (-x * sin(angle) + y * cos(angle)) / period + phase)
        let share = 0.5 + 0.5 * max(-1, min(1, 1.8 * wave))
        for channel in 0..<3 {
          let noise = Double(random.uniform(-24, 24))
          let level = dark[channel] + (light[channel] - dark[channel]) * share + noise
          pixels.append(UInt8(max(0, min(255, level.rounded()))))
        }
      }
    }
    return Image(width: size, height: size, channels: 3, pixels: pixels)
  }
}
