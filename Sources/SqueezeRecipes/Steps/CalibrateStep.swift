import SqueezeCompress
import SqueezeExperiments
import SqueezeGraph
import SqueezeMeasure

/// Puts activations on grids of 8 bits, their ranges taken from the calibration samples.
struct CalibrateStep: RecipeStep {
  let settings: Settings

  init(_ settings: Settings = Settings("calibrate")) { self.settings = settings }

  var onlyShrinks: Bool { false }
  var summary: String { "calibrate activations on grids of 8 bits" }

  func apply(to model: Model, _ context: StepContext) throws -> Model {
    try model.quantized(
      calibratedOn: try context.data.calibrationInputs(),
      by: ActivationQuantization(
        rule: RangeRule.named(settings.text("range")),
        correctsBias: settings.boolean("correct_bias")
      ),
      threadCount: context.threads
    )
  }
}
