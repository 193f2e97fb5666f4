package import SqueezeTrain

/// Loss, optimizer, schedule and the trainer's options as a config names them.
package struct LearningSetup {
  let config: ExperimentConfig

  package init(_ config: ExperimentConfig) { self.config = config }

  /// The loss, or the weighted sum of several.
  ///
  /// - Throws: `TrainingError` for losses that cannot be added.
  package func loss() throws(TrainingError) -> any Loss {
    let terms = config.settings.variants("loss").map {
      SumOfLosses.Term($0.number("weight") ?? 1, loss($0))
    }
    guard let only = terms.first, terms.count == 1, only.weight == 1 else {
      return try SumOfLosses(terms)
    }
    return only.loss
  }

  private func loss(_ settings: Settings) -> any Loss {
    let ignored = settings.integer("ignore_index")
    let activation: ScoreActivation =
      settings.text("activation") == "sigmoid" ? .sigmoid : .softmax
    return switch settings.variant {
    case "cross_entropy":
      CrossEntropy(
        labelSmoothing: float(settings, "label_smoothing"),
        classWeights: (settings.numbers("class_weights") ?? []).map { Float($0) },
        ignoredClass: ignored
      )
    case "binary_cross_entropy":
      BinaryCrossEntropy(
        positiveWeights: (settings.numbers("positive_weight") ?? []).map { Float($0) },
        ignoredClass: ignored
      )
    case "dice":
      DiceLoss(
        activation: activation,
        smoothing: float(settings, "smoothing"),
        includesBackground: settings.boolean("background"),
        ignoredClass: ignored
      )
    case "focal":
      FocalLoss(
        activation: activation,
        focus: float(settings, "gamma"),
        balance: settings.number("alpha").map { Float($0) },
        ignoredClass: ignored
      )
    case "mean_squared": MeanSquaredError()
    case "smooth_l1": SmoothL1(beta: float(settings, "beta"))
    case let other:
      preconditionFailure("loss \(other ?? "") is in the schema but cannot be built")
    }
  }

  /// The optimizer.
  package var optimizer: any Optimizer {
    let settings = optimizerSettings
    return switch settings.variant {
    case "sgd":
      SGD(momentum: float(settings, "momentum"), isNesterov: settings.boolean("nesterov"))
    case "adam":
      Adam(
        firstDecay: float(settings, "beta1"),
        secondDecay: float(settings, "beta2"),
        epsilon: float(settings, "epsilon")
      )
    case "adamw":
      AdamW(
        firstDecay: float(settings, "beta1"),
        secondDecay: float(settings, "beta2"),
        epsilon: float(settings, "epsilon")
      )
    case let other:
      preconditionFailure("optimizer \(other ?? "") is in the schema but cannot be built")
    }
  }

  /// The learning rate over time.
  package var schedule: any Schedule {
    let settings = config.settings.settings("schedule") ?? Settings("constant")
    let rate = optimizerSettings.number("rate") ?? 0
    let end = settings.number("final_rate") ?? 0
    let schedule: any Schedule
    switch settings.variant {
    case "constant": schedule = ConstantRate(rate)
    case "step":
      schedule = StepDecay(
        rate,
        milestones: (settings.numbers("milestones") ?? []).sorted(),
        factor: settings.number("factor") ?? 0.1
      )
    case "cosine": schedule = CosineDecay(rate, end: end)
    case "one_cycle":
      schedule = OneCycle(
        peak: rate,
        rise: settings.number("rise") ?? 0.3,
        start: settings.number("start_rate"),
        end: end,
        descent: settings.text("fall") == "cosine" ? .cosine : .linear
      )
    case "polynomial":
      schedule = PolynomialDecay(rate, power: settings.number("power") ?? 0.9, end: end)
    case let other:
      preconditionFailure("schedule \(other ?? "") is in the schema but cannot be built")
    }
    let warmUp = settings.number("warm_up_epochs") ?? 0
    return warmUp > 0 ? WarmUp(.epochs(warmUp), before: schedule) : schedule
  }

  /// Everything else.
  ///
  /// - Parameters:
  ///   - folder: where checkpoints go.
  ///   - frozen: the parameters that stay, by key.
  ///   - data: what can be measured on it says which model is the best.
  /// - Returns: options for a `Trainer`.
  package func options(
    folder: RunFolder,
    frozen: Set<String>,
    data: DataSetup.Parts
  ) -> TrainerOptions {
    let settings = config.settings
    let checkpoints = settings.settings("checkpoints") ?? Settings()
    let decay = settings.settings("weight_decay") ?? Settings()
    var options = TrainerOptions()
    options.epochs = config.epochs
    options.accumulation = settings.integer("accumulation") ?? 1
    options.clipping = settings.number("clip").flatMap { $0 > 0 ? .norm(Float($0)) : nil }
    options.weightDecay = WeightDecay(
      float(decay, "weights"),
      groups: [.init(.vectors, decay: float(decay, "vectors"))]
    )
    options.sharesMoments = settings.text("batch_norm") == "global"
    options.average = settings.number("ema").flatMap {
      $0 > 0 ? ExponentialAverage(decay: Float($0)) : nil
    }
    options.seed = config.seed
    options.threadCount = config.threads
    options.statisticsMomentum = float(settings, "statistics_momentum")
    options.frozen = frozen
    options.checkpointFolder = folder.url
    options.checkpointEverySteps = checkpoints.integer("every_steps")
    options.continuesWithoutCheckpoints = !checkpoints.boolean("required")
    options.patience = checkpoints.integer("patience")
    options.bestMetric = best(checkpoints.text("best"), data)
    options.ignoredClass = DataSetup(config: config).ignoredClass
    return options
  }

  private func best(_ name: String?, _ data: DataSetup.Parts) -> BestMetric {
    // Without data to measure on, all that is known is the training loss.
    guard data.validation != nil else { return .loss }
    let error =
      data.targets == .maps ? BestMetric("pixel_error", isHigherBetter: false) : .top1Error
    switch name {
    case nil:
      return switch data.targets {
      case .classes: .top1Error
      case .maps: .meanIoU
      case .values: .loss
      }
    case "error": return error
    case "mean_iou": return .meanIoU
    case "mean_dice": return .meanDice
    case let name?: return BestMetric(name, isHigherBetter: false)
    }
  }

  private var optimizerSettings: Settings {
    config.settings.settings("optimizer") ?? Settings("sgd")
  }

  private func float(_ settings: Settings, _ key: String) -> Float {
    Float(settings.number(key) ?? 0)
  }
}
