/// Hands out the memory of two arrays and of some zeroed floats; does nothing where an array is empty.
func withPointers(
  _ a: [Float],
  _ b: [Float],
  scratch count: Int,
  _ body: (
    _ a: UnsafePointer<Float>,
    _ b: UnsafePointer<Float>,
    _ scratch: UnsafeMutablePointer<Float>
  ) -> Void
) {
  let scratch = UnsafeMutablePointer<Float>.allocate(capacity: max(1, count))
  scratch.initialize(repeating: 0, count: max(1, count))
  defer { scratch.deallocate() }
  a.withUnsafeBufferPointer { a in
    b.withUnsafeBufferPointer { b in
      if let first = a.baseAddress, let second = b.baseAddress, !a.isEmpty, !b.isEmpty {
        body(first, second, scratch)
      }
    }
  }
}

/// An array of floats that a function fills.
func filled(_ count: Int, _ fill: (UnsafeMutablePointer<Float>) -> Void) -> [Float] {
  [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
    if let base = buffer.baseAddress, count > 0 { fill(base) }
    initialized = count
  }
}

/// The sum of some floats in double precision, in an order of its own that never changes.
func sum(_ values: UnsafePointer<Float>, _ count: Int) -> Double {
  var sums = SIMD4<Double>()
  let whole = count & ~3
  for i in stride(from: 0, to: whole, by: 4) {
    sums += SIMD4<Double>(SIMD4<Float>(values[i], values[i + 1], values[i + 2], values[i + 3]))
  }
  var sum = sums.sum()
  for i in whole..<count { sum += Double(values[i]) }
  return sum
}
