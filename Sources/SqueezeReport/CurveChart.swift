import Foundation

/// Curves over steps or epochs, such as losses of several runs, as SVG.
public struct CurveChart: Sendable, Hashable {
  /// One curve.
  public struct Series: Sendable, Hashable {
    public var name: String
    /// The points in order of `x`; those that are not finite leave a gap.
    public var points: [Point]
    /// Whether every point gets a disc, as measured ones do that lines only join.
    public var isMarked: Bool

    /// Creates a curve.
    public init(_ name: String, _ points: [Point], isMarked: Bool = false) {
      self.name = name
      self.points = points
      self.isMarked = isMarked
    }
  }

  /// A place on a curve.
  public struct Point: Sendable, Hashable {
    public var x: Double
    public var y: Double

    /// Creates a point.
    public init(_ x: Double, _ y: Double) {
      self.x = x
      self.y = y
    }
  }

  public var title: String
  /// What runs along the horizontal axis.
  public var xLabel: String
  public var series: [Series]
  /// Whether the vertical axis is logarithmic; it falls back to linear where a value is not positive.
  public var isLogarithmic: Bool

  /// Creates a chart.
  public init(
    _ title: String,
    xLabel: String,
    series: [Series],
    isLogarithmic: Bool = false
  ) {
    self.title = title
    self.xLabel = xLabel
    self.series = series
    self.isLogarithmic = isLogarithmic
  }

  /// The most points drawn of a curve; longer ones are drawn by the least and largest value of every bin.
  package static let pointLimit = 600

  /// The picture as a file of its own.
  public var svg: String {
    let picture = self.picture(width: 720, height: 360)
    return """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 720 360" width="720" height="360" \
      role="img" aria-label="\(SVG.escaped(title))">
      \(SVG.style)
      \(Self.curveStyle)
      <rect width="720" height="360" class="ground"/>
      \(picture)
      </svg>

      """
  }

  /// Colours of curves after Okabe and Ito (2008), on light and on dark ground.
  static let curveStyle = """
    <style>
    .curve { fill: none; stroke-width: 1.8; stroke-linejoin: round }
    .c0 { stroke: #0072b2 } .c1 { stroke: #d55e00 } .c2 { stroke: #009e73 }
    .c3 { stroke: #cc79a7 } .c4 { stroke: #e69f00 } .c5 { stroke: #56b4e9 }
    .m0 { fill: #0072b2 } .m1 { fill: #d55e00 } .m2 { fill: #009e73 }
    .m3 { fill: #cc79a7 } .m4 { fill: #e69f00 } .m5 { fill: #56b4e9 }
    @media (prefers-color-scheme: dark) { .c0 { stroke: #4aa3df } .m0 { fill: #4aa3df } }
    </style>
    """

  /// The shapes of the picture, without style and ground.
  func picture(width: Double, height: Double) -> String {
    let (left, top) = (64.0, 44.0)
    let frame = (width: width - left - 20, height: height - top - 48)
    let legendPlaces = legend(left: left, width: frame.width)
    var shapes = [SVG.text(left, 20, title, "heading")] + legendPlaces
    guard let (xs, ys) = ranges else {
      shapes.append(SVG.text(left, top + 20, "no values", "quiet"))
      return shapes.joined(separator: "\n")
    }
    let logarithmic = usesLogarithm
    func x(_ value: Double) -> Double {
      left + (value - xs.lowerBound) / (xs.upperBound - xs.lowerBound) * frame.width
    }
    func y(_ value: Double) -> Double {
      let value = logarithmic ? log10(value) : value
      return top + frame.height - (value - ys.lowerBound) / (ys.upperBound - ys.lowerBound)
        * frame.height
    }
    for tick in Self.ticks(xs, count: 8) {
      shapes.append(SVG.line(x(tick), top, x(tick), top + frame.height, "grid"))
      shapes.append(
        SVG.text(x(tick), top + frame.height + 16, Self.label(tick), "quiet middle")
      )
    }
    for value in logarithmic ? Self.logarithmicTicks(ys) : Self.ticks(ys, count: 5) {
      shapes.append(SVG.line(left, y(value), left + frame.width, y(value), "grid"))
      shapes.append(SVG.text(left - 6, y(value) + 4, Self.label(value), "quiet end"))
    }
    shapes.append(SVG.rectangle(left, top, frame.width, frame.height, "frame"))
    shapes.append(
      SVG.text(left + frame.width / 2, top + frame.height + 36, xLabel, "quiet middle")
    )
    for (index, series) in series.enumerated() {
      for run in Self.runs(series.points) {
        let places = run.map { "\(SVG.number(x($0.x))),\(SVG.number(y($0.y)))" }
        let points = places.count == 1 ? places + places : places
        shapes.append(
          "<polyline points=\"\(points.joined(separator: " "))\" class=\"curve c\(index % 6)\">"
            + "<title>\(SVG.escaped(series.name))</title></polyline>"
        )
        guard series.isMarked else { continue }
        for point in run {
          let hint = "\(series.name): \(Self.label(point.x)), \(Self.label(point.y))"
          shapes.append(SVG.disc(x(point.x), y(point.y), 3, "mark m\(index % 6)", hint))
        }
      }
    }
    return shapes.joined(separator: "\n")
  }

