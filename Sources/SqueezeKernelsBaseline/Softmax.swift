import CSqueezeKernels

/// Softmax of `count` consecutive numbers, `y[i] = e^(x[i] − max x) / Σⱼ e^(x[j] − max x)`.
public func softmax(_ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ count: Int) {
  let largest = maximum(x, count)
  var sums = Vector(repeating: 0)
  var i = 0
  while i < count {
    let part = min(16, count &- i)
    let e = sq_exp16(load(x + i, count: part, else: -.infinity) - largest)
    store(e, y + i, count: part)
    sums += e
    i &+= 16
  }
  let sum = sums.sum()
  i = 0
  while i < count {
    y[i] /= sum
    i &+= 1
  }
}

/// The largest of `count` numbers.
@inline(__always)
private func maximum(_ x: UnsafePointer<Float>, _ count: Int) -> Float {
  var largest = -Float.infinity
  for i in 0..<count where x[i] > largest { largest = x[i] }
  return largest
}

@inline(__always)
private func min(_ a: Int, _ b: Int) -> Int { a < b ? a : b }
