public import SqueezeCompress
import SqueezeData
import SqueezeEngine
public import SqueezeGraph
public import SqueezeTensor

extension Model {
  /// How many inputs a calibration looks at unless asked for more.
  public static let calibrationLimit = 32

  /// The model on grids of 8 bits, calibrated on some inputs by the engine.
  ///
  /// A model whose activations are quantized already stays as it is.
  ///
  /// - Parameters:
  ///   - inputs: a tensor for every input each; read one at a time.
  ///   - method: how ranges are chosen.
  ///   - threadCount: the threads that share the work.
  /// - Returns: the model with integer weights and pairs around its layers.
  /// - Throws: `CalibrationError` without inputs, and what a run throws.
  public func quantized(
    calibratedOn inputs: some Collection<[String: Tensor]>,
    by method: ActivationQuantization = ActivationQuantization(),
    threadCount: Int = 1
  ) throws -> Model {
    if ActivationQuantization.isQuantized(self) { return self }
    return try method.apply(
      to: self,
      calibratedOn: inputs,
      preparing: FastRuntime(threadCount: threadCount).prepared
    )
  }

  /// Seeded random inputs for some shapes, such as a benchmark runs on.
  ///
  /// - Parameters:
  ///   - count: how many.
  ///   - shapes: the shapes of some inputs; the others take their own, open sizes 1.
  /// - Returns: that many times a tensor for every input.
  public func randomInputs(_ count: Int, shapes: [String: Shape]) -> [[String: Tensor]] {
    var random = SeededGenerator(seed: 1)
    return (0..<count).map { _ in
      var sample: [String: Tensor] = [:]
      for input in inputs.sorted(by: { $0.name < $1.name }) {
        let shape = shapes[input.name] ?? input.shape()
        sample[input.name] = random.tensor(TensorSpec(shape, input.type))
      }
      return sample
    }
  }
}
