import Dispatch

/// A fixed cut of an array's elements, so that sums do not depend on the number of threads.
enum Chunks {
  /// The elements of a chunk; the last has fewer.
  static let size = 1 << 16

  /// Calls a function for every chunk of `count` elements on some threads.
  ///
  /// Which thread takes which chunk must not matter to it.
  static func forEach(
    of count: Int,
    threads: Int,
    _ body: (_ chunk: Int, _ range: Range<Int>) -> Void
  ) {
    let chunks = Self.count(of: count)
    let workers = min(threads, chunks)
    guard workers > 1 else {
      for chunk in 0..<chunks { body(chunk, range(chunk, of: count)) }
      return
    }
    withoutActuallyEscaping(body) { body in
      // Chunks do not overlap, and all threads are done when the call returns.
      nonisolated(unsafe) let body = body
      DispatchQueue.concurrentPerform(iterations: workers) { worker in
        for chunk in stride(from: worker, to: chunks, by: workers) {
          body(chunk, range(chunk, of: count))
        }
      }
    }
  }

  /// The number of chunks.
  static func count(of count: Int) -> Int { (count + size - 1) / size }

  private static func range(_ chunk: Int, of count: Int) -> Range<Int> {
    chunk * size..<min((chunk + 1) * size, count)
  }
}

/// The sum of squares in double precision, in an order of its own that never changes.
func squareSum(_ values: UnsafePointer<Float>, _ count: Int) -> Double {
  var sums = SIMD4<Double>()
  let whole = count & ~3
  for i in stride(from: 0, to: whole, by: 4) {
    let part = SIMD4<Float>(values[i], values[i + 1], values[i + 2], values[i + 3])
    let wide = SIMD4<Double>(part)
    sums += wide * wide
  }
  var sum = sums.sum()
  for i in whole..<count { sum += Double(values[i]) * Double(values[i]) }
  return sum
}
