import SqueezeCompress
import SqueezeExperiments
import SqueezeGraph
import SqueezeMeasure
import SqueezeTensor

/// Puts activations on grids of 8 bits, their ranges taken from the calibration samples.
struct CalibrateStep: RecipeStep {
  let settings: Settings

  init(_ settings: Settings = Settings("calibrate")) { self.settings = settings }

  var onlyShrinks: Bool { false }
  var summary: String { "calibrate activations on grids of 8 bits" }

  func apply(to model: Model, _ context: StepContext) throws -> Model {
    try quantized(
      model,
      calibratedOn: try context.data.calibrationInputs(),
      threads: context.threads
    )
  }

  /// The model with its activations on grids that fit some inputs.
  func quantized(
    _ model: Model,
    calibratedOn inputs: [[String: Tensor]],
    threads: Int
  ) throws -> Model {
    try model.quantized(
      calibratedOn: inputs,
      by: ActivationQuantization(
        rule: RangeRule.named(settings.text("range")),
        correctsBias: settings.boolean("correct_bias")
      ),
      threadCount: threads
    )
  }
}
