import SqueezeEngine
import SqueezeGraph
import SqueezeTensor
import Testing

/// Gradients handed out while the backward pass runs.
@Suite struct GradientHandoutTests {
  @Test("every gradient comes once, as at the end, those of the last layer first")
  func handsOut() throws {
    let runtimes: [any TrainingRuntime] = [FastTrainingRuntime(), ReferenceTrainingRuntime()]
    for runtime in runtimes {
      for network in TrainingNetwork.all {
        let model = try network.model()
        let name = model.inputs[0].name
        let program = try runtime.program(
          model,
          shapes: [name: network.input.shape],
          options: TrainingOptions()
        )
        let outputs = try program.forward([name: network.input], seed: 5)
        var random = SeededGenerator(seed: 11)
        var slopes: [String: Tensor] = [:]
        for (name, output) in outputs.sorted(by: { $0.key < $1.key }) {
          slopes[name] = random.tensor(TensorSpec(output.shape))
        }
        let expected = try program.backward(slopes)
        _ = try program.forward([name: network.input], seed: 5)
        var order: [Int] = []
        try program.backward(slopes) { position, gradient in
          order.append(position)
          #expect(gradient.isBitIdentical(to: expected[position]), "\(network.name)")
        }
        #expect(order.sorted() == Array(expected.indices), "\(network.name)")
        if let first = order.first, let last = order.last { #expect(first >= last) }
      }
    }
  }
}
