import SqueezeMetrics
import Testing

@Suite struct IoUTests {
  @Test func masks() throws {
    let (a, b) = ([true, true, true, false], [false, true, true, true])
    #expect(try IoU.coefficient(a, b) == 2 / 4.0)
    #expect(try IoU.coefficient(a, a) == 1)
    #expect(try IoU.coefficient(DiceTests.none, a) == 0)
    #expect(try IoU.coefficient(DiceTests.none, DiceTests.none) == 1)
    #expect(throws: MetricError.self) { try IoU.coefficient([], [true]) }
  }

  /// Twelve pixels by hand; the last is ignored.
  @Test func labelMaps() throws {
    let actual = [0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 255]
    let predicted = [0, 0, 0, 0, 1, 1, 1, 1, 1, 0, 0, 2]
    let iou = try IoU.perClass(predicted: predicted, actual: actual, classes: 4, ignoring: 255)
    #expect(iou == [4 / 8.0, 3 / 7.0, nil, nil])
    #expect(IoU.mean(iou) == (4 / 8.0 + 3 / 7.0) / 2)
    #expect(IoU.mean([nil, nil]) == nil)
  }

  /// `Dice = 2 IoU / (1 + IoU)` for every overlap.
  @Test func diceFollowsFromIoU() throws {
    for overlap in 0...6 {
      let a = (0..<12).map { $0 < 6 }
      let b = (0..<12).map { $0 >= 6 - overlap && $0 < 12 - overlap }
      let iou = try IoU.coefficient(a, b)
      #expect(abs(try Dice.coefficient(a, b) - 2 * iou / (1 + iou)) < 1e-15)
    }
  }
}
