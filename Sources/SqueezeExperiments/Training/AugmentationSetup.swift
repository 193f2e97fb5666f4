import SqueezeData

/// The augmentations that a config lists.
struct AugmentationSetup {
  let config: ExperimentConfig

  /// The changes of single samples, in order.
  var augmentations: [any Augmentation] {
    config.settings.variants("augment").compactMap { settings -> (any Augmentation)? in
      guard let augmentation = augmentation(settings) else { return nil }
      let chance = settings.number("chance") ?? 1
      // Flips have a chance of their own.
      return chance < 1 && settings.variant != "flip"
        ? Sometimes(Float(chance), augmentation) : augmentation
    }
  }

  /// The mixing of samples, if any.
  var mixUp: MixUp? {
    config.settings.variants("augment").first { $0.variant == "mixup" }.map {
      MixUp(alpha: float($0, "alpha"))
    }
  }

  private func augmentation(_ settings: Settings) -> (any Augmentation)? {
    let border = Border(rawValue: settings.text("border") ?? "") ?? .zero
    switch settings.variant {
    case "flip":
      if settings.text("axis") == "vertical" {
        return VerticalFlip(chance: float(settings, "chance"))
      }
      return settings.boolean("alternate")
        ? HorizontalFlip.alternating : HorizontalFlip(chance: float(settings, "chance"))
    case "crop": return RandomCrop(padding: settings.integer("padding") ?? 0, border: border)
    case "cutout": return Cutout(settings.integer("size") ?? 1)
    case "colour":
      return ColourJitter(
        brightness: float(settings, "brightness"),
        contrast: float(settings, "contrast"),
        saturation: float(settings, "saturation"),
        hueDegrees: float(settings, "hue")
      )
    case "affine":
      return Affine(
        degrees: float(settings, "degrees"),
        scale: float(settings, "scale"),
        shearDegrees: float(settings, "shear"),
        shift: float(settings, "shift"),
        border: border
      )
    case "noise": return Noise(deviation: float(settings, "deviation"))
    case "gain": return Gain(float(settings, "share"))
    case "stretch": return Stretch(float(settings, "share"), border: border)
    case "time_shift": return TimeShift(settings.integer("samples") ?? 0, border: border)
    case "mixup": return nil
    case let other:
      preconditionFailure("augmentation \(other ?? "") is in the schema but cannot be built")
    }
  }

  private func float(_ settings: Settings, _ key: String) -> Float {
    Float(settings.number(key) ?? 0)
  }
}
