import Foundation
public import SqueezeTensor

/// Changes brightness, contrast, saturation and hue of a picture, in this order.
///
/// | change | formula | random |
/// |---|---|---|
/// | brightness | `f · x` | `f` in `1 ± brightness` |
/// | contrast | `m + f · (x − m)`, `m` the mean luma of the picture | `f` in `1 ± contrast` |
/// | saturation | `l + f · (x − l)`, `l` the luma of the pixel | `f` in `1 ± saturation` |
/// | hue | chroma turned in the plane of I and Q of the NTSC colour space | degrees in `± hue` |
///
/// Luma is that of ITU-R 601. Levels stay in 0…255. Saturation and hue need three channels and leave
/// others alone.
public struct ColourJitter: Augmentation {
  public var brightness: Float
  public var contrast: Float
  public var saturation: Float
  /// The largest turn of the hue in degrees.
  public var hueDegrees: Float

  /// Changes by factors in `1 ±` a share, and turns hues by up to `hueDegrees`.
  public init(
    brightness: Float = 0,
    contrast: Float = 0,
    saturation: Float = 0,
    hueDegrees: Float = 0
  ) {
    self.brightness = brightness
    self.contrast = contrast
    self.saturation = saturation
    self.hueDegrees = hueDegrees
  }

  public func outputShape(for input: Shape) throws(DataError) -> Shape {
    try input.asPictures("colour jitter")
  }

  public func apply(to sample: inout AugmentedSample, random: inout SeededGenerator) {
    let bright = random.uniform(1 - brightness, 1 + brightness)
    let contrasted = random.uniform(1 - contrast, 1 + contrast)
    let saturated = random.uniform(1 - saturation, 1 + saturation)
    let angle = random.uniform(-hueDegrees, hueDegrees) * .pi / 180
    let area = sample.area
    if brightness != 0 { for i in sample.values.indices { sample.values[i] *= bright } }
    if contrast != 0 {
      sample.clampLevels()
      let mean = Self.meanLuma(sample)
      for i in sample.values.indices {
        sample.values[i] = mean + contrasted * (sample.values[i] - mean)
      }
    }
    if sample.channels == 3, saturation != 0 || hueDegrees != 0 {
      sample.clampLevels()
      let matrix = Self.chroma(factor: saturation == 0 ? 1 : saturated, angle: angle)
      sample.values.withUnsafeMutableBufferPointer { values in
        for i in 0..<area {
          let (r, g, b) = (values[i], values[area + i], values[2 * area + i])
          for row in 0..<3 {
            values[row * area + i] =
              matrix[3 * row] * r + matrix[3 * row + 1] * g + matrix[3 * row + 2] * b
          }
        }
      }
    }
    sample.clampLevels()
  }

  /// The luma of ITU-R 601.
  private static let luma: [Float] = [0.299, 0.587, 0.114]

  private static func meanLuma(_ sample: AugmentedSample) -> Float {
    let area = sample.area
    let weights =
      sample.channels == 3
      ? luma : [Float](repeating: 1 / Float(sample.channels), count: sample.channels)
    var sum: Double = 0
    for channel in 0..<sample.channels {
      var part: Double = 0
      for i in channel * area..<(channel + 1) * area { part += Double(sample.values[i]) }
      sum += part * Double(weights[channel])
    }
    return Float(sum / Double(area))
  }

  /// The RGB matrix that multiplies the chroma by `factor` and turns it, row by row.
  private static func chroma(factor: Float, angle: Float) -> [Float] {
    // RGB → YIQ; the inverse follows from r = y + 0.956 i + 0.621 q and so on.
    let i: [Float] = [0.595716, -0.274453, -0.321263]
    let q: [Float] = [0.211456, -0.522591, 0.311135]
    let back: [(i: Float, q: Float)] = [
      (0.9563, 0.6210), (-0.2721, -0.6474), (-1.1070, 1.7046),
    ]
    let (cosine, sine) = (factor * cos(angle), factor * sin(angle))
    return back.flatMap { row in
      (0..<3).map { column in
        let newI = cosine * i[column] - sine * q[column]
        let newQ = sine * i[column] + cosine * q[column]
        return luma[column] + row.i * newI + row.q * newQ
      }
    }
  }
}
