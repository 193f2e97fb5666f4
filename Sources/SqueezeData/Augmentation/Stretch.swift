public import SqueezeTensor

/// Makes a signal faster or slower about its middle, and keeps its length.
///
/// Linear between samples; a map has the nearest label.
public struct Stretch: Augmentation {
  /// The largest change: factors are in `1 ± share`.
  public var share: Float
  public var border: Border

  /// Stretches by a factor in `1 ± share`; what is uncovered is what the border says.
  public init(_ share: Float, border: Border = .edge) {
    self.share = share
    self.border = border
  }

  public func outputShape(for input: Shape) throws(DataError) -> Shape {
    guard (0..<1).contains(share) else {
      throw DataError("stretch", expected: "a share in 0..<1", actual: "\(share)")
    }
    return try input.asSignals("stretch")
  }

  public func apply(to sample: inout AugmentedSample, random: inout SeededGenerator) {
    let factor = random.uniform(1 - share, 1 + share)
    let (width, centre, border) = (sample.width, Float(sample.width - 1) / 2, border)
    sample.remake(height: 1, width: width) { plane in
      func element(_ position: Int) -> Float {
        let source = border.source(position, count: width)
        return source < 0 ? plane.fill : plane.source[source]
      }
      for x in 0..<width {
        let place = centre + (Float(x) - centre) / factor
        guard plane.isContinuous else {
          plane.target[x] = element(Int(place.rounded()))
          continue
        }
        let first = place.rounded(.down)
        let share = place - first
        let before = element(Int(first))
        plane.target[x] =
          share == 0 ? before : before + share * (element(Int(first) + 1) - before)
      }
    }
  }
}
