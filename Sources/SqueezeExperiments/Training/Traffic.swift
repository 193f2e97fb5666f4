import SqueezeTrain

/// What the steps of this process took, computing and talking to other ranks.
struct Traffic: Sendable, Hashable {
  private(set) var ranks = 1
  private(set) var computeSeconds = 0.0
  private(set) var communicationSeconds = 0.0
  private(set) var waitSeconds = 0.0
  private(set) var bytesSent = 0

  /// Counts a step of several ranks.
  mutating func add(_ event: TrainingEvent) {
    guard case .step(let step) = event, let communication = step.communication else { return }
    ranks = communication.ranks
    computeSeconds += communication.computeSeconds
    communicationSeconds += communication.communicationSeconds
    waitSeconds += communication.waitSeconds
    bytesSent += communication.bytesSent
  }
}
