import SqueezeEngine
import SqueezeGraph
import SqueezeOperators
import SqueezeTensor
import SqueezeTestSupport
import Testing

@Suite struct SessionTests {
  private static let networks: [(name: String, make: @Sendable () throws -> Model, shape: Shape)] =
    [
      ("fire", { try TestNetworks.fire() }, [1, 3, 63, 63]),
      ("dense", { try TestNetworks.dense() }, [2, 16, 9, 11]),
      ("classifier", { try TestNetworks.classifier() }, [1, 24, 9, 9]),
      ("classifier, batch 3", { try TestNetworks.classifier() }, [3, 24, 9, 9]),
    ]

  @Test("a session computes what a run does, again and again", arguments: networks.indices)
  func agrees(_ index: Int) throws {
    let (_, make, shape) = Self.networks[index]
    let model = try make()
    let name = model.inputs[0].name
    let compiled = try CompiledModel(model, shapes: [name: shape], threadCount: 2)
    let session = compiled.makeSession()
    for seed in 0..<3 {
      let input = TestNetworks.input(shape, seed: UInt64(seed))
      let expected = try compiled.run([name: input])
      try session.withInput(name) { buffer in
        for i in buffer.indices { buffer[i] = input.scalars[i] }
      }
      try session.run()
      for (output, tensor) in expected {
        #expect(try session.output(output).isBitIdentical(to: tensor))
        #expect(try session.withOutput(output) { Array($0) } == tensor.scalars)
      }
    }
  }

  @Test(
    "a run of fast kernels allocates nothing",
    .enabled(if: Allocations.areCounted),
    arguments: networks.indices,
    [1, 2]
  )
  func allocatesNothing(_ index: Int, threads: Int) throws {
    let (_, make, shape) = Self.networks[index]
    let model = try make()
    let name = model.inputs[0].name
    let compiled = try CompiledModel(model, shapes: [name: shape], threadCount: threads)
    #expect(!compiled.steps.contains { $0.kernel == "ReferenceKernel" })
    let session = compiled.makeSession()
    try session.setInput(name, TestNetworks.input(shape))
    for _ in 0..<2 { try session.run() }
    let allocations = try Allocations.count { for _ in 0..<10 { try session.run() } }
    #expect(allocations == 0)
  }

  @Test("a tensor taken from a session does not change with the next run")
  func outputsAreValues() throws {
    let model = try TestNetworks.classifier()
    let compiled = try CompiledModel(model)
    let session = compiled.makeSession()
    try session.setInput("x", TestNetworks.input([1, 24, 9, 9], seed: 1))
    try session.run()
    let first = try session.output("y")
    let copy = first.scalars.map { $0 }
    try session.setInput("x", TestNetworks.input([1, 24, 9, 9], seed: 2))
    try session.run()
    #expect(first.scalars == copy)
    #expect(try session.output("y") != first)
  }

  @Test("tasks borrow sessions side by side")
  func manyTasks() async throws {
    let compiled = try CompiledModel(try TestNetworks.classifier(), threadCount: 2)
    let inputs = (0..<6).map { TestNetworks.input([1, 24, 9, 9], seed: UInt64($0)) }
    let expected = try inputs.map { try compiled.run(["x": $0])["y"] }
    try await withThrowingTaskGroup(of: (Int, Tensor).self) { group in
      for (index, input) in inputs.enumerated() {
        for _ in 0..<8 {
          group.addTask {
            try compiled.withSession { session in
              try session.setInput("x", input)
              try session.run()
              return (index, try session.output("y"))
            }
          }
        }
      }
      for try await (index, output) in group {
        #expect(output.isBitIdentical(to: try #require(expected[index])))
      }
    }
  }

  @Test("names and tensors that do not fit are refused")
  func errors() throws {
    let session = try CompiledModel(try TestNetworks.classifier()).makeSession()
    #expect(throws: EngineError.unknownInput("z", known: ["x"])) {
      try session.setInput("z", TestNetworks.input([1]))
    }
    #expect(throws: EngineError.self) {
      try session.setInput("x", TestNetworks.input([2, 24, 9, 9]))
    }
    #expect(throws: EngineError.unknownOutput("y", known: ["y"])) { try session.output("y") }
    try session.run()
    #expect(try session.output("y").shape == [1, 35])
    #expect(throws: EngineError.self) { try session.output("x") }
  }
}
