import Foundation
import SqueezeEngine

/// Rate over intensity on logarithmic axes: the roofs of a machine and one disc per step.
///
/// A disc's area is the step's share of the time. Above the roofs lie steps whose kernel does with
/// fewer products than the MACs counted, such as Winograd's.
struct RooflineChart {
  private let steps: [ExecutionProfile.Step]
  private let roofline: Roofline
  private let total: Double
  private let left, top, width, height: Double
  /// Powers of ten at the ends of the axes: MACs per byte, and GMAC/s.
  private let intensities: ClosedRange<Double>
  private let rates: ClosedRange<Double>

  init(_ profile: ExecutionProfile, left: Double, top: Double, width: Double, height: Double) {
    let steps = profile.steps.filter { $0.work.macs > 0 && $0.intensity > 0 && $0.seconds > 0 }
    let roofline = profile.roofline
    (self.steps, self.roofline) = (steps, roofline)
    total = max(profile.totalSeconds, 1e-12)
    (self.left, self.top, self.width, self.height) = (left, top, width, height)
    func powers(_ values: [Double]) -> ClosedRange<Double> {
      let logs = values.filter { $0 > 0 }.map { log10($0) }
      let low = ((logs.min() ?? 0) - 0.1).rounded(.down)
      return low...max(low + 1, ((logs.max() ?? 1) + 0.1).rounded(.up))
    }
    let ridge = roofline.levels.map {
      roofline.peakGMACsPerSecond / max($0.gigabytesPerSecond, 1e-9)
    }
    intensities = powers(steps.map(\.intensity) + ridge)
    rates = powers(steps.map(\.gmacsPerSecond) + [roofline.peakGMACsPerSecond])
  }

  private func x(_ intensity: Double) -> Double {
    let share =
      (log10(intensity) - intensities.lowerBound)
      / (intensities.upperBound - intensities.lowerBound)
    return left + share * width
  }

  private func y(_ rate: Double) -> Double {
    let share = (log10(rate) - rates.lowerBound) / (rates.upperBound - rates.lowerBound)
    return top + height - share * height
  }

  var svg: String {
    ([frame] + [roofs] + [discs]).joined(separator: "\n")
  }

  private var frame: String {
    var shapes = [
      SVG.text(left, top - 22, "roofline", "heading"),
      SVG.rectangle(left, top, width, height, "frame"),
      SVG.text(left + width / 2, top + height + 34, "MACs per byte touched", "quiet middle"),
      SVG.text(left, top - 6, "GMAC/s", "quiet"),
      SVG.text(left, top + height + 56, "area: share of the time", "quiet"),
    ]
    for power in Int(intensities.lowerBound)...Int(intensities.upperBound) {
      let place = x(pow(10, Double(power)))
      shapes.append(SVG.line(place, top, place, top + height, "grid"))
      shapes.append(SVG.text(place, top + height + 16, Self.power(power), "quiet middle"))
    }
    for power in Int(rates.lowerBound)...Int(rates.upperBound) {
      let place = y(pow(10, Double(power)))
      shapes.append(SVG.line(left, place, left + width, place, "grid"))
      shapes.append(SVG.text(left - 6, place + 4, Self.power(power), "quiet end"))
    }
    return shapes.joined(separator: "\n")
  }

  private static func power(_ power: Int) -> String {
    power >= 0 && power < 5
      ? String(Int(pow(10, Double(power)))) : String(format: "%g", pow(10, Double(power)))
  }

  private var roofs: String {
    let peak = roofline.peakGMACsPerSecond
    let end = pow(10, intensities.upperBound)
    var shapes: [String] = []
    let nearest = roofline.levels.map { peak / $0.gigabytesPerSecond }.min() ?? 1
    shapes.append(SVG.line(x(nearest), y(peak), x(end), y(peak), "roof \(SVG.tone("compute"))"))
    shapes.append(
      SVG.text(x(end) - 6, y(peak) - 6, "\(Units.rounded(peak)) GMAC/s", "figure end")
    )
    for level in roofline.levels {
      let ridge = peak / level.gigabytesPerSecond
      // The line leaves the frame on its left or its lower side.
      let start = max(
        pow(10, intensities.lowerBound),
        pow(10, rates.lowerBound) / level.gigabytesPerSecond
      )
      guard ridge > start else { continue }
      let foot = start * level.gigabytesPerSecond
      shapes.append(
        SVG.line(x(start), y(foot), x(ridge), y(peak), "roof \(SVG.tone(level.name))")
      )
      let label = "\(level.name) \(Units.rounded(level.gigabytesPerSecond)) GB/s"
      // Along the line, a third of the way up.
      let (px, py) = (
        x(start) + (x(ridge) - x(start)) * 0.3, y(foot) + (y(peak) - y(foot)) * 0.3
      )
      let angle = atan2(y(peak) - y(foot), x(ridge) - x(start)) * 180 / .pi
      shapes.append(SVG.turned(px, py - 4, label, "figure", angle))
    }
    return shapes.joined(separator: "\n")
  }

  private var discs: String {
    // Large ones first, so that small ones stay visible.
    steps.sorted { $0.seconds > $1.seconds }.map { step in
      let radius = max(2, (step.seconds / total * 4000 / .pi).squareRoot())
      return SVG.disc(
        x(step.intensity),
        y(step.gmacsPerSecond),
        radius,
        "disc \(SVG.tone(step.limit.bound))",
        "\(step.nodes.joined(separator: " + ")): \(Units.rounded(step.gmacsPerSecond)) GMAC/s"
      )
    }.joined(separator: "\n")
  }
}
