import Foundation
public import SqueezeTrain

/// A rank that is a thread of this process; bytes go through memory.
public struct LocalRank: Communicator {
  public let rank: Int
  public let size: Int
  fileprivate let mail: Mail

  public func exchange(
    _ sent: UnsafeRawBufferPointer,
    to receiver: Int,
    _ received: UnsafeMutableRawBufferPointer,
    from sender: Int
  ) throws(CommunicationError) {
    if !sent.isEmpty { mail.post(Array(sent), from: rank, to: receiver) }
    guard !received.isEmpty else { return }
    guard let bytes = mail.take(from: sender, to: rank), bytes.count == received.count else {
      throw CommunicationError(rank: rank, size: size, "rank \(sender) is gone")
    }
    received.copyBytes(from: bytes)
  }

  public func leave() {}
  public func abort(exitCode: Int32) { mail.close() }
}

/// The messages under way; its lock guards all of it.
private final class Mail: @unchecked Sendable {
  private struct Route: Hashable { var (from, to): (Int, Int) }
  private let condition = NSCondition()
  private var messages: [Route: [[UInt8]]] = [:]
  private var isClosed = false

  func post(_ bytes: [UInt8], from: Int, to: Int) {
    condition.withLock { messages[Route(from: from, to: to), default: []].append(bytes) }
    condition.broadcast()
  }

  func take(from: Int, to: Int) -> [UInt8]? {
    let route = Route(from: from, to: to)
    return condition.withLock {
      while messages[route]?.isEmpty ?? true {
        if isClosed { return nil }
        condition.wait()
      }
      return messages[route]?.removeFirst()
    }
  }

  func close() {
    condition.withLock { isClosed = true }
    condition.broadcast()
  }
}

/// Runs a function once per rank, all at the same time; where one fails the others lose it.
public func withRanks<Value: Sendable>(
  _ size: Int,
  _ body: @escaping @Sendable (any Communicator) throws -> Value
) -> [Result<Value, any Error>] {
  let mail = Mail()
  let results = Results<Value>()
  let group = DispatchGroup()
  for rank in 0..<size {
    group.enter()
    Thread {
      let communicator = LocalRank(rank: rank, size: size, mail: mail)
      let result = Result { try body(communicator) }
      if case .failure = result { communicator.abort(exitCode: 1) }
      results.keep(result, rank)
      group.leave()
    }.start()
  }
  group.wait()
  return (0..<size).compactMap { results.of($0) }
}

private final class Results<Value: Sendable>: @unchecked Sendable {
  private let lock = NSLock()
  private var values: [Int: Result<Value, any Error>] = [:]

  func keep(_ value: Result<Value, any Error>, _ rank: Int) {
    lock.withLock { values[rank] = value }
  }
  func of(_ rank: Int) -> Result<Value, any Error>? { lock.withLock { values[rank] } }
}
