import SqueezeMetrics
import Testing

@Suite struct DiceTests {
  static let none = [false, false, false, false]

  @Test func masks() throws {
    let (a, b) = ([true, true, true, false], [false, true, true, true])
    #expect(try Dice.coefficient(a, b) == 2 * 2 / 6.0)  // 2·#(A∩B) / (#A + #B)
    #expect(try Dice.coefficient(a, a) == 1)
    #expect(try Dice.coefficient(a, Self.none) == 0)
    #expect(try Dice.coefficient(Self.none, Self.none) == 1)
    #expect(throws: MetricError.self) { try Dice.coefficient(a, [true]) }
  }

  /// Twelve pixels by hand; the last is ignored.
  @Test func labelMaps() throws {
    let actual = [0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 255]
    let predicted = [0, 0, 0, 0, 1, 1, 1, 1, 1, 0, 0, 2]
    let dice = try Dice.perClass(predicted: predicted, actual: actual, classes: 4, ignoring: 255)
    #expect(dice == [8.0 / 12, 6.0 / 10, nil, nil])
  }
}
