public import CSqueezeKernels

/// Some output features of a fully connected layer of one row whose weights are small codes.
///
/// `y[o] = b[o] + s[o] · Σᵢ v(w[o, i]) · x[i]`, where `v` is a table of 16 numbers for codes of 4 bits, of
/// 64 for bytes, or the byte itself. A code is a quarter or an eighth of a float, and the time is that of
/// reading them where a layer is larger than the caches.
public func multiplyCodeRows(_ arguments: UnsafePointer<SQCodeRows>) {
  switch arguments.pointee.kind {
  case SQCodeNibbles: rows(arguments, NibbleCodes(arguments.pointee.table))
  case SQCodeTable: rows(arguments, TableCodes(arguments.pointee.table))
  default: rows(arguments, ByteCodes())
  }
}

@inline(__always)
private func rows<C: WeightCodes>(_ arguments: UnsafePointer<SQCodeRows>, _ codes: C) {
  let c = arguments.pointee
  let whole = c.features / 32
  let blocks = (c.features &+ 31) / 32
  let rowBytes = blocks &* C.bytes
  var row = 0
  while row < c.rows {
    // A row alone reads itself twice, and the second sums are dropped.
    let first = c.codes + row &* rowBytes
    let second = row &+ 1 < c.rows ? first + rowBytes : first
    var sums = (
      Vector(repeating: 0), Vector(repeating: 0), Vector(repeating: 0), Vector(repeating: 0)
    )
    for i in 0..<whole {
      let x = (load(c.input + i &* 32), load(c.input + (i &* 32 &+ 16)))
      let (a, b) = (codes.weights(first + i &* C.bytes), codes.weights(second + i &* C.bytes))
      sums.0 = sums.0.adding(x.0, times: a.0)
      sums.1 = sums.1.adding(x.1, times: a.1)
      sums.2 = sums.2.adding(x.0, times: b.0)
      sums.3 = sums.3.adding(x.1, times: b.1)
    }
    if whole < blocks {
      let left = c.features &- whole &* 32
      let x = (
        load(c.input + whole &* 32, count: left, else: 0),
        left > 16
          ? load(c.input + (whole &* 32 &+ 16), count: left &- 16, else: 0)
          : Vector(repeating: 0)
      )
      let a = codes.weights(first + whole &* C.bytes)
      let b = codes.weights(second + whole &* C.bytes)
      sums.0 = sums.0.adding(x.0, times: a.0)
      sums.1 = sums.1.adding(x.1, times: a.1)
      sums.2 = sums.2.adding(x.0, times: b.0)
      sums.3 = sums.3.adding(x.1, times: b.1)
    }
    put(sums.0 + sums.1, c, row)
    if row &+ 1 < c.rows { put(sums.2 + sums.3, c, row &+ 1) }
    row &+= 2
  }
}

@inline(__always)
private func put(_ sum: Vector, _ c: SQCodeRows, _ row: Int) {
  var value = sq_sum16(sum) * c.scales[row] + c.bias[row]
  if c.clip.clips {
    if value < c.clip.lower { value = c.clip.lower }
    if value > c.clip.upper { value = c.clip.upper }
  }
  c.output[row] = value
}
