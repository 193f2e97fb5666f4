/// Something that stops a training.
public enum TrainingError: Error, Sendable, Hashable {
  /// A setting that makes no sense: its name, what was expected and what came.
  case setting(String, expected: String, actual: String)
  /// An output and the targets of a batch that do not belong together, or a label out of range.
  case target(String, expected: String, actual: String)
  /// The loss or a value is not a finite number, or the loss is beyond the limit set for it.
  case diverged(step: Int, place: String, statistics: String)
  /// A checkpoint that does not belong to this training or is damaged.
  case checkpoint(String, expected: String, actual: String)
  /// A file that could not be written, as on a full disk; the one before it is still there.
  case storage(String, reason: String)
}

extension TrainingError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .setting(let name, let expected, let actual):
      "\(name): expected \(expected), got \(actual)"
    case .target(let place, let expected, let actual):
      "\(place): expected \(expected), got \(actual)"
    case .diverged(let step, let place, let statistics):
      "step \(step): training diverged at \(place): \(statistics); "
        + "lower the learning rate, or clip gradients"
    case .checkpoint(let file, let expected, let actual):
      "\(file): expected \(expected), got \(actual)"
    case .storage(let file, let reason):
      "\(file): could not be written: \(reason); the previous file is kept"
    }
  }
}
