/// How the processes of one training talk to each other.
///
/// Each process has a rank and sends bytes to one rank while it receives from another; sums, gathering
/// and broadcasts are built on that alone, so that their bits do not depend on a library's choices.
public protocol Communicator: Sendable {
  /// The number of this process, from 0; rank 0 writes what is written.
  var rank: Int { get }
  /// How many processes there are.
  var size: Int { get }

  /// Sends bytes to one rank, and receives bytes from another at the same time.
  ///
  /// Messages between two ranks arrive in order; an empty buffer is neither sent nor received. One thread
  /// at a time may call it.
  ///
  /// - Throws: ``CommunicationError`` where the others cannot be reached any more.
  func exchange(
    _ sent: UnsafeRawBufferPointer,
    to receiver: Int,
    _ received: UnsafeMutableRawBufferPointer,
    from sender: Int
  ) throws(CommunicationError)

  /// Leaves the others after everything is done; called once, as the last thing.
  func leave()

  /// Ends the processes of all ranks, because this one failed.
  func abort(exitCode: Int32)
}

/// A training in one process.
public struct SingleProcess: Communicator {
  /// Creates the communicator of a process without others.
  public init() {}

  public var rank: Int { 0 }
  public var size: Int { 1 }

  public func exchange(
    _ sent: UnsafeRawBufferPointer,
    to receiver: Int,
    _ received: UnsafeMutableRawBufferPointer,
    from sender: Int
  ) {
    preconditionFailure("rank \(receiver) of a single process")
  }

  public func leave() {}
  public func abort(exitCode: Int32) {}
}

/// Processes that lost each other, or that do not train the same.
public struct CommunicationError: Error, Sendable, Hashable {
  /// Where it was noticed.
  public var rank: Int
  public var size: Int
  public var reason: String

  /// Names what happened at a rank.
  public init(rank: Int, size: Int, _ reason: String) {
    self.rank = rank
    self.size = size
    self.reason = reason
  }
}

extension CommunicationError: CustomStringConvertible {
  public var description: String { "rank \(rank) of \(size): \(reason)" }
}
