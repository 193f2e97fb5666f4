import SqueezeRecipes
import Testing

@Suite struct RecipeGoalTests {
  @Test(
    "sizes are read as people write them",
    arguments: [
      ("400KB", 400_000), ("1.5 MB", 1_500_000), ("27000", 27_000), ("500b", 500), ("2k", 2_000),
    ]
  )
  func readsSizes(_ text: String, _ bytes: Int) { #expect(ByteSize.bytes(text) == bytes) }

  @Test("what is no size is refused", arguments: ["", "KB", "-3KB", "4 apples", "nan", "1e40GB"])
  func refusesSizes(_ text: String) { #expect(ByteSize.bytes(text) == nil) }

  @Test func readsTimes() {
    var goal = RecipeGoal()
    #expect(goal.setLatency("5ms"))
    #expect(goal.seconds == 5e-3)
    #expect(goal.setLatency("1.1x"))
    #expect(goal.seconds == nil)
    #expect(goal.slowdown == 1.1)
    #expect(!goal.setLatency("soon"))
    #expect(!goal.setLatency("-1ms"))
  }

  @Test func readsDrops() {
    var goal = RecipeGoal()
    for text in ["0.25", "0.25%", "0.25 points"] {
      #expect(goal.setDrop(text), "\(text)")
      #expect(goal.drop == 0.0025)
    }
    #expect(!goal.setDrop("much"))
    #expect(!goal.setDrop("101"))
  }
}
