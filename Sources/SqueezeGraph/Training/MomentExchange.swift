/// Joins what several processes measured of their parts of one batch, so that batch normalization sees
/// the whole batch.
///
/// All processes call it equally often, with equally many numbers, in the same order.
public protocol MomentExchange: AnyObject, Sendable {
  /// The numbers of all processes, by rank.
  ///
  /// Where the others are lost it gives this process's numbers alone; whoever made the exchange notices the
  /// loss and ends the training.
  func gather(_ numbers: [Double]) -> [[Double]]
}

/// How many numbers there are, their mean, and the sum of the squares of their distances from it, of
/// several channels.
public struct BatchMoments: Sendable, Hashable {
  public var count: Double
  public var means: [Double]
  public var squares: [Double]

  /// Creates moments, one mean and one sum of squares per channel.
  public init(count: Double, means: [Double], squares: [Double]) {
    precondition(means.count == squares.count, "\(means.count) means, \(squares.count) squares")
    self.count = count
    self.means = means
    self.squares = squares
  }

  /// Takes further numbers in.
  ///
  /// Chan, Golub and LeVeque, "Updating formulae and a pairwise algorithm for computing sample
  /// variances" (1979).
  public mutating func join(_ other: BatchMoments) {
    let all = count + other.count
    guard other.count > 0 else { return }
    for channel in means.indices {
      let difference = other.means[channel] - means[channel]
      means[channel] += difference * other.count / all
      squares[channel] +=
        other.squares[channel] + difference * difference * count * other.count / all
    }
    count = all
  }

  /// The moments of all processes together, joined in the order of ranks.
  public func joined(by exchange: any MomentExchange) -> BatchMoments {
    let parts = exchange.gather([count] + means + squares).map { numbers in
      BatchMoments(
        count: numbers[0],
        means: Array(numbers[1...means.count]),
        squares: Array(numbers[(1 + means.count)...])
      )
    }
    return parts.dropFirst().reduce(into: parts.first ?? self) { $0.join($1) }
  }
}

/// The sums that batch normalization's gradient needs, of several channels: of the gradient `g`, and of
/// `g` times the input's distance from its mean.
public struct GradientMoments: Sendable, Hashable {
  /// The elements of a channel.
  public var count: Double
  public var sums: [Double]
  public var products: [Double]

  /// Creates sums, two per channel.
  public init(count: Double, sums: [Double], products: [Double]) {
    precondition(sums.count == products.count, "\(sums.count) sums, \(products.count) products")
    self.count = count
    self.sums = sums
    self.products = products
  }

  /// The sums over all processes as this one needs them.
  ///
  /// Each process's loss is the mean over its own part of the batch, and its gradients are later weighted
  /// by that part. So the sums of process `j` count `M_j/M_i` times in process `i`, with `M` elements
  /// each; ``count`` becomes that of all.
  public func joined(by exchange: any MomentExchange) -> GradientMoments {
    var all = GradientMoments(
      count: 0,
      sums: sums.map { _ in 0 },
      products: products.map { _ in 0 }
    )
    for numbers in exchange.gather([count] + sums + products) {
      let weight = numbers[0] / count
      all.count += numbers[0]
      for channel in sums.indices {
        all.sums[channel] += weight * numbers[1 + channel]
        all.products[channel] += weight * numbers[1 + sums.count + channel]
      }
    }
    return all
  }
}
