import SqueezeGraph
import SqueezeOperators
import SqueezeReport
import SqueezeTensor
import Testing

@Suite("Lanes of a graph")
struct GraphLanesTests {
  private static func model(_ nodes: [Node], outputs: [String]) -> Model {
    Model(inputs: [ModelInput("x", [1, 4, 2, 2])], outputs: outputs, nodes: nodes)
  }

  @Test("a chain is one lane")
  func chain() {
    let lanes = GraphLanes(
      Self.model(
        [Node("a", ReLU(), inputs: ["x"]), Node("b", ReLU(), inputs: ["a"])],
        outputs: ["b"]
      )
    )
    #expect(lanes.width == 1)
    #expect(lanes.rows.allSatisfy { $0.node == 0 && $0.inputs == [0] && $0.outputs == [0] })
    #expect(lanes.rows.allSatisfy { $0.passing.isEmpty })
  }

  @Test("a skipped connection runs beside its branch and ends where it is added")
  func skip() {
    let lanes = GraphLanes(
      Self.model(
        [
          Node("a", ReLU(), inputs: ["x"]), Node("b", ReLU(), inputs: ["a"]),
          Node("c", ReLU(), inputs: ["b"]), Node("d", Add(), inputs: ["a", "c"]),
        ],
        outputs: ["d"]
      )
    )
    #expect(lanes.width == 2)
    #expect(lanes.rows[1] == .init(node: 1, inputs: [0], outputs: [1], passing: [0]))
    #expect(lanes.rows[2] == .init(node: 1, inputs: [1], outputs: [1], passing: [0]))
    #expect(lanes.rows[3] == .init(node: 0, inputs: [0, 1], outputs: [0], passing: []))
  }

  @Test("every value that is used has a lane from its node to its last user, never shared")
  func noLaneIsShared() {
    var random = SeededGenerator(seed: 8)
    for _ in 0..<50 {
      var names = ["x"]
      var nodes: [Node] = []
      for index in 0..<20 {
        let inputs = (0..<2).map { _ in names[Int(random.next() % UInt64(names.count))] }
        nodes.append(Node("n\(index)", Add(), inputs: inputs))
        names.append("n\(index)")
      }
      let lanes = GraphLanes(Self.model(nodes, outputs: ["n19"]))
      for (position, row) in lanes.rows.enumerated() {
        let made = Set(nodes[..<position].map(\.name) + ["x"])
        let alive = made.filter { name in
          nodes[position...].contains { $0.inputs.contains(name) }
        }
        let ending = row.inputs.filter { !row.passing.contains($0) }
        #expect(alive.count == Set(row.passing + ending).count)
        #expect(Set(row.passing).isDisjoint(with: row.outputs.filter { $0 != row.node }))
        #expect(!row.passing.contains(row.node))
      }
    }
  }
}
