import Foundation
import SqueezeFormats
import SqueezeGraph
import SqueezeOperators
import SqueezeParameters
import SqueezeTensor
import SqueezeTestSupport
import Testing

@Suite("ONNX export")
struct ONNXExporterTests {
  private func roundTrip(_ model: Model) throws -> Model {
    try ONNXImporter().model(from: ONNXExporter().bytes(of: model))
  }

  @Test("a whole model comes back with its encodings, labels and preprocessing")
  func wholeModel() throws {
    let model = smallModel()
    let read = try roundTrip(model)
    #expect(ModelComparison(model, read).difference == nil)
    #expect(read.labels == model.labels)
    #expect(read.preprocessing == model.preprocessing)
    #expect(read.metadata["source"] == "a test")
    #expect(read.name == "small")
    #expect(read.parameters["conv2.bias"] is Half)
    #expect(
      read.parameters["fc.weight"] as? UniformInteger == model.parameters["fc.weight"]
        as? UniformInteger
    )
    #expect(try ONNXExporter().bytes(of: model) == ONNXExporter().bytes(of: model))
  }

  @Test("every encoding decodes to the same bits")
  func encodings() throws {
    for encoding in everyEncoding() {
      let shape = encoding.shape
      let isReal = encoding.type.isReal
      var model = Model(
        inputs: [ModelInput("x", shape, type: encoding.type)],
        outputs: ["y"],
        nodes: [
          Node("c", Constant(TensorSpec(shape, encoding.type)), inputs: []),
          Node("y", Concatenate(axis: 0), inputs: ["c", "x"]),
        ]
      )
      guard shape.rank > 0 else { continue }
      model.parameters["c.value"] = encoding
      let read = try roundTrip(model)
      let decoded = try #require(read.parameters["c.value"]).decoded()
      #expect(decoded.isBitIdentical(to: encoding.decoded()), "\(encoding)")
      #expect(isReal || decoded.type == encoding.type)
    }
  }

  @Test("every catalogue example comes back and computes the same")
  func catalogue() throws {
    for problem in OperatorCatalog.problems(seeds: 0..<1) {
      guard problem.op is any ONNXConvertible else { continue }
      let model = try problem.model()
      do {
        let first = try roundTrip(model)
        let second = try roundTrip(first)
        #expect(ModelComparison(first, second).difference == nil, "\(problem)")
        #expect(first.outputs == model.outputs, "\(problem)")
        let inputs = problem.namedInputs.filter { input in
          first.inputs.contains { $0.name == input.key }
        }
        let expected = try ReferenceRuntime().run(model, inputs: problem.namedInputs)
        let actual = try ReferenceRuntime().run(first, inputs: inputs)
        for (name, tensor) in expected {
          let result = try #require(actual[name])
          let tolerance = Tolerance.standard(for: tensor.type)
          #expect(tolerance.accepts(result, expected: tensor), "\(problem) \(name)")
        }
      } catch {
        Issue.record("\(problem): \(error)")
      }
    }
  }

  @Test("outputs that depend on an open size leave it open")
  func openOutput() throws {
    let bytes = try ONNXExporter().bytes(of: smallModel())
    // Field 12 of the graph: the output with its name, float32, and sizes absent and 5.
    let output: [UInt8] =
      [0x62, 22, 0x0A, 6] + Array("scores".utf8)
      + [0x12, 12, 0x0A, 10, 0x08, 1, 0x12, 6, 0x0A, 0, 0x0A, 2, 0x08, 5]
    #expect(bytes.indices.contains { bytes[$0...].starts(with: output) })
  }

  @Test("an unsound model is not written")
  func unsound() {
    var model = smallModel()
    model.parameters["fc.bias"] = nil
    #expect(
      message { _ = try ONNXExporter().bytes(of: model) }
        == "graph: expected a sound graph, got parameter \"fc.bias\": expected a value, got none"
    )
  }
}
