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

  /// A goal with a time, or `nil` where it cannot be read.
  private func goal(latency text: String) -> RecipeGoal? {
    var goal = RecipeGoal()
    return goal.setLatency(text) ? goal : nil
  }

  /// A goal with a drop, or `nil` where it cannot be read.
  private func goal(drop text: String) -> RecipeGoal? {
    var goal = RecipeGoal()
    return goal.setDrop(text) ? goal : nil
  }

  @Test func readsTimes() {
    #expect(goal(latency: "5ms")?.seconds == 5e-3)
    #expect(goal(latency: "0.5 s")?.seconds == 0.5)
    #expect(goal(latency: "1.1x")?.slowdown == 1.1)
    #expect(goal(latency: "1.1x")?.seconds == nil)
    #expect(goal(latency: "soon") == nil)
    #expect(goal(latency: "-1ms") == nil)
  }

  @Test func readsDrops() {
    for text in ["0.25", "0.25%", "0.25 points"] {
      #expect(goal(drop: text)?.drop == 0.0025, "\(text)")
    }
    #expect(goal(drop: "much") == nil)
    #expect(goal(drop: "101") == nil)
  }
}
