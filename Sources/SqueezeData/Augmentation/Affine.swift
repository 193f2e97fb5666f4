import Foundation
public import SqueezeTensor

/// Turns, scales, shears and shifts a picture about its centre.
///
/// A pixel at `p` comes from `c + A⁻¹ (p − c − t)`, `A = s · R(angle) · [[1, tan shear], [0, 1]]`:
/// bilinear in the picture, the nearest label in its map. What lies outside normalizes to 0, or is what
/// the border says.
public struct Affine: Augmentation {
  /// The largest turn in degrees.
  public var degrees: Float
  /// The largest change of scale: scales are in `1 ± scale`.
  public var scale: Float
  /// The largest horizontal shear in degrees.
  public var shearDegrees: Float
  /// The largest shift, as a share of height and width.
  public var shift: Float
  public var border: Border

  /// Turns, scales, shears and shifts by up to these amounts.
  public init(
    degrees: Float = 0,
    scale: Float = 0,
    shearDegrees: Float = 0,
    shift: Float = 0,
    border: Border = .zero
  ) {
    self.degrees = degrees
    self.scale = scale
    self.shearDegrees = shearDegrees
    self.shift = shift
    self.border = border
  }

  public func outputShape(for input: Shape) throws(DataError) -> Shape {
    guard (0..<1).contains(scale), (0..<90).contains(shearDegrees) else {
      let expected = "a scale in 0..<1 and a shear in 0..<90 degrees"
      throw DataError("affine", expected: expected, actual: "\(scale) and \(shearDegrees)")
    }
    return try input.asPictures("affine")
  }

  public func apply(to sample: inout AugmentedSample, random: inout SeededGenerator) {
    let angle = random.uniform(-degrees, degrees) * .pi / 180
    let factor = random.uniform(1 - scale, 1 + scale)
    let shear = tan(random.uniform(-shearDegrees, shearDegrees) * .pi / 180)
    let (height, width) = (sample.height, sample.width)
    let right = random.uniform(-shift, shift) * Float(width)
    let down = random.uniform(-shift, shift) * Float(height)
    // The inverse of A, row by row.
    let (c, s) = (cos(angle) / factor, sin(angle) / factor)
    let inverse = (c + shear * s, s - shear * c, -s, c)
    let centre = (x: Float(width - 1) / 2, y: Float(height - 1) / 2)
    let border = border
    sample.remake(height: height, width: width) { plane in
      for row in 0..<height {
        for column in 0..<width {
          let x = Float(column) - centre.x - right
          let y = Float(row) - centre.y - down
          let sourceX = centre.x + inverse.0 * x + inverse.1 * y
          let sourceY = centre.y + inverse.2 * x + inverse.3 * y
          plane.target[row * width + column] =
            plane.isContinuous
            ? plane.between(sourceX, sourceY, width, height, border)
            : plane.at((sourceX + 0.5).floor, (sourceY + 0.5).floor, width, height, border)
        }
      }
    }
  }
}

extension AugmentedSample.Plane {
  /// The element at a pixel.
  fileprivate func at(_ x: Int, _ y: Int, _ width: Int, _ height: Int, _ border: Border) -> Float {
    let (column, row) = (border.source(x, count: width), border.source(y, count: height))
    return column < 0 || row < 0 ? fill : source[row * width + column]
  }

  /// The bilinear mean of the four pixels around a place.
  fileprivate func between(
    _ x: Float,
    _ y: Float,
    _ width: Int,
    _ height: Int,
    _ border: Border
  ) -> Float {
    let (column, row) = (x.floor, y.floor)
    let (u, v) = (x - Float(column), y - Float(row))
    if column >= 0 && row >= 0 && column + 1 < width && row + 1 < height {
      let corner = source + row * width + column
      let upper = corner[0] + u * (corner[1] - corner[0])
      let lower = corner[width] + u * (corner[width + 1] - corner[width])
      return upper + v * (lower - upper)
    }
    let above = at(column, row, width, height, border)
    let aboveRight = u == 0 ? above : at(column + 1, row, width, height, border)
    let upper = above + u * (aboveRight - above)
    guard v > 0 else { return upper }
    let below = at(column, row + 1, width, height, border)
    let belowRight = u == 0 ? below : at(column + 1, row + 1, width, height, border)
    let lower = below + u * (belowRight - below)
    return upper + v * (lower - upper)
  }
}

extension Float {
  /// The largest whole number that is not larger; faster than `rounded(.down)` without SSE 4.1.
  fileprivate var floor: Int {
    let whole = Int(self)
    return Float(whole) > self ? whole - 1 : whole
  }
}
