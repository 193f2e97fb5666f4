import SqueezeEngine
import SqueezeGraph
import SqueezeOperators
import SqueezeTensor
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

@Suite(.serialized) struct InstructionSetTests {
  @Test("the baseline is always there, and names mean themselves")
  func names() throws {
    #expect(InstructionSet.available.first == .baseline)
    #expect(InstructionSet.available.contains(.widest))
    for set in InstructionSet.available { #expect(try InstructionSet.named(set.rawValue) == set) }
    #expect(throws: EngineError.self) { try InstructionSet.named("v9") }
  }

  @Test("sets are ordered by width")
  func order() {
    #expect(InstructionSet.baseline < .v3)
    #expect(InstructionSet.v3 < .v4)
  }

  @Test("a model uses the set it is told to", arguments: InstructionSet.available)
  func forced(_ set: InstructionSet) throws {
    let model = Model(
      inputs: [ModelInput("x", [3])],
      outputs: ["y"],
      nodes: [
        Node("y", ReLU(), inputs: ["x"])
      ]
    )
    let compiled = try CompiledModel(model, instructionSet: set)
    #expect(compiled.instructionSet == set)
    #expect(try compiled.run(["x": Tensor([3], [-1, 0, 2])])["y"]?.scalars == [0, 0, 2])
  }

  @Test("a set the processor lacks is refused")
  func absent() {
    for set in InstructionSet.allCases where set > .widest {
      #expect(throws: EngineError.self) { try InstructionSet.named(set.rawValue) }
    }
  }
}
