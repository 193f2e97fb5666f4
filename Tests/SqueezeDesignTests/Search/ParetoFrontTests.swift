import SqueezeDesign
import SqueezeTensor
import Testing

@Suite("Pareto front")
struct ParetoFrontTests {
  private static let front = ParetoFront([
    Objective("accuracy", isMaximized: true), Objective("size"),
  ])

  @Test("only what nothing beats in everything stays, equal candidates once")
  func positions() {
    let scores = [[0.9, 10], [0.8, 5], [0.85, 12], [0.8, 5], [0.7, 6], [0.95, 20]].map(Scores.init)
    #expect(Self.front.positions(of: scores) == [0, 1, 5])
    #expect(Self.front.ranks(of: scores) == [0, 0, 1, 0, 1, 0])
  }

  @Test("what breaks a budget loses against what keeps it, and NaN against numbers")
  func budgets() {
    let front = ParetoFront([
      Objective("accuracy", isMaximized: true), Objective("size", budget: 10),
    ])
    #expect(front.dominates(Scores([0.1, 10]), Scores([0.9, 10.5])))
    #expect(front.dominates(Scores([0.1, 11]), Scores([0.9, 12])))
    #expect(front.dominates(Scores([0.1, 5]), Scores([.nan, 5])))
    #expect(!front.dominates(Scores([.nan, 5]), Scores([0.1, 5])))
  }

  @Test("no member of a front is dominated, and everything else is")
  func property() {
    var random = SeededGenerator(seed: 2)
    for _ in 0..<50 {
      let scores = (0..<30).map { _ in
        Scores([Double(random.next() % 10), Double(random.next() % 10)])
      }
      let positions = Self.front.positions(of: scores)
      let members = positions.map { scores[$0] }
      for candidate in scores {
        let isBeaten = members.contains { Self.front.dominates($0, candidate) }
        #expect(isBeaten != members.contains(candidate))
      }
    }
  }

  @Test("ends of an objective are infinitely alone, the middle by the room around it")
  func crowding() {
    let scores = [[4, 0], [3, 1], [1, 3], [0, 4]].map { Scores([-$0[0], $0[1]]) }
    let front = ParetoFront([Objective("a", isMaximized: true), Objective("b")])
    let crowding = front.crowding(of: scores, ranks: [0, 0, 0, 0])
    #expect(crowding == [.infinity, 1.5, 1.5, .infinity])
  }
}
