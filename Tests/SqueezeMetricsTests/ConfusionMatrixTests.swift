import SqueezeMetrics
import Testing

@Suite struct ConfusionMatrixTests {
  // The example of scikit-learn's confusion_matrix: [[2, 0, 0], [0, 0, 1], [1, 0, 2]].
  static let actual = [2, 0, 2, 2, 0, 1]
  static let predicted = [0, 0, 2, 2, 0, 2]

  @Test func countsAndRates() throws {
    let matrix = try ConfusionMatrix(predicted: Self.predicted, actual: Self.actual, classes: 3)
    #expect(matrix.counts == [2, 0, 0, 0, 0, 1, 1, 0, 2])
    #expect(matrix[actual: 2, predicted: 0] == 1)
    #expect(matrix.total == 6)
    #expect(matrix.correct == 4)
    #expect(matrix.accuracy == 4.0 / 6)
    #expect((0..<3).map { matrix.precision(of: $0) } == [2.0 / 3, nil, 2.0 / 3])
    #expect((0..<3).map { matrix.recall(of: $0) } == [1, 0, 2.0 / 3])
    // F1 of each class: 2·2/5, 0, 2·2/6; intersection over union: 2/3, 0, 2/4.
    #expect((0..<3).map { matrix.dice(of: $0) } == [0.8, 0, 2.0 / 3])
    #expect((0..<3).map { matrix.iou(of: $0) } == [2.0 / 3, 0, 0.5])
  }

  @Test func ignoredTruthsAreLeftOut() throws {
    let matrix = try ConfusionMatrix(
      predicted: [0, 1, 1],
      actual: [0, 255, 1],
      classes: 2,
      ignoring: 255
    )
    #expect(matrix.counts == [1, 0, 0, 1])
    #expect(ConfusionMatrix(classes: 2).accuracy == nil)
  }

  @Test func classesMustFit() {
    #expect(throws: MetricError.self) {
      try ConfusionMatrix(predicted: [0], actual: [0, 1], classes: 2)
    }
    for (predicted, actual) in [(2, 0), (0, 2), (-1, 0), (0, -1)] {
      #expect(throws: MetricError.self) {
        try ConfusionMatrix(predicted: [predicted], actual: [actual], classes: 2)
      }
    }
  }
}
