import Foundation
public import SqueezeEngine

/// A picture of a profile: every step as a bar in the order in which they run, beside the roofline.
///
/// The full part of a bar is the least time that the machine allows for the step, the pale part what
/// it takes beyond that; the colour says what sets the least time.
public struct ProfilePicture: Sendable {
  private let title: String
  private let profile: ExecutionProfile

  /// Creates the picture of a profile.
  public init(_ title: String, _ profile: ExecutionProfile) {
    self.title = title
    self.profile = profile
  }

  private static let rowHeight = 18.0
  private static let top = 150.0
  private static let margin = 24.0
  private static let labelWidth = 250.0
  private static let kernelWidth = 150.0
  private static let barWidth = 330.0
  private static let chartSize = (width: 460.0, height: 340.0)

  private static var barLeft: Double { margin + labelWidth + kernelWidth + 20 }
  private static var chartLeft: Double { barLeft + barWidth + 190 }
  private static var width: Double { chartLeft + chartSize.width + margin }

  /// The picture as SVG, for light and dark surroundings.
  public var svg: String {
    let rows = Double(profile.steps.count) * Self.rowHeight
    let height =
      Self.top + max(rows, Self.chartSize.height + 110 + Double(Self.kernelRows) * Self.rowHeight)
      + 40
    let chart = RooflineChart(
      profile,
      left: Self.chartLeft,
      top: Self.top + 14,
      width: Self.chartSize.width,
      height: Self.chartSize.height
    )
    let size = "width=\"\(SVG.number(Self.width))\" height=\"\(SVG.number(height))\""
    let box = "viewBox=\"0 0 \(SVG.number(Self.width)) \(SVG.number(height))\""
    return """
      <svg xmlns="http://www.w3.org/2000/svg" \(size) \(box) role="img">
      <title>\(SVG.escaped(title)): time per step</title>
      \(SVG.style)
      <rect class="ground" width="100%" height="100%"/>
      \(header)
      \(ribbon)
      \(bars)
      \(chart.svg)
      \(kernels)
      </svg>

      """
  }

  // MARK: - The head and the ribbon of all steps

  private var header: String {
    let time = Units.seconds(profile.totalSeconds)
    let threads = profile.threads == 1 ? "1 thread" : "\(profile.threads) threads"
    let setting =
      "\(time) in \(profile.steps.count) steps · \(threads) · \(profile.instructionSet.rawValue) · "
      + profile.machine.processor
    return [
      SVG.text(Self.margin, 36, title, "title"),
      SVG.text(Self.margin, 58, setting, "quiet"),
    ].joined(separator: "\n")
  }

  /// All steps end to end over the picture's width, with the share of every bound below.
  private var ribbon: String {
    let total = max(profile.totalSeconds, 1e-12)
    let length = Self.width - 2 * Self.margin
    var x = Self.margin
    var shapes: [String] = []
    for step in profile.steps {
      let part = step.seconds / total * length
      shapes.append(
        SVG.rectangle(x, 74, max(part - 0.5, 0.2), 16, "\(SVG.tone(step.limit.bound))", hint(step))
      )
      x += part
    }
    x = Self.margin
    for group in ProfileReport.groups(of: profile) {
      let name = group.bound == "none" ? "no work" : SVG.name(group.bound)
      let label = "\(name)  \(Units.percent(group.seconds / total))"
      shapes.append(SVG.rectangle(x, 103, 11, 11, SVG.tone(group.bound)))
      shapes.append(SVG.text(x + 17, 113, label, "plain"))
      x += 44 + Double(label.count) * 6.6
    }
    shapes.append(
      SVG.text(
        Self.width - Self.margin,
        113,
        "full: least time of the step's roofline · pale: what it takes beyond",
        "quiet end"
      )
    )
    return shapes.joined(separator: "\n")
  }

  // MARK: - One bar per step

