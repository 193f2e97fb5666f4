import SqueezeGraph
import SqueezeOperators
import SqueezeTensor
import Testing

/// Expects real numbers to agree within 1e-5 of their size, in shape and order.
func expectClose(
  _ actual: Tensor,
  _ shape: Shape,
  _ expected: [Float],
  _ location: SourceLocation = #_sourceLocation
) {
  #expect(actual.shape == shape, sourceLocation: location)
  #expect(actual.scalars.count == expected.count, sourceLocation: location)
  let wrong = zip(actual.scalars, expected).enumerated().filter { _, pair in
    let (a, e) = pair
    return !(a == e || (a.isNaN && e.isNaN) || abs(a - e) <= 1e-5 * max(1, abs(e)))
  }
  let report = wrong.prefix(3).map { "[\($0.offset)] \($0.element.0), not \($0.element.1)" }
  #expect(report.isEmpty, sourceLocation: location)
}

extension NodeCase {
  /// The only operator that the node becomes, if it is one of a type.
  func only<Op: Operator>(_ type: Op.Type = Op.self) throws -> Op {
    let nodes = try read().nodes
    #expect(nodes.count == 1)
    return try #require(nodes.first?.op as? Op)
  }

  /// The message with which the reader refuses the node, or `nil` where it takes it.
  func refusal(outputs count: Int = 1) -> String? {
    do {
      _ = try read(outputs: count)
      return nil
    } catch {
      return "\(error)"
    }
  }
}

/// The only output of an ONNX node whose inputs are all computed.
func onnx(
  _ type: String,
  _ inputs: [Tensor],
  _ attributes: [String: ONNXAttribute] = [:],
  opset: Int = 17
) throws -> Tensor {
  try NodeCase(type, opset: opset, inputs.map { .value($0) }, attributes).run()[0]
}

extension NodeCase {
  /// Runs the node and compares with its golden outputs: reals within 1e-5, integers exactly.
  func check() throws {
    let results = try run(outputs: outputs.count)
    #expect(results.count == outputs.count)
    for (result, expected) in zip(results, outputs) {
      #expect(result.type == expected.type)
      expectClose(result, expected.shape, expected.scalars)
      #expect(result.integers == expected.integers)
    }
  }
}
