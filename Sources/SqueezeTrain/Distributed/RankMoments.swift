import SqueezeGraph

/// Batch normalization's sums over all ranks, in the same order as the gradients that travel meanwhile.
///
/// Gradients are summed on a queue while the backward pass goes on; these sums take their turn in it, so
/// that every rank sends its messages in one order.
final class RankMoments: MomentExchange, @unchecked Sendable {
  private let exchange: GradientExchange
  /// Whether all ranks have samples in this batch; otherwise each normalizes by its own.
  var isShared = true
  /// The first loss of the others; numbers are this rank's own from then on.
  private(set) var failure: (any Error)?

  init(_ exchange: GradientExchange) { self.exchange = exchange }

  func gather(_ numbers: [Double]) -> [[Double]] {
    guard isShared, failure == nil else { return [numbers] }
    do {
      return try exchange.inOrder { communicator in
        try communicator.gather(numbers.withUnsafeBytes { Array($0) })
      }.map { block in
        block.withUnsafeBytes { block in
          numbers.indices.map { block.loadUnaligned(fromByteOffset: $0 * 8, as: Double.self) }
        }
      }
    } catch {
      failure = error
      return [numbers]
    }
  }
}
