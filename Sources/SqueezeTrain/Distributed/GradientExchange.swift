import Dispatch

/// Adds the gradients of all ranks while the backward pass still computes others.
///
/// Parameters share buckets, the last parameter first, because the backward pass ends with the first. A
/// full bucket goes on its way on a thread of its own, in an order that is the same on all ranks whatever the
/// order in which gradients come.
package final class GradientExchange {
  let communicator: any Communicator
  private let buckets: [Bucket]
  /// Where each parameter's numbers lie.
  private let places: [(bucket: Int, offset: Int, count: Int)]
  private let queue = DispatchQueue(label: "squeeze.gradients", qos: .userInitiated)
  private let failure = Failure()
  private var hasCome: [Bool]
  /// The parameters that each bucket waits for.
  private var missing: [Int]
  private var next = 0

  /// The numbers after which a bucket is closed: 1 MB, where bandwidth matters more than latency.
  package static let bucketSize = 1 << 18

  /// What the gradients of all ranks come to, and what it took.
  package struct Sums {
    package var lists: [[Float]]
    package var seconds: Double
    package var waitSeconds: Double
    package var bytes: Int
  }

  /// Prepares for parameters with certain counts of numbers.
  package init(_ communicator: any Communicator, counts: [Int], bucketSize: Int = bucketSize) {
    self.communicator = communicator
    var sizes: [Int] = []
    var places = [(bucket: Int, offset: Int, count: Int)](repeating: (0, 0, 0), count: counts.count)
    for position in counts.indices.reversed() {
      if sizes.last.map({ $0 >= bucketSize }) ?? true { sizes.append(0) }
      places[position] = (sizes.count - 1, sizes[sizes.count - 1], counts[position])
      sizes[sizes.count - 1] += counts[position]
    }
    self.places = places
    buckets = sizes.map { Bucket($0) }
    hasCome = []
    missing = []
    reset()
  }

  private func reset() {
    hasCome = [Bool](repeating: false, count: places.count)
    missing = buckets.indices.map { bucket in places.count { $0.bucket == bucket } }
    next = 0
  }

  /// The parameters whose gradients have not come in this step.
  var open: [Int] { hasCome.indices.filter { !hasCome[$0] } }

  /// Takes the gradient of one parameter; it comes once per step.
  package func send(_ gradient: [Float], at position: Int) {
    let place = places[position]
    precondition(!hasCome[position] && gradient.count == place.count, "gradient \(position)")
    hasCome[position] = true
    buckets[place.bucket].put(gradient, at: place.offset)
    missing[place.bucket] -= 1
    while next < buckets.count, missing[next] == 0 {
      let (bucket, communicator, failure) = (buckets[next], communicator, failure)
      queue.async {
        // After one message was lost the rest would wait in vain.
        if failure.error == nil { failure.error = bucket.sum(communicator) }
      }
      next += 1
    }
  }

  /// Talks to the other ranks after everything that was sent before, and waits for it.
  ///
  /// - Throws: ``CommunicationError``, the first where several were lost.
  func inOrder<Result>(_ talk: (any Communicator) throws -> Result) throws -> Result {
    try queue.sync {
      if let error = failure.error { throw error }
      return try talk(communicator)
    }
  }

  /// Waits for all sums of the step.
  ///
  /// - Returns: the summed gradient of each parameter, the seconds that communication took, the part of
  ///   them spent waiting here, and the bytes this rank sent.
  /// - Throws: ``CommunicationError``.
  package func finish() throws -> Sums {
    precondition(next == buckets.count, "\(open.count) gradients have not come")
    let clock = ContinuousClock()
    let began = clock.now
    queue.sync {}
    let waited = (clock.now - began).seconds
    if let error = failure.error { throw error }
    defer { reset() }
    var (seconds, bytes) = (0.0, 0)
    for bucket in buckets {
      seconds += bucket.seconds
      bytes += bucket.bytes
    }
    return Sums(
      lists: places.map { buckets[$0.bucket].list($0.offset, $0.count) },
      seconds: seconds,
      waitSeconds: min(waited, seconds),
      bytes: bytes
    )
  }
}

/// The gradients of some parameters, side by side.
///
/// The step's thread writes before it is enqueued and reads after the queue is empty; in between it is the
/// queue's.
private final class Bucket: @unchecked Sendable {
  private let values: UnsafeMutableBufferPointer<Float>
  private(set) var seconds = 0.0
  private(set) var bytes = 0

  init(_ count: Int) {
    values = .allocate(capacity: count)
    values.initialize(repeating: 0)
  }

  deinit { values.deallocate() }

  func put(_ list: [Float], at offset: Int) {
    _ = UnsafeMutableBufferPointer(rebasing: values[offset..<offset + list.count])
      .update(from: list)
  }

  func list(_ offset: Int, _ count: Int) -> [Float] { Array(values[offset..<offset + count]) }

  /// Sums with all ranks; gives the error, if any.
  func sum(_ communicator: any Communicator) -> CommunicationError? {
    let clock = ContinuousClock()
    let began = clock.now
    defer { seconds = (clock.now - began).seconds }
    do throws(CommunicationError) {
      bytes = try communicator.sum(values)
      return nil
    } catch {
      return error
    }
  }
}

/// The first error; the queue's while it works.
private final class Failure: @unchecked Sendable {
  var error: CommunicationError?
}
