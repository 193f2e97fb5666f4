import SqueezeCompress
import SqueezeGraph
import SqueezeOperators
import SqueezeParameters
import SqueezeTensor
import Testing

@Suite struct BiasCorrectionTests {
  @Test("means of every layer come back", arguments: [true, false])
  func means(_ hasBias: Bool) throws {
    var original = try smallNetwork()
    if !hasBias {
      for (position, node) in original.nodes.enumerated() {
        if var op = node.op as? Convolution {
          op.hasBias = false
          original.nodes[position].op = op
        }
      }
      original.parameters["a.bias"] = nil
      original.parameters["b.bias"] = nil
    }
    let inputs = samples(6, for: original)
    let rounded = try WeightQuantization(bits: 2).apply(to: original)
    let corrected = try BiasCorrection()
      .apply(to: rounded, like: original, calibratedOn: inputs) { model in
        { try reference(model, $0) }
      }
    func means(_ model: Model, _ value: String) throws -> [Float] {
      var model = model
      model.outputs = [value]
      var sums: [Float] = []
      for input in inputs {
        guard let tensor = try reference(model, input)[value] else { continue }
        let area = tensor.shape.count(from: 2)
        let means = (0..<tensor.shape[1]).map { channel in
          tensor.scalars[channel * area..<(channel + 1) * area].reduce(0, +) / Float(area)
        }
        sums = sums.isEmpty ? means : zip(sums, means).map { $0 + $1 }
      }
      return sums.map { $0 / Float(inputs.count) }
    }
    for value in ["a", "b", "scores"] {
      let (wanted, before, after) = (
        try means(original, value), try means(rounded, value), try means(corrected, value)
      )
      func distance(_ other: [Float]) -> Float {
        zip(wanted, other).reduce(0) { max($0, abs($1.0 - $1.1)) }
      }
      #expect(distance(after) < 1e-4)
      #expect(distance(before) > 1e-2)
    }
    for (key, encoding) in rounded.parameters where key.hasSuffix(".weight") {
      #expect(corrected.parameters[key]?.isEqual(to: encoding) == true)
    }
  }

  @Test("without inputs there is nothing to learn from")
  func noInputs() throws {
    let model = try smallNetwork()
    #expect(throws: CalibrationError.self) {
      try BiasCorrection().apply(to: model, like: model, calibratedOn: []) { model in
        { try reference(model, $0) }
      }
    }
  }
}