  private func legend(left: Double, width: Double) -> [String] {
    guard series.count > 1 || series.first.map({ $0.name != title }) == true else { return [] }
    var shapes: [String] = []
    var place = left
    for (index, series) in series.enumerated() where place < left + width - 40 {
      shapes.append(SVG.line(place, 33, place + 16, 33, "curve c\(index % 6)"))
      shapes.append(SVG.text(place + 20, 37, series.name, "figure"))
      place += 34 + 6 * Double(series.name.count)
    }
    return shapes
  }

  // MARK: - Axes

  private var finite: [Point] {
    series.flatMap(\.points).filter { $0.x.isFinite && $0.y.isFinite }
  }

  private var usesLogarithm: Bool { isLogarithmic && finite.allSatisfy { $0.y > 0 } }

  private var ranges: (x: ClosedRange<Double>, y: ClosedRange<Double>)? {
    let points = finite
    let logarithmic = usesLogarithm
    let ys = points.map { logarithmic ? log10($0.y) : $0.y }
    guard let left = points.map(\.x).min(), let right = points.map(\.x).max(),
      let low = ys.min(), let high = ys.max()
    else { return nil }
    // A flat curve still needs a height.
    let margin = high > low ? (high - low) * 0.05 : max(abs(high) * 0.1, 1e-9)
    return (left...max(right, left + 1e-9), (low - margin)...(high + margin))
  }

  /// Round numbers within a range, about `count` of them.
  package static func ticks(_ range: ClosedRange<Double>, count: Int) -> [Double] {
    let span = range.upperBound - range.lowerBound
    guard span > 0, span.isFinite else { return [range.lowerBound] }
    let rough = span / Double(count)
    let power = pow(10, log10(rough).rounded(.down))
    let step = ([1, 2, 5].first { $0 * power >= rough } ?? 10) * power
    let first = (range.lowerBound / step).rounded(.up)
    let last = (range.upperBound / step).rounded(.down)
    guard last >= first, last - first < 1000 else { return [] }
    return stride(from: first, through: last, by: 1).map { $0 * step }
  }

  /// The numbers 1, 2 and 5 times a power of ten between two powers; of many decades only some powers.
  package static func logarithmicTicks(_ powers: ClosedRange<Double>) -> [Double] {
    let (low, high) = (Int(powers.lowerBound.rounded(.down)), Int(powers.upperBound.rounded(.up)))
    let decades = high - low
    guard decades <= 4 else {
      let step = (decades + 5) / 6
      return stride(from: low, through: high, by: step).map { pow(10, Double($0)) }
        .filter { powers.contains(log10($0)) }
    }
    let ticks = (low...high).flatMap { power in [1, 2, 5].map { $0 * pow(10, Double(power)) } }
      .filter { powers.contains(log10($0)) }
    // Within a small part of a decade round numbers are better.
    guard ticks.count < 2 else { return ticks }
    return self.ticks(pow(10, powers.lowerBound)...pow(10, powers.upperBound), count: 5)
      .filter { $0 > 0 }
  }

  private static func label(_ value: Double) -> String {
    value == 0
      ? "0" : abs(value) >= 1e5 ? String(format: "%.0e", value) : String(format: "%.4g", value)
  }

  /// The parts of a curve between gaps, thinned to what can be seen.
  package static func runs(_ points: [Point]) -> [[Point]] {
    var runs: [[Point]] = []
    var run: [Point] = []
    for point in points {
      if point.x.isFinite, point.y.isFinite {
        run.append(point)
      } else if !run.isEmpty {
        runs.append(run)
        run = []
      }
    }
    if !run.isEmpty { runs.append(run) }
    return runs.map(thinned)
  }

  private static func thinned(_ points: [Point]) -> [Point] {
    guard points.count > pointLimit else { return points }
    let bins = pointLimit / 2
    return (0..<bins).flatMap { bin -> [Point] in
      let part = points[bin * points.count / bins..<(bin + 1) * points.count / bins]
      guard let low = part.min(by: { $0.y < $1.y }), let high = part.max(by: { $0.y < $1.y })
      else { return [] }
      return low.x <= high.x ? [low, high] : [high, low]
    }
  }
}