  private var bars: String {
    let longest = max(profile.steps.map(\.seconds).max() ?? 0, 1e-12)
    var shapes = [
      SVG.text(Self.margin, Self.top - 8, "step", "heading"),
      SVG.text(Self.margin + Self.labelWidth + 10, Self.top - 8, "kernel", "heading"),
      SVG.text(Self.barLeft, Self.top - 8, "time, and share of the limit", "heading"),
    ]
    for (row, step) in profile.steps.enumerated() {
      let y = Self.top + Double(row) * Self.rowHeight
      let length = max(step.seconds / longest * Self.barWidth, 0.6)
      let least = length * min(step.peakShare, 1)
      let tone = SVG.tone(step.limit.bound)
      if row % 2 == 1 {
        let width = Self.barLeft + Self.barWidth + 150 - Self.margin
        shapes.append(SVG.rectangle(Self.margin - 6, y, width, Self.rowHeight, "stripe"))
      }
      let name = ProfileReport.shortened(step.nodes, to: 36)
      shapes.append(SVG.text(Self.margin, y + 13, name, "plain", hint(step)))
      shapes.append(
        SVG.text(Self.margin + Self.labelWidth + 10, y + 13, Self.short(step.kernel), "quiet")
      )
      shapes.append(SVG.rectangle(Self.barLeft, y + 3, length, 12, "\(tone) pale", hint(step)))
      if least > 0.2 {
        shapes.append(SVG.rectangle(Self.barLeft, y + 3, least, 12, tone, hint(step)))
      }
      let share = step.limit.seconds > 0 ? " · \(Int((step.peakShare * 100).rounded())) %" : ""
      shapes.append(
        SVG.text(Self.barLeft + length + 6, y + 13, Units.seconds(step.seconds) + share, "figure")
      )
    }
    return shapes.joined(separator: "\n")
  }

  // MARK: - The kernels that take most

  private var kernels: String {
    let groups = Dictionary(grouping: profile.steps, by: \.kernel)
      .map { (kernel: $0.key, steps: $0.value, seconds: $0.value.reduce(0) { $0 + $1.seconds }) }
      .sorted { ($1.seconds, $0.kernel) < ($0.seconds, $1.kernel) }
    let longest = max(groups.first?.seconds ?? 0, 1e-12)
    let top = Self.top + Self.chartSize.height + 110
    var shapes = [SVG.text(Self.chartLeft, top - 8, "time by kernel", "heading")]
    for (row, group) in groups.prefix(Self.kernelRows).enumerated() {
      let y = top + Double(row) * Self.rowHeight
      let left = Self.chartLeft + Self.kernelWidth + 10
      let share = Units.percent(group.seconds / max(profile.totalSeconds, 1e-12))
      let length = max(group.seconds / longest * 150, 0.6)
      let text = "\(Units.seconds(group.seconds)) · \(share) · \(group.steps.count)×"
      shapes.append(SVG.text(Self.chartLeft, y + 13, Self.short(group.kernel), "plain"))
      shapes.append(SVG.rectangle(left, y + 3, length, 12, "other"))
      shapes.append(SVG.text(left + length + 6, y + 13, text, "figure"))
    }
    return shapes.joined(separator: "\n")
  }

  private static let kernelRows = 10

  private static func short(_ kernel: String) -> String {
    kernel.count > 24 ? kernel.prefix(23) + "…" : kernel
  }

  /// What a browser shows while the pointer rests on a step.
  private func hint(_ step: ExecutionProfile.Step) -> String {
    let shape = step.outputShape.map(String.init).joined(separator: "×")
    return
      "\(step.nodes.joined(separator: " + ")): \(step.kernel) → \(shape), "
      + "\(Units.seconds(step.seconds)), \(Units.rounded(step.gmacsPerSecond)) GMAC/s, "
      + "\(Units.rounded(step.gigabytesPerSecond)) GB/s, bound by \(SVG.name(step.limit.bound))"
  }
}
