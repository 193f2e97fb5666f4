import SqueezeTensor
import Testing

@Suite struct ToleranceTests {
  static let tolerance = Tolerance(relative: 0.01, absolute: 0.1)

  /// Accepts `actual` for `expected`.
  static func accepts(_ actual: [Float], _ expected: [Float]) -> Bool {
    tolerance.accepts(Tensor([actual.count], actual), expected: Tensor([expected.count], expected))
  }

  @Test func differencesAreRelativeToTheLargestValue() {
    #expect(Self.accepts([100, 0.99], [100, 0]))
    #expect(!Self.accepts([100, 1.02], [100, 0]))
    #expect(Self.accepts([1, 0.09], [1, 0]))  // the absolute part counts for small values
    #expect(!Self.accepts([1, 0.11], [1, 0]))
    #expect(!Self.accepts([1], [1, 1]))
    #expect(Self.accepts([], []))
  }

  @Test func specialValuesAgreeOnlyWithThemselves() {
    #expect(Self.accepts([.nan, .infinity, -.infinity], [.nan, .infinity, -.infinity]))
    #expect(!Self.accepts([.nan], [0]))
    #expect(!Self.accepts([0], [.nan]))
    #expect(!Self.accepts([.infinity], [-.infinity]))
    #expect(!Self.accepts([0, 1], [.infinity, 1]))
  }

  @Test func theExcessTellsHowMuchTooFar() {
    let expected = Tensor([2], [10, 20])
    let excess = Self.tolerance.worstExcess(Tensor([2], [10, 21]), expected: expected)
    #expect(abs(excess - 0.8) < 1e-6)
    #expect(abs(Self.tolerance.worstExcess(expected, expected: expected) + 0.2) < 1e-6)
  }

  @Test func integersMayDifferByOneStep() {
    let tolerance = Tolerance.standard(for: .int8)
    let expected = Tensor([2], integers: [5, -128], type: .int8)
    #expect(tolerance.accepts(Tensor([2], integers: [6, -127], type: .int8), expected: expected))
    #expect(!tolerance.accepts(Tensor([2], integers: [7, -128], type: .int8), expected: expected))
    #expect(Tolerance.standard(for: .float32).relative == 1e-5)
  }
}
