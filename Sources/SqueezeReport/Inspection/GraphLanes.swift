package import SqueezeGraph

/// Where the values of a graph run when its nodes stand in one column: every value has a lane from the
/// node that makes it to the last one that takes it.
///
/// A node's first output goes on in the lane of an input that ends there, so a chain is a straight line and
/// a branch a second line beside it.
package struct GraphLanes {
  /// What happens in the row of one node.
  package struct Row: Equatable {
    /// The lane of the node.
    package var node: Int
    /// Lanes of inputs that end here or run past, which the node takes from.
    package var inputs: [Int] = []
    /// Lanes of outputs that are used further down.
    package var outputs: [Int] = []
    /// Lanes that run through the row, with or without being taken from.
    package var passing: [Int] = []

    /// Creates a row.
    package init(node: Int, inputs: [Int] = [], outputs: [Int] = [], passing: [Int] = []) {
      self.node = node
      self.inputs = inputs
      self.outputs = outputs
      self.passing = passing
    }
  }

  package let rows: [Row]
  /// How many lanes there are side by side.
  package let width: Int

  /// Lays the nodes of a model out.
  package init(_ model: Model) {
    var lastUse: [String: Int] = [:]
    for (position, node) in model.nodes.enumerated() {
      for name in node.inputs { lastUse[name] = position }
    }
    for name in model.outputs { lastUse[name] = model.nodes.count }
    // The value in each lane.
    var lanes: [String?] = []
    func free() -> Int {
      if let lane = lanes.firstIndex(of: nil) { return lane }
      lanes.append(nil)
      return lanes.count - 1
    }
    for input in model.inputs where lastUse[input.name] != nil {
      let lane = free()
      lanes[lane] = input.name
    }
    var rows: [Row] = []
    for (position, node) in model.nodes.enumerated() {
      let taken = lanes.indices.filter { lane in
        lanes[lane].map { node.inputs.contains($0) } ?? false
      }
      let ending = taken.filter { lane in lastUse[lanes[lane] ?? ""] == position }
      let passing = lanes.indices.filter { lanes[$0] != nil && !ending.contains($0) }
      for lane in ending { lanes[lane] = nil }
      var row = Row(node: ending.first ?? free(), inputs: taken, passing: passing)
      for (index, name) in node.outputs.enumerated() where (lastUse[name] ?? -1) > position {
        let lane = index == 0 ? row.node : free()
        lanes[lane] = name
        row.outputs.append(lane)
      }
      rows.append(row)
    }
    self.rows = rows
    width = max(1, lanes.count)
  }
}

extension GraphLanes {
  /// The pixels between lanes, and the height of a row.
  static let (laneWidth, rowHeight) = (10.0, 28.0)
  /// The most lanes that are drawn; values beyond share the last.
  static let widthLimit = 16

  /// The pixels of all lanes.
  var pixelWidth: Double { Double(min(width, Self.widthLimit)) * Self.laneWidth + 6 }

  /// The row of a node as a small picture.
  func picture(_ position: Int, tone: String) -> String {
    let row = rows[position]
    let middle = Self.rowHeight / 2
    let x = Self.x(row.node)
    var paths = row.passing.map { "M\(Self.text(Self.x($0))) 0V\(Self.text(Self.rowHeight))" }
    for lane in row.inputs {
      paths.append(Self.curve(from: (Self.x(lane), 0), to: (x, middle)))
    }
    for lane in row.outputs {
      paths.append(Self.curve(from: (x, middle), to: (Self.x(lane), Self.rowHeight)))
    }
    let size = "width=\"\(Self.text(pixelWidth))\" height=\"\(Self.text(Self.rowHeight))\""
    return "<svg \(size) aria-hidden=\"true\"><path class=\"edge\" d=\"\(paths.joined())\"/>"
      + "<circle class=\"dot \(tone)\" cx=\"\(Self.text(x))\" cy=\"\(Self.text(middle))\" r=\"4\"/></svg>"
  }

  private static func x(_ lane: Int) -> Double {
    Double(min(lane, widthLimit - 1)) * laneWidth + 8
  }

  private static func curve(
    from start: (x: Double, y: Double),
    to end: (x: Double, y: Double)
  ) -> String {
    if start.x == end.x { return "M\(text(start.x)) \(text(start.y))V\(text(end.y))" }
    let half = (start.y + end.y) / 2
    return "M\(text(start.x)) \(text(start.y))C\(text(start.x)) \(text(half)) "
      + "\(text(end.x)) \(text(half)) \(text(end.x)) \(text(end.y))"
  }

  /// A pixel position; all are whole or halves.
  private static func text(_ value: Double) -> String {
    value == value.rounded() ? "\(Int(value))" : "\(value)"
  }
}
