import SqueezeTensor

/// From where the 16 lanes of one block of the output come.
struct LaneProgram: Sendable {
  /// One block of one input, seen through a step in rows and columns.
  struct Source: Sendable, Hashable {
    var input = 0
    var block: Int
    var row = 0
    var column = 0
  }

  let sources: [Source]
  /// For each source 16 numbers: the lane that goes there, or −1.
  let indices: AlignedBuffer<Int32>
  /// Whether the block is another one, lane by lane.
  let isWhole: Bool

  /// The program for at most 16 lanes given one by one; `nil` gives the filler.
  init(_ lanes: [(source: Source, lane: Int)?]) {
    var sources: [Source] = []
    for lane in lanes {
      if let source = lane?.source, !sources.contains(source) { sources.append(source) }
    }
    // A program without sources reads the first block and keeps none of its lanes.
    if sources.isEmpty { sources.append(Source(block: 0)) }
    let indices = AlignedBuffer([Int32](repeating: -1, count: sources.count * 16))
    for (position, lane) in lanes.enumerated() {
      guard let lane, let source = sources.firstIndex(of: lane.source) else { continue }
      indices.pointer[source * 16 + position] = Int32(lane.lane)
    }
    self.sources = sources
    self.indices = indices
    isWhole = sources.count == 1 && lanes.indices.allSatisfy { lanes[$0]?.lane == $0 }
  }

  /// The programs for channels that come from channels of one input; a negative one gives the filler.
  static func programs(channels: [Int]) -> [LaneProgram] {
    stride(from: 0, to: channels.count, by: 16).map { first in
      LaneProgram(
        channels[first..<min(first + 16, channels.count)].map {
          $0 < 0 ? nil : (Source(block: $0 / 16), $0 % 16)
        }
      )
    }
  }

  /// Computes one row of pixels.
  ///
  /// `start` says where a source's row starts, `offsets` where each pixel lies in it, negative for
  /// the filler.
  func run(
    _ kernels: ShapingKernels,
    offsets: UnsafePointer<Int>,
    filler: Float,
    into target: UnsafeMutablePointer<Float>,
    stride: Int = 16,
    pixels: Int,
    start: (Source) -> UnsafePointer<Float>
  ) {
    withUnsafeTemporaryAllocation(of: UnsafePointer<Float>.self, capacity: sources.count) { list in
      for (index, source) in sources.enumerated() { list[index] = start(source) }
      guard let base = list.baseAddress else { return }
      kernels.selectLanes(
        base,
        sources.count,
        indices.pointer,
        offsets,
        filler,
        target,
        stride,
        pixels
      )
    }
  }
}
