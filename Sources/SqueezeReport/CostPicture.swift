public import SqueezeGraph

/// A picture of where a model spends: one bar per node for MACs, weights and activations.
public struct CostPicture: Sendable {
  private let title: String
  private let cost: ModelCost

  /// Creates the picture of a cost.
  public init(_ title: String, _ cost: ModelCost) {
    self.title = title
    self.cost = cost
  }

  /// The picture as SVG; nodes that cost nothing but activations are left out.
  public var svg: String {
    let nodes = cost.nodes.filter { $0.macs > 0 || $0.weightBytes > 0 }
    let (rowHeight, top, left, width) = (16, 60, 230, 220)
    let height = top + rowHeight * nodes.count + 20
    let columns:
      [(title: String, colour: String, value: (NodeCost) -> Int, text: (Int) -> String)] = [
        ("MACs", "#2b6cb0", { $0.macs }, Units.count),
        ("weights", "#c05621", { $0.weightBytes }, Units.bytes),
        ("activations", "#2f855a", { $0.activationBytes }, Units.bytes),
      ]
    var shapes: [String] = []
    for (row, node) in nodes.enumerated() {
      let y = top + row * rowHeight
      shapes.append(text(left - 8, y + 11, node.node, anchor: "end"))
      for (column, kind) in columns.enumerated() {
        let largest = max(1, nodes.map(kind.value).max() ?? 1)
        let x = left + column * (width + 80)
        let length = Double(kind.value(node)) / Double(largest) * Double(width)
        let tenths = Int((length * 10).rounded())
        shapes.append(
          #"<rect x="\#(x)" y="\#(y)" width="\#(tenths / 10).\#(tenths % 10)" "#
            + #"height="\#(rowHeight - 4)" fill="\#(kind.colour)"/>"#
        )
        shapes.append(text(x + tenths / 10 + 4, y + 11, kind.text(kind.value(node))))
      }
    }
    for (column, kind) in columns.enumerated() {
      shapes.append(text(left + column * (width + 80), top - 12, kind.title, size: 13))
    }
    let total = left + columns.count * (width + 80)
    return """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(total)" height="\(height)" \
      font-family="sans-serif">
      <rect width="100%" height="100%" fill="white"/>
      \(text(16, 26, title, size: 16))
      \(shapes.joined(separator: "\n"))
      </svg>

      """
  }

  private func text(
    _ x: Int,
    _ y: Int,
    _ content: String,
    size: Int = 11,
    anchor: String = "start"
  ) -> String {
    let escaped = content.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
      .replacing(">", with: "&gt;")
    return
      #"<text x="\#(x)" y="\#(y)" font-size="\#(size)" text-anchor="\#(anchor)">\#(escaped)</text>"#
  }
}
