public import CSqueezeKernels

/// Some output features of a fully connected layer of one row whose weights are mostly zero.
///
/// `y[o] = b[o] + Σⱼ w[o, j] · x[i(o, j)]`, 16 features side by side. Of each 32 neighbouring inputs, which
/// two registers hold, every feature takes those it has weights for, one per round; features with fewer
/// than others take weights of 0.
public func multiplySparseRows(_ arguments: UnsafePointer<SQSparseRows>) {
  let c = arguments.pointee
  var first = 0
  while first < c.rows {
    let group = first / 16
    var sums = (
      load(c.bias + first), Vector(repeating: 0), Vector(repeating: 0), Vector(repeating: 0)
    )
    var round = c.starts[group]
    let end = c.starts[group &+ 1]
    while round &+ 4 <= end {
      sums.0 = added(sums.0, c, round)
      sums.1 = added(sums.1, c, round &+ 1)
      sums.2 = added(sums.2, c, round &+ 2)
      sums.3 = added(sums.3, c, round &+ 3)
      round &+= 4
    }
    while round < end {
      sums.0 = added(sums.0, c, round)
      round &+= 1
    }
    var sum = (sums.0 + sums.1) + (sums.2 + sums.3)
    if c.clip.clips { sum = sum.clipped(c.clip.lower, c.clip.upper) }
    store(sum, c.output + first, count: c.rows &- first)
    first &+= 16
  }
}

/// A sum with one round added.
@inline(__always)
private func added(_ sum: Vector, _ c: SQSparseRows, _ round: Int) -> Vector {
  let x = c.input + Int(c.offsets[round])
  let lanes = sq_codes16(c.lanes + round &* 16)
  return sum.adding(sq_lookUp32(load(x), load(x + 16), lanes), times: load(c.weights + round &* 16))
}
