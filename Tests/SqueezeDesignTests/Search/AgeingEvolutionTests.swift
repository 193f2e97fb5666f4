import Foundation
import SqueezeDesign
import SqueezeTensor
import Testing

@Suite("Search by ageing evolution")
struct AgeingEvolutionTests {
  /// 6⁶ candidates; a candidate's loss is its distance from 3 in every gene, its size the sum of choices.
  private static func evolution(seed: UInt64 = 1) throws -> AgeingEvolution {
    try AgeingEvolution(
      SearchSpace((0..<6).map { gene in .init("g\(gene)", (0..<6).map { "b\(gene)(\($0))" }) }),
      objectives: [Objective("loss"), Objective("size", budget: 24)],
      populationSize: 12,
      sampleSize: 4,
      seed: seed
    )
  }

  private static func scores(_ genome: Genome) -> Scores {
    Scores([
      genome.choices.reduce(0) { $0 + Double(abs($1 - 3)) }, Double(genome.choices.reduce(0, +)),
    ])
  }

  private static func run(_ evolution: inout AgeingEvolution, _ count: Int) {
    for _ in 0..<count {
      guard let genome = evolution.next() else { return }
      evolution.tell(genome, Self.scores(genome))
    }
  }

  @Test("it finds better candidates than as many random ones")
  func beatsChance() throws {
    var found: [Double] = []
    var random: [Double] = []
    for seed in 1...5 as ClosedRange<UInt64> {
      var evolution = try Self.evolution(seed: seed)
      Self.run(&evolution, 300)
      #expect(Set(evolution.history.map(\.genome)).count == 300)
      found.append(evolution.history.map { $0.scores.values[0] }.min() ?? 99)
      var generator = SeededGenerator(seed: seed)
      random.append(
        (0..<300).map { _ in Self.scores(evolution.space.random(&generator)).values[0] }.min() ?? 0
      )
    }
    #expect(found.reduce(0, +) < random.reduce(0, +))
  }

  @Test("stored and restored anywhere, it goes on to the same candidates")
  func resumes() throws {
    var whole = try Self.evolution()
    Self.run(&whole, 60)
    for stop in [0, 5, 30] {
      var half = try Self.evolution()
      Self.run(&half, stop)
      let data = try JSONEncoder().encode(half)
      var again = try JSONDecoder().decode(AgeingEvolution.self, from: data)
      Self.run(&again, 60 - stop)
      #expect(again.history == whole.history)
    }
  }

  @Test("the first candidate is the base; a space that is used up ends the search")
  func ends() throws {
    var evolution = try AgeingEvolution(
      SearchSpace([.init("a", ["", "x"]), .init("b", ["y", "z", "w"])]),
      objectives: [Objective("loss")],
      populationSize: 2,
      sampleSize: 1
    )
    var seen: [Genome] = []
    while let genome = evolution.next() {
      seen.append(genome)
      evolution.tell(genome, Scores([Double(seen.count)]))
    }
    #expect(seen.count == 6 && Set(seen).count == 6)
    #expect(seen[0] == evolution.space.base)
    #expect(evolution.space.text(of: Genome([0, 2])) == "w")
    #expect(evolution.space.text(of: Genome([1, 0])) == "x; y")
    #expect(evolution.front.map(\.genome) == [seen[0]])
  }

  @Test("sizes that make no sense are refused")
  func refuses() throws {
    #expect(throws: SearchError.self) { try SearchSpace([]) }
    #expect(throws: SearchError.self) { try SearchSpace([.init("a", [])]) }
    let space = try SearchSpace([.init("a", ["x"])])
    #expect(throws: SearchError.self) { try AgeingEvolution(space, objectives: []) }
    #expect(throws: SearchError.self) {
      try AgeingEvolution(space, objectives: [Objective("a")], populationSize: 3, sampleSize: 4)
    }
  }
}
