/// What a compression tells while it works.
public enum RecipeEvent: Sendable {
  /// The whole plan, before the first step; `done` steps were carried out earlier.
  case plan(steps: [String], done: Int)
  /// A step begins; its number counts from 1.
  case began(step: Int, of: Int, summary: String)
  /// How far the whole plan has come, in `0...1`, the seconds left where they can be told, and a remark.
  case progress(done: Double, secondsLeft: Double?, remark: String)
  /// A step is done and saved.
  case finished(StepRecord)
  /// A step was left out, and why.
  case skipped(step: Int, reason: String)
  /// Something worth knowing.
  case note(String)
}

/// What a step came to.
public struct StepRecord: Sendable, Hashable, Codable {
  /// The step's number, from 1; 0 is the model before all steps.
  public var step: Int
  public var summary: String
  /// The seconds it took, over all runs.
  public var seconds: Double
  /// The bytes of the file that the model would make.
  public var bytes: Int
  /// The share of zeros among the weights of layers.
  public var sparsity: Double
  /// The accuracy on the samples to judge by; for pictures, nothing is chosen by it.
  public var accuracy: Double
  /// Whether the step was left out.
  public var isSkipped = false
}
