/// Places for memories that are needed at different times, in one arena.
///
/// The largest memory is placed first, each at the lowest place where it overlaps nothing that is
/// needed at the same time, as in Pisarchyk and Lee, "Efficient Memory Management for Deep Neural
/// Net Inference" (2020), §5.2 ("greedy by size").
struct ArenaPlan: Sendable {
  /// A memory and the steps from which to which it is needed.
  struct Request: Sendable {
    var count: Int
    var steps: ClosedRange<Int>
  }

  /// Where each request lies.
  private(set) var offsets: [Int]
  /// The floats of the arena.
  private(set) var count = 0

  init(_ requests: [Request]) {
    offsets = [Int](repeating: 0, count: requests.count)
    let order = requests.indices.sorted {
      (-requests[$0].count, $0) < (-requests[$1].count, $1)
    }
    var placed: [(range: Range<Int>, steps: ClosedRange<Int>)] = []
    for index in order where requests[index].count > 0 {
      let request = requests[index]
      let size = (request.count + Self.grain - 1) / Self.grain * Self.grain
      let blocking = placed.filter { $0.steps.overlaps(request.steps) }
        .sorted { $0.range.lowerBound < $1.range.lowerBound }
      var offset = 0
      for other in blocking {
        if offset + size <= other.range.lowerBound { break }
        offset = max(offset, other.range.upperBound)
      }
      offsets[index] = offset
      placed.append((offset..<offset + size, request.steps))
      count = max(count, offset + size)
    }
  }

  /// Memories start on a cache line of 16 floats; the last line of each belongs to it alone, so a
  /// vector may be written past its end.
  private static let grain = 16
}
