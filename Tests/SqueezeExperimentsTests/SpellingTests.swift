import SqueezeExperiments
import Testing

@Suite struct SpellingTests {
  @Test(
    "finds the nearest word",
    arguments: [
      ("epoch", "epochs"), ("btach", "batch"), ("weight-decay", "weight_decay"),
      ("Seed", "seed"), ("schedul", "schedule"),
    ]
  )
  func finds(_ word: String, _ expected: String) {
    let known = ExperimentSchema.root.fields.map(\.key)
    #expect(Spelling.nearest(to: word, among: known) == expected)
  }

  @Test func doesNotGuessWildly() {
    #expect(Spelling.nearest(to: "banana", among: ["epochs", "batch"]) == nil)
    #expect(Spelling.nearest(to: "", among: []) == nil)
  }

  @Test func countsEdits() {
    func distance(_ a: String, _ b: String) -> Int { Spelling.distance(Array(a), Array(b)) }
    #expect(distance("", "abc") == 3)
    #expect(distance("kitten", "sitting") == 3)
    #expect(distance("ab", "ba") == 1)
    #expect(distance("same", "same") == 0)
  }
}
