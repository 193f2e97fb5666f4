import ArgumentParser
import Squeeze

/// A command that `mpirun` may have started several times.
enum Ranks {
  /// Runs a command as one of the processes of the job; where it fails, the others are ended too.
  static func run<Value>(_ body: (any Communicator) throws -> Value) throws -> Value {
    let communicator = try MPIJob.join(isInterrupted: { StopSignal.isSet })
    let value: Value
    do {
      value = try body(communicator)
    } catch {
      guard communicator.size > 1 else { throw error }
      if let code = error as? ExitCode {
        communicator.leave()
        throw code
      }
      // The others would wait for ever.
      Console.note(error is CommunicationError ? "\(error)" : "\(name(communicator)): \(error)")
      communicator.abort(exitCode: 1)
      throw ExitCode(1)
    }
    communicator.leave()
    return value
  }

  private static func name(_ communicator: any Communicator) -> String {
    "rank \(communicator.rank) of \(communicator.size)"
  }
}
