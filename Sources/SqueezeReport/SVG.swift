import Foundation

/// The shapes that the pictures are drawn with.
enum SVG {
  /// Colours that people who see few of them still tell apart, after Okabe and Ito (2008), on light
  /// and on dark ground.
  static let style = """
    <style>
    text { font-family: system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; \
    font-size: 11px; fill: #1f2430 }
    .ground { fill: #ffffff }
    .title { font-size: 20px; font-weight: 600 }
    .heading { font-size: 11px; font-weight: 600 }
    .quiet { fill: #667085 }
    .figure { font-size: 10px; fill: #475467 }
    .end { text-anchor: end }
    .middle { text-anchor: middle }
    .stripe { fill: #f4f6f9 }
    .frame { fill: none; stroke: #c3c9d4 }
    .grid { stroke: #e6e9ef }
    .roof { stroke-width: 2; fill: none }
    .disc { fill-opacity: 0.65; stroke-width: 1 }
    .pale { fill-opacity: 0.28 }
    .compute { fill: #0072b2; stroke: #0072b2 }
    .l1 { fill: #56b4e9; stroke: #56b4e9 }
    .l2 { fill: #009e73; stroke: #009e73 }
    .l3 { fill: #e69f00; stroke: #e69f00 }
    .dram { fill: #d55e00; stroke: #d55e00 }
    .other { fill: #98a2b3; stroke: #98a2b3 }
    rect { stroke-width: 0 }
    rect.frame { stroke-width: 1 }
    @media (prefers-color-scheme: dark) {
      text { fill: #e6e8ee }
      .ground { fill: #14171f }
      .quiet { fill: #98a2b3 }
      .figure { fill: #b8c0cf }
      .stripe { fill: #1b202b }
      .frame { stroke: #3a4252 }
      .grid { stroke: #262c39 }
      .compute { fill: #4aa3df; stroke: #4aa3df }
    }
    </style>
    """

  /// The class of a bound's colour.
  static func tone(_ bound: String) -> String {
    ["compute", "L1", "L2", "L3", "DRAM"].contains(bound) ? bound.lowercased() : "other"
  }

  /// A bound in words.
  static func name(_ bound: String) -> String { bound == "compute" ? "arithmetic" : bound }

  static func text(
    _ x: Double,
    _ y: Double,
    _ content: String,
    _ style: String,
    _ hint: String = ""
  ) -> String {
    "<text x=\"\(number(x))\" y=\"\(number(y))\" class=\"\(style)\">\(escaped(content))"
      + "\(title(hint))</text>"
  }

  /// Text turned about its start.
  static func turned(
    _ x: Double,
    _ y: Double,
    _ content: String,
    _ style: String,
    _ degrees: Double
  ) -> String {
    "<text transform=\"translate(\(number(x)) \(number(y))) rotate(\(number(degrees)))\" "
      + "class=\"\(style)\">\(escaped(content))</text>"
  }

  static func rectangle(
    _ x: Double,
    _ y: Double,
    _ width: Double,
    _ height: Double,
    _ style: String,
    _ hint: String = ""
  ) -> String {
    let place = "x=\"\(number(x))\" y=\"\(number(y))\""
    let size = "width=\"\(number(width))\" height=\"\(number(height))\""
    return hint.isEmpty
      ? "<rect \(place) \(size) class=\"\(style)\"/>"
      : "<rect \(place) \(size) class=\"\(style)\">\(title(hint))</rect>"
  }

  static func line(
    _ x1: Double,
    _ y1: Double,
    _ x2: Double,
    _ y2: Double,
    _ style: String
  ) -> String {
    "<line x1=\"\(number(x1))\" y1=\"\(number(y1))\" x2=\"\(number(x2))\" y2=\"\(number(y2))\" "
      + "class=\"\(style)\"/>"
  }

  static func disc(
    _ x: Double,
    _ y: Double,
    _ radius: Double,
    _ style: String,
    _ hint: String
  ) -> String {
    "<circle cx=\"\(number(x))\" cy=\"\(number(y))\" r=\"\(number(radius))\" class=\"\(style)\">"
      + "\(title(hint))</circle>"
  }

  /// A number with one decimal.
  static func number(_ value: Double) -> String { String(format: "%.1f", value) }

  static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
      .replacing("\"", with: "&quot;")
  }

  private static func title(_ hint: String) -> String {
    hint.isEmpty ? "" : "<title>\(escaped(hint))</title>"
  }
}
