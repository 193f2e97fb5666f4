import CSqueezeKernels
import SqueezeTensor

/// Values whose channels are channels of others: concatenation, split, shuffle, any constant order.
///
/// A part that lies in the concatenation's own memory needs no copy, forwards or backwards.
final class ChannelLayer: TrainingLayer {
  let inputs: [Int]
  let outputs: [Int]
  /// For every output, where each channel comes from.
  private let sources: [[(input: Int, channel: Int)]]
  /// The inputs that lie in the memory of the output.
  private let hosted: Set<Int>
  private let table: KernelTable
  private var places: LayerPlaces?
  /// For every input the channels of outputs that it fills; several where a channel is used twice.
  private var targets: [[[(output: Int, channel: Int)]]] = []

  init(
    inputs: [Int],
    outputs: [Int],
    sources: [[(input: Int, channel: Int)]],
    inputChannels: [Int],
    hosted: Set<Int>,
    table: KernelTable
  ) {
    self.inputs = inputs
    self.outputs = outputs
    self.sources = sources
    self.hosted = hosted
    self.table = table
    targets = inputChannels.map { [[(output: Int, channel: Int)]](repeating: [], count: $0) }
    for (output, channels) in sources.enumerated() {
      for (channel, source) in channels.enumerated() {
        targets[source.input][source.channel].append((output, channel))
      }
    }
  }

  func bind(_ places: LayerPlaces) { self.places = places }

  /// Whether nothing is to be copied.
  private var isFree: Bool { hosted.count == inputs.count }

  func forward(_ run: TrainingRun) {
    guard let places, !isFree else { return }
    for (output, channels) in sources.enumerated() {
      let layout = places.outputs[output]
      run.pool.forEach(layout.batch * layout.planes) { item, _ in
        let (image, plane) = (item / layout.planes, item % layout.planes)
        let lanes = channels[plane * 16..<min(channels.count, plane * 16 + 16)]
        guard !lanes.allSatisfy({ hosted.contains($0.input) }) else { return }
        copy(
          run,
          lanes.map { (places.inputs[$0.input], $0.channel) },
          image,
          to: layout,
          plane,
          accumulates: false
        )
      }
    }
  }

  func backward(_ run: TrainingRun) {
    guard let places else { return }
    for (input, target) in places.inputGradients.enumerated() {
      guard let target, !hosted.contains(input) else { continue }
      var accumulates = places.accumulates[input]
      // Once for every use of a channel; nearly always there is one.
      let uses = targets[input].map(\.count).max() ?? 0
      for use in 0..<max(1, uses) {
        run.pool.forEach(target.batch * target.planes) { item, _ in
          let (image, plane) = (item / target.planes, item % target.planes)
          let lanes = targets[input][plane * 16..<min(target.channels, plane * 16 + 16)]
          copy(
            run,
            lanes.map { uses in
              guard use < uses.count, let layout = places.outputGradients[uses[use].output] else {
                return nil
              }
              return (layout, uses[use].channel)
            },
            image,
            to: target,
            plane,
            accumulates: accumulates
          )
        }
        accumulates = true
      }
    }
  }

  /// Writes one block of one image from channels anywhere; `nil` is zero.
  private func copy(
    _ run: TrainingRun,
    _ lanes: [(layout: Layout, channel: Int)?],
    _ image: Int,
    to target: Layout,
    _ plane: Int,
    accumulates: Bool
  ) {
    let isWhole =
      lanes.count == 16 && (lanes[0]?.channel ?? 1) % 16 == 0
      && lanes.enumerated().allSatisfy {
        $1?.layout == lanes[0]?.layout && $1?.channel == (lanes[0]?.channel ?? 0) + $0
      }
    for row in 0..<target.height {
      let y = run.memory + target.row(image, plane, row)
      if isWhole, let (layout, channel) = lanes[0] {
        let x = UnsafePointer(run.memory + layout.row(image, channel / 16, row))
        if accumulates {
          table.applyBinary(SQBinaryAdd, .none, UnsafePointer(y), x, 16, y, target.rowCount)
        } else {
          y.update(from: x, count: target.rowCount)
        }
        continue
      }
      var lane = 0
      while lane < 16 {
        guard lane < lanes.count, let (layout, channel) = lanes[lane] else {
          if !accumulates {
            for column in 0..<target.width { y[column * 16 + lane] = 0 }
          }
          lane += 1
          continue
        }
        let x = run.memory + layout.row(image, channel / 16, row) + channel % 16
        if isQuarter(lanes, lane) {
          copyQuarters(x, to: y + lane, target.width, accumulates: accumulates)
          lane += 4
          continue
        }
        if accumulates {
          for column in 0..<target.width { y[column * 16 + lane] += x[column * 16] }
        } else {
          for column in 0..<target.width { y[column * 16 + lane] = x[column * 16] }
        }
        lane += 1
      }
    }
  }

  /// Whether four lanes are neighbouring channels of one block.
  private func isQuarter(_ lanes: [(layout: Layout, channel: Int)?], _ lane: Int) -> Bool {
    guard lane + 4 <= lanes.count, let first = lanes[lane], first.channel % 16 <= 12 else {
      return false
    }
    return (1..<4).allSatisfy {
      lanes[lane + $0]?.layout == first.layout && lanes[lane + $0]?.channel == first.channel + $0
    }
  }

  /// Copies four lanes of some pixels.
  private func copyQuarters(
    _ source: UnsafePointer<Float>,
    to target: UnsafeMutablePointer<Float>,
    _ width: Int,
    accumulates: Bool
  ) {
    for column in 0..<width {
      let place = UnsafeMutableRawPointer(target + column * 16)
      var quarter = UnsafeRawPointer(source + column * 16).loadUnaligned(as: SIMD4<Float>.self)
      if accumulates { quarter += place.loadUnaligned(as: SIMD4<Float>.self) }
      place.storeBytes(of: quarter, as: SIMD4<Float>.self)
    }
  }
}
