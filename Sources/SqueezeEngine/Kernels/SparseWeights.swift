import SqueezeTensor

/// The weights of a pointwise or fully connected layer that are not zero, row after row.
struct SparseWeights: Sendable {
  /// The weights, and for each the place of its input: its number times `stride`.
  let weights: AlignedBuffer<Float>
  let offsets: AlignedBuffer<Int32>
  /// Where each row starts, one more than rows.
  let starts: AlignedBuffer<Int>

  /// Packs `[O, I]` weights.
  init(_ source: [Float], outputs: Int, stride: Int) {
    let inputs = source.count / outputs
    let count = source.count { $0 != 0 }
    weights = AlignedBuffer(count: count)
    offsets = AlignedBuffer(count: count)
    starts = AlignedBuffer(count: outputs + 1)
    var next = 0
    for output in 0..<outputs {
      starts.pointer[output] = next
      for input in 0..<inputs where source[output * inputs + input] != 0 {
        weights.pointer[next] = source[output * inputs + input]
        offsets.pointer[next] = Int32(truncatingIfNeeded: input * stride)
        next += 1
      }
    }
    starts.pointer[outputs] = next
  }
}

extension Site {
  /// The fraction of the first parameter's scalars that are not zero; 1 where there is none.
  var density: Double {
    guard let scalars = parameters.first?.scalars, !scalars.isEmpty else { return 1 }
    let kept = scalars.withUnsafeBufferPointer { $0.reduce(0) { $0 + ($1 == 0 ? 0 : 1) } }
    return Double(kept) / Double(scalars.count)
  }
}
