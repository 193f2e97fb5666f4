/// The part of another sampler's order that one of several processes takes.
///
/// A global batch is as many consecutive draws as all processes take together; rank `r` takes the
/// `r`-th part of each. So `n` ranks with batches of `B` see what one process with batches of `n · B`
/// sees, in the same order. Draws that fill no global batch are left out, as a training loop would.
public struct RankSampler: Sampler {
  public let base: any Sampler
  public let rank: Int
  public let rankCount: Int
  /// The samples that each process takes in a batch.
  public let batchSize: Int

  /// Takes the part of `rank` out of `rankCount`.
  ///
  /// - Precondition: `rank` is in `0..<rankCount` and `batchSize` positive.
  public init(_ base: any Sampler, rank: Int, of rankCount: Int, batchSize: Int) {
    precondition(
      (0..<rankCount).contains(rank) && batchSize > 0,
      "rank \(rank) of \(rankCount) with batches of \(batchSize)"
    )
    self.base = base
    self.rank = rank
    self.rankCount = rankCount
    self.batchSize = batchSize
  }

  public func draws(epoch: Int, count: Int) -> [Draw] {
    let all = base.draws(epoch: epoch, count: count)
    let global = rankCount * batchSize
    return (0..<all.count / global).flatMap { batch in
      let first = batch * global + rank * batchSize
      return all[first..<first + batchSize]
    }
  }
}
