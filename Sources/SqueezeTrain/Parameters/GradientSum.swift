import SqueezeTensor

/// The gradients of the batches that make one step, on the free scalars of every trained parameter.
///
/// `Σ nᵢ gᵢ / Σ nᵢ` over batches of `nᵢ` samples, so that parts of a batch give what the whole would.
struct GradientSum {
  /// One list per trained parameter.
  private(set) var lists: [[Float]] = []
  private var firstSamples = 0
  private var samples = 0

  /// Adds the gradients of one batch; those of the first are taken without a copy.
  mutating func add(_ gradients: consuming [[Float]], samples count: Int) {
    samples += count
    guard !lists.isEmpty else {
      lists = gradients
      firstSamples = max(1, count)
      return
    }
    let factor = Float(count) / Float(firstSamples)
    for position in lists.indices {
      gradients[position].withUnsafeBufferPointer { gradient in
        lists[position].withUnsafeMutableBufferPointer { sum in
          for i in sum.indices { sum[i] += factor * gradient[i] }
        }
      }
    }
  }

  /// Takes what several processes summed: lists in units of `unit` samples, from `count` samples in all.
  init(_ lists: [[Float]], unit: Int, samples count: Int) {
    self.lists = lists
    firstSamples = max(1, unit)
    samples = count
  }

  /// Without any gradients.
  init() {}

  /// The sum for one parameter with the gradient of one more batch, `Σ nᵢ gᵢ / unit`.
  ///
  /// - Parameters:
  ///   - position: the parameter's.
  ///   - gradient: that of the last batch; empty for none.
  ///   - count: the samples of that batch.
  ///   - unit: samples, the same on all ranks.
  ///   - length: the scalars of the parameter.
  /// - Returns: one number per scalar.
  func total(
    _ position: Int,
    adding gradient: [Float],
    samples count: Int,
    unit: Int,
    length: Int
  ) -> [Float] {
    if lists.isEmpty, count == unit, !gradient.isEmpty { return gradient }
    var total = lists.isEmpty ? [Float](repeating: 0, count: length) : lists[position]
    let (old, new) = (Float(firstSamples) / Float(unit), Float(count) / Float(unit))
    total.withUnsafeMutableBufferPointer { total in
      if old != 1 { for i in total.indices { total[i] *= old } }
      gradient.withUnsafeBufferPointer { gradient in
        for i in gradient.indices { total[i] += new * gradient[i] }
      }
    }
    return total
  }

  /// What the lists have to be multiplied by to be the mean.
  var scale: Float { samples == firstSamples ? 1 : Float(firstSamples) / Float(samples) }

  /// Cuts the mean of every gradient to `-limit...limit`.
  mutating func clip(to limit: Float) {
    let bound = limit / scale
    for position in lists.indices {
      lists[position].withUnsafeMutableBufferPointer { list in
        for i in list.indices { list[i] = min(max(list[i], -bound), bound) }
      }
    }
  }

  /// The norm of the mean, all parameters together.
  ///
  /// Finite exactly where all gradients are: squares of floats do not overflow in double precision.
  func norm(threads: Int) -> Double {
    var total = 0.0
    for list in lists {
      var sums = [Double](repeating: 0, count: Chunks.count(of: list.count))
      list.withUnsafeBufferPointer { list in
        sums.withUnsafeMutableBufferPointer { sums in
          guard let base = list.baseAddress, let sums = sums.baseAddress else { return }
          Chunks.forEach(of: list.count, threads: threads) { chunk, range in
            sums[chunk] = squareSum(base + range.lowerBound, range.count)
          }
        }
      }
      total += sums.reduce(0, +)
    }
    return total.squareRoot() * Double(scale)
  }
}
