import SqueezeCompress
import SqueezeEngine
import SqueezeExperiments
import SqueezeFormats
import SqueezeGraph

/// Rounds weights to integers by rate and distortion until the file has its size, from a few inputs without labels.
struct RoundStep: RecipeStep {
  let settings: Settings
  private let target: PostTrainingCompression.Target

  init(_ settings: Settings, _ recipe: Recipe) throws(ConfigError) {
    self.settings = settings
    switch (settings.text("size"), settings.number("divergence")) {
    case (let size?, nil):
      guard let bytes = ByteSize.bytes(size) else {
        throw recipe.error(settings, "size", "a size such as 400KB", size)
      }
      target = .bytes(bytes)
    case (nil, let divergence?): target = .distortion(divergence)
    case (let size, _):
      throw recipe.error(
        settings,
        "size",
        "beside no divergence, or left out with one",
        size == nil ? "neither" : "both"
      )
    }
  }

  var onlyShrinks: Bool { false }

  var summary: String {
    switch target {
    case .bytes(let bytes): "round weights by rate and distortion to \(bytes) bytes"
    case .distortion(let nats): "round weights by rate and distortion to \(Words.number(nats)) nats"
    }
  }

  func apply(to model: Model, _ context: StepContext) throws -> Model {
    let inputs = try context.data.calibrationInputs()
    let writer = context.writer
    return try PostTrainingCompression(
      target: target,
      keepsZeros: settings.boolean("keep_zeros"),
      compensatesEarlierLayers: settings.boolean("compensate")
    ).apply(
      to: model,
      calibratedOn: inputs,
      using: FastRuntime(threadCount: context.threads),
      size: { try writer.bytes(of: $0).count },
      progress: { progress in
        try context.goOn()
        let stages = PostTrainingCompression.Progress.Stage.allCases
        let stage = stages.firstIndex(of: progress.stage) ?? 0
        let done = (Double(stage) + progress.fraction) / Double(stages.count)
        let bytes = progress.bytes.map { ", \($0) bytes" } ?? ""
        context.progress(min(1, done), "\(progress.stage.rawValue)\(bytes)")
      }
    )
  }
}
