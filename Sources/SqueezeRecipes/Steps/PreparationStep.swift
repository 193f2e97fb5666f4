import SqueezeCompress
import SqueezeEngine
import SqueezeExperiments
import SqueezeGraph
import SqueezeOperators

/// Makes a model easier to quantize, or makes up for what quantizing shifted; no training needed.
struct PreparationStep: RecipeStep {
  let settings: Settings

  init(_ settings: Settings) { self.settings = settings }

  var onlyShrinks: Bool { false }

  var summary: String {
    switch settings.variant {
    case "fold": "fold normalizations into layers"
    case "equalize": "even out the ranges of channels across layers"
    case "correct_bias": "correct biases by the mean error of every channel"
    default: "measure the statistics of normalizations anew"
    }
  }

  func apply(to model: Model, _ context: StepContext) throws -> Model {
    let prepare = FastRuntime(threadCount: context.threads).prepared
    switch settings.variant {
    case "fold":
      return try model.applying([ConstantFolding(), BiasFolding(), BatchNormFolding()])
    case "equalize":
      return try CrossLayerEqualization(relaxesClips: settings.boolean("relax")).apply(to: model)
    case "correct_bias":
      // Layers are compared by name, each with its normalization folded where the model has it so.
      let isFolded = !model.nodes.contains { $0.op is BatchNormalization }
      let original =
        isFolded
        ? try context.original.applying([ConstantFolding(), BiasFolding(), BatchNormFolding()])
        : context.original
      return try BiasCorrection().apply(
        to: model,
        like: original,
        calibratedOn: try context.data.calibrationInputs(),
        preparing: prepare
      )
    default:
      return try StatisticsRenewal().apply(
        to: model,
        on: try context.data.calibrationInputs(),
        preparing: prepare
      )
    }
  }
}
