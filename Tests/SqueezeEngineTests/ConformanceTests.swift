import SqueezeEngine
import SqueezeGraph
import SqueezeOperators
import SqueezeTensor
import SqueezeTestSupport
import Testing

/// Every example of every operator, on every instruction set of this processor.
@Suite struct ConformanceTests {
  static let problems = OperatorCatalog.problems(seeds: 0..<3)

  @Test("the fast runtime agrees with the reference", arguments: InstructionSet.available)
  func agrees(_ set: InstructionSet) throws {
    let runtime = FastRuntime(threadCount: 1, instructionSet: set)
    for problem in Self.problems { try expectAgreement(problem, runtime) }
  }

  @Test("two threads agree with the reference")
  func twoThreadsAgree() throws {
    let pool = ThreadPool(threadCount: 2)
    for problem in Self.problems {
      let model = try problem.model()
      let expected = try ReferenceRuntime().run(model, inputs: problem.namedInputs)
      let actual = try CompiledModel(model, pool: pool).run(problem.namedInputs)
      for (name, tensor) in expected { expect(actual[name], tensor, problem) }
    }
  }

  @Test("every operator has problems")
  func coversTheCatalogue() {
    let names = Set(Self.problems.map { type(of: $0.op).name })
    #expect(names == Set(OperatorCatalog.all.map { $0.name }))
  }
}

/// Compares a runtime with the reference on one problem.
func expectAgreement(_ problem: Problem, _ runtime: some Runtime) throws {
  let model = try problem.model()
  let expected = try ReferenceRuntime().run(model, inputs: problem.namedInputs)
  let actual = try runtime.run(model, inputs: problem.namedInputs)
  #expect(actual.count == expected.count)
  for (name, tensor) in expected { expect(actual[name], tensor, problem) }
}

/// Compares one output with the reference's, within the tolerance of its element type.
func expect(_ actual: Tensor?, _ expected: Tensor, _ problem: some CustomStringConvertible) {
  guard let actual else {
    Issue.record("no output: \(problem)")
    return
  }
  #expect(actual.spec == expected.spec, "\(problem)")
  let excess = Tolerance.standard(for: expected.type).worstExcess(actual, expected: expected)
  #expect(excess <= 0, "\(problem)")
}
