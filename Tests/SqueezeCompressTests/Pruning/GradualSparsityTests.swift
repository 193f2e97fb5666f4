import SqueezeCompress
import Testing

@Suite struct GradualSparsityTests {
  @Test("The curve is that of Zhu and Gupta, equation 1")
  func curve() throws {
    let schedule = try GradualSparsity(from: 0.1, to: 0.9, begin: 100, end: 300, interval: 50)
    #expect(schedule.sparsity(at: 0) == 0.1)
    #expect(schedule.sparsity(at: 100) == 0.1)
    #expect(abs(schedule.sparsity(at: 200) - (0.9 - 0.8 * 0.125)) < 1e-12)
    #expect(schedule.sparsity(at: 300) == 0.9)
    #expect(schedule.sparsity(at: 9999) == 0.9)
    let values = (0...400).map { schedule.sparsity(at: $0) }
    #expect(zip(values, values.dropFirst()).allSatisfy { $0 <= $1 })
  }

  @Test("Weights are pruned every interval and at the end")
  func steps() throws {
    let schedule = try GradualSparsity(to: 0.8, begin: 10, end: 45, interval: 10)
    #expect(schedule.steps == [10, 20, 30, 40, 45])
    #expect((0..<60).filter { schedule.prunes(at: $0) } == schedule.steps)
    #expect(try GradualSparsity(to: 0.8, end: 0).steps == [0])
    #expect(try GradualSparsity(to: 0.8, end: 0).sparsity(at: 0) == 0.8)
    let even = try GradualSparsity(to: 0.8, end: 4, exponent: 1)
    #expect(abs(even.sparsity(at: 1) - 0.2) < 1e-12)
    let square = try GradualSparsity(to: 0.8, end: 4, exponent: 2)
    #expect(abs(square.sparsity(at: 2) - 0.6) < 1e-12)
  }

  @Test func refuses() {
    #expect(throws: PruningError.self) { try GradualSparsity(to: 1.5, end: 3) }
    #expect(throws: PruningError.self) { try GradualSparsity(to: 0.5, begin: 4, end: 3) }
    #expect(throws: PruningError.self) { try GradualSparsity(to: 0.5, end: 3, interval: 0) }
    #expect(throws: PruningError.self) { try GradualSparsity(to: 0.5, end: 3, exponent: 0) }
  }
}
