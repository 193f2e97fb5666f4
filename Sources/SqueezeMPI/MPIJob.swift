public import Foundation
public import SqueezeTrain

/// The job of several processes in which `mpirun` started this one, if it did.
///
/// Whether MPI is there is decided when Squeeze is built: `swift build --traits MPI`.
public enum MPIJob {
  /// Whether this build can talk to other processes.
  public static var isAvailable: Bool {
    #if MPI
      true
    #else
      false
    #endif
  }

  /// Joins the other processes, or stays alone where `mpirun` started none.
  ///
  /// - Parameters:
  ///   - environment: where `mpirun` says what it started.
  ///   - isInterrupted: asked while waiting for others; where it stays `true` for a moment the wait ends with
  ///     an error. `mpirun` signals all ranks to end where one of them failed.
  /// - Returns: how to talk to the others.
  /// - Throws: ``CommunicationError`` where MPI fails, or is missing while there are others.
  public static func join(
    environment: [String: String] = ProcessInfo.processInfo.environment,
    isInterrupted: @escaping @Sendable () -> Bool = { false }
  ) throws(CommunicationError) -> any Communicator {
    guard let started = MPIEnvironment(environment) else { return SingleProcess() }
    #if MPI
      return try MPICommunicator(started, isInterrupted: isInterrupted)
    #else
      guard started.size > 1 else { return SingleProcess() }
      throw CommunicationError(
        rank: started.rank,
        size: started.size,
        "this squeeze cannot talk to other processes: build it with swift build --traits MPI"
      )
    #endif
  }

  /// How many processes of the job share this machine.
  public static func localSize(
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) -> Int {
    MPIEnvironment(environment)?.localSize ?? 1
  }
}

/// What Open MPI's `mpirun` tells a process that it starts.
struct MPIEnvironment: Hashable {
  var rank: Int
  var size: Int
  var localSize: Int

  /// Reads `OMPI_COMM_WORLD_…`; `nil` where another started the process.
  init?(_ environment: [String: String]) {
    func number(_ name: String) -> Int? {
      environment["OMPI_COMM_WORLD_\(name)"].flatMap { Int($0) }
    }
    guard let rank = number("RANK"), let size = number("SIZE"), size > 0,
      (0..<size).contains(rank)
    else { return nil }
    self.rank = rank
    self.size = size
    localSize = min(max(1, number("LOCAL_SIZE") ?? 1), size)
  }
}
