/// Something that stops a training.
public enum TrainingError: Error, Sendable, Hashable {
  /// A setting that makes no sense: its name, what was expected and what came.
  case setting(String, expected: String, actual: String)
  /// A node whose operator has no gradient lies between a trained parameter and the loss.
  case notDifferentiable(node: String, operatorName: String)
  /// The loss or a value is not a finite number.
  case diverged(step: Int, place: String, statistics: String)
  /// A checkpoint that does not belong to this training or is damaged.
  case checkpoint(String, expected: String, actual: String)
}

extension TrainingError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .setting(let name, let expected, let actual):
      "\(name): expected \(expected), got \(actual)"
    case .notDifferentiable(let node, let operatorName):
      "node \(node): expected an operator with a gradient, got \(operatorName)"
    case .diverged(let step, let place, let statistics):
      "step \(step): \(place) is not finite: \(statistics); lower the learning rate, or clip gradients"
    case .checkpoint(let file, let expected, let actual):
      "\(file): expected \(expected), got \(actual)"
    }
  }
}
