import SqueezeCompress
import SqueezeGraph
import SqueezeOperators
import SqueezeParameters
import SqueezeTensor
import Testing

@Suite struct StatisticsRenewalTests {
  private static func network() throws -> Model {
    try initialized(
      Model(
        inputs: [ModelInput("x", [3, 2, 4, 5])],
        outputs: ["f"],
        nodes: [
          Node("n", BatchNormalization(), inputs: ["x"]),
          Node("c", Convolution(outputChannels: 4, window: SlidingWindow(3)), inputs: ["n"]),
          Node("b", BatchNormalization(), inputs: ["c"]), Node("r", ReLU(), inputs: ["b"]),
          Node("d", Convolution(outputChannels: 3, window: SlidingWindow(1)), inputs: ["r"]),
          Node("f", BatchNormalization(), inputs: ["d"]),
        ]
      )
    )
  }

  @Test("normalized channels get mean 0 and variance 1 before scale and bias")
  func normalizes() throws {
    let model = try Self.network()
    let inputs = samples(5, for: model)
    let renewed = try StatisticsRenewal().apply(to: model, on: inputs) { model in
      { try reference(model, $0) }
    }
    for (name, channels) in [("n", 2), ("b", 4), ("f", 3)] {
      var observed = renewed
      observed.outputs = [name]
      var values = [[Double]](repeating: [], count: channels)
      for input in inputs {
        guard let tensor = try reference(observed, input)[name] else { continue }
        let area = tensor.shape.count(from: 2)
        for (i, x) in tensor.scalars.enumerated() {
          values[i / area % channels].append(Double(x))
        }
      }
      let scale = try #require(model.parameters["\(name).scale"]?.decoded().scalars)
      let bias = try #require(model.parameters["\(name).bias"]?.decoded().scalars)
      for channel in 0..<channels {
        let count = Double(values[channel].count)
        let mean = values[channel].reduce(0, +) / count
        let variance = values[channel].reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
        #expect(abs(mean - Double(bias[channel])) < 1e-4)
        let expected = Double(scale[channel] * scale[channel])
        #expect(abs(variance - expected) < 0.01 * expected + 1e-4)
      }
    }
    #expect(renewed.parameters["c.weight"]?.decoded() == model.parameters["c.weight"]?.decoded())
  }

  @Test("what cannot be measured is refused")
  func errors() throws {
    let model = try Self.network()
    #expect(throws: CalibrationError.self) {
      try StatisticsRenewal().apply(to: model, on: []) { model in { try reference(model, $0) } }
    }
    var broken = samples(1, for: model)
    broken[0]["x"]?.scalars[3] = .infinity
    #expect(throws: CalibrationError.self) {
      try StatisticsRenewal().apply(to: model, on: broken) { model in
        { try reference(model, $0) }
      }
    }
  }
}
