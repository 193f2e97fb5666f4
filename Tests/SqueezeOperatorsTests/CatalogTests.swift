import Foundation
import SqueezeGraph
import SqueezeOperators
import SqueezeParameters
import SqueezeTensor
import SqueezeTestSupport
import Testing

@Suite struct CatalogTests {
  static let problems = OperatorCatalog.problems(seeds: 1..<2)

  @Test func namesAndONNXTypesAreUnique() {
    let names = OperatorCatalog.all.map { $0.name }
    #expect(Set(names).count == names.count)
    #expect(names.allSatisfy { OperatorCatalog.named($0)?.name == $0 })
    #expect(OperatorCatalog.named("NoSuchOperator") == nil)
    let types =
      OperatorCatalog.all.flatMap { $0.onnxTypes }
      + OperatorCatalog.readers.flatMap { $0.onnxTypes }
    #expect(Set(types).count == types.count)
    #expect(Set(types) == Set(OperatorCatalog.onnxTypes))
  }

  @Test func everyOperatorHasExamplesThatMakeProblems() throws {
    func count<Op: Operator>(_ type: Op.Type) throws -> Int {
      for example in Op.examples { _ = try Problem(example.op, example.inputs, seed: 1) }
      return Op.examples.count
    }
    for type in OperatorCatalog.all { #expect(try count(type) > 0, "\(type.name)") }
  }

  @Test("shape rule and forward agree", arguments: problems)
  func shapesAgree(_ problem: Problem) throws {
    let specs = problem.inputs.map(\.spec)
    let expected = try problem.op.checkedOutputs(for: specs)
    let results = try problem.op.forward(problem.inputs, parameters: problem.parameters)
    #expect(results.map(\.spec) == expected)
    #expect(try problem.op.macs(for: specs) >= 0)
    let parameters = try problem.op.parameters(for: specs)
    #expect(Set(parameters.map(\.name)).count == parameters.count)
    for (result, spec) in zip(results, expected) {
      guard let range = spec.type.range else { continue }
      #expect(result.integers.allSatisfy { range.contains($0) })
    }
  }

  @Test("attributes survive coding", arguments: problems)
  func coding(_ problem: Problem) throws {
    func roundTrip<Op: Operator>(_ op: Op) throws -> Op {
      try JSONDecoder().decode(Op.self, from: JSONEncoder().encode(op))
    }
    #expect(try roundTrip(problem.op).isEqual(to: problem.op))
  }

  @Test("what is written to ONNX is read back with the same meaning", arguments: problems)
  func onnxRoundTrip(_ problem: Problem) throws {
    let op = try #require(problem.op as? any ONNXConvertible)
    let specs = problem.inputs.map(\.spec)
    let parameters = try op.parameters(for: specs).map(\.name)
    let expected = try op.forward(problem.inputs, parameters: problem.parameters)
    var values = Dictionary(
      uniqueKeysWithValues: problem.inputs.enumerated().map { ("in\($0.offset)", $0.element) }
    )
    var constants = Dictionary(uniqueKeysWithValues: zip(parameters, problem.parameters))
    var writer = ONNXWriter()
    op.write(
      ONNXExport(
        name: "node",
        inputs: problem.inputs.indices.map { "in\($0)" },
        outputs: expected.indices.map { "out\($0)" },
        inputSpecs: specs,
        outputSpecs: expected.map(\.spec),
        parameters: Dictionary(uniqueKeysWithValues: parameters.map { ($0, $0) })
      ),
      to: &writer
    )
    for (name, tensor) in writer.initializers { constants[name] = tensor }
    for node in writer.nodes {
      let inputs = try node.inputs.map { name -> NodeCase.Input in
        if name.isEmpty { return .absent }
        if let constant = constants[name] { return .constant(constant) }
        return .value(try #require(values[name], "\(node.type) takes unknown \(name)"))
      }
      let results = try NodeCase(node.type, inputs, node.attributes).run(
        outputs: node.outputs.count
      )
      for (name, result) in zip(node.outputs, results) { values[name] = result }
    }
    for (index, tensor) in expected.enumerated() {
      let result = try #require(values["out\(index)"])
      #expect(result.spec == tensor.spec)
      #expect(Tolerance.standard(for: tensor.type).accepts(result, expected: tensor))
    }
  }

  @Test("inputs that do not fit are refused, not trapped on", arguments: problems)
  func hostileInputs(_ problem: Problem) throws {
    let specs = problem.inputs.map(\.spec)
    for input in specs.indices {
      let shape = specs[input].shape
      var variants = ElementType.allCases.map { TensorSpec(shape, $0) }
      for axis in 0..<shape.rank {
        for size in [0, 1, 2, shape[axis] + 1, 1 << 20, 1 << 40, -1, Int.max] {
          var changed = shape
          changed[axis] = size
          variants.append(TensorSpec(changed, specs[input].type))
        }
      }
      variants.append(TensorSpec(Shape(Array(shape.dimensions.dropLast())), specs[input].type))
      variants.append(TensorSpec(Shape(shape.dimensions + [1]), specs[input].type))
      variants.append(TensorSpec([], specs[input].type))
      for variant in variants {
        var changed = specs
        changed[input] = variant
        try tryOut(problem.op, changed)
      }
    }
  }

  /// Infers, counts and, where it is small, runs an operator; errors are fine.
  private func tryOut(_ op: any Operator, _ inputs: [TensorSpec]) throws {
    guard let outputs = try? op.checkedOutputs(for: inputs),
      let parameters = try? op.parameters(for: inputs),
      (try? op.macs(for: inputs)) != nil
    else { return }
    let sizes = (inputs + outputs + parameters.map(\.spec)).map { $0.shape.checkedCount ?? .max }
    guard sizes.allSatisfy({ $0 <= 1 << 12 }) else { return }
    let problem = try Problem(op, inputs, seed: 3)
    guard let results = try? op.forward(problem.inputs, parameters: problem.parameters) else {
      return
    }
    #expect(results.map(\.spec) == outputs, "\(problem)")
  }
}
