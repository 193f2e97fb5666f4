import CSqueezeKernels
import SqueezeGraph
import SqueezeTensor

/// Element-wise functions one after the other, strip by strip: what is between them never leaves the
/// first-level cache.
struct ElementwiseChain: BoundKernel {
  let inputs: [Demand]
  let outputs: [Form]
  let scratchCount: Int
  private let program: ElementwiseProgram
  private let way: Way
  private let table: KernelTable
  private let threadCount: Int
  private var places: (inputs: [Layout], output: Layout, scratch: Int)?
  /// Whether the rows of all whole inputs and of the output follow each other without gaps.
  private var isGapless = false

  private enum Way: Sendable {
    /// In blocks of 16 channels.
    case blocked([BlockedOperand])
    /// In the order of `Tensor`.
    case planar(Broadcast)
  }

  /// How an input meets blocks of 16 channels.
  private enum BlockedOperand: Sendable {
    /// It has the output's shape.
    case whole
    /// One number per channel, of every image or the same for all.
    case channels(perImage: Bool)
    /// One number per pixel.
    case pixels(perImage: Bool)
    case number
  }

  /// The floats of a strip.
  private static let strip = 1024

  /// Whether the inputs of a program meet its shape in a way that a chain can run.
  static func canRun(_ program: ElementwiseProgram, _ output: Shape, _ inference: Inference) -> Bool
  {
    let shapes = program.inputs.compactMap { inference.values[$0]?.shape }
    return shapes.count == program.inputs.count && Broadcast.isModest(shapes, output: output)
  }

  init(_ program: ElementwiseProgram, _ site: Site) {
    let shape = site.outputs[0].shape
    let operands = site.inputs.map { Self.operand($0.shape, shape) }
    let blocked = operands.compactMap { $0 }
    if site.form == .blocked, (2...4).contains(shape.rank), blocked.count == operands.count {
      way = .blocked(blocked)
      inputs = blocked.indices.map { index in
        switch blocked[index] {
        case .whole: .blocked
        case .channels:
          site.forms[index] == .blocked && site.inputs[index].shape.rank == shape.rank
            ? .blocked : .planar
        case .pixels, .number: .planar
        }
      }
      outputs = [.blocked]
    } else {
      guard let broadcast = Broadcast(site.inputs.map(\.shape), output: shape) else {
        preconditionFailure("shapes \(site.inputs) do not meet \(shape)")
      }
      way = .planar(broadcast)
      inputs = site.inputs.map { _ in .planar }
      outputs = [.planar]
    }
    self.program = program
    scratchCount = (program.steps.count + program.inputs.count) * Self.strip
    table = site.table
    threadCount = site.threadCount
  }

  private static func operand(_ shape: Shape, _ output: Shape) -> BlockedOperand? {
    if shape == output { return .whole }
    if shape.count == 1 { return .number }
    guard shape.rank <= output.rank, output.rank >= 2 else { return nil }
    let sizes = [Int](repeating: 1, count: output.rank - shape.rank) + shape.dimensions
    let perImage = sizes[0] > 1
    guard sizes[0] == 1 || sizes[0] == output[0] else { return nil }
    if sizes[1] == output[1], sizes[2...].allSatisfy({ $0 == 1 }) {
      return .channels(perImage: perImage)
    }
    if sizes[1] == 1, Array(sizes[2...]) == Array(output.dimensions[2...]) {
      return .pixels(perImage: perImage)
    }
    return nil
  }

  mutating func bind(inputs: [Place], outputs: [Place], scratch: Int) {
    places = (inputs.map(\.layout), outputs[0].layout, scratch)
    isGapless = outputs[0].layout.rowStride == outputs[0].layout.rowCount
    guard case .blocked(let operands) = way else { return }
    for (operand, input) in zip(operands, inputs) {
      guard case .whole = operand else { continue }
      isGapless = isGapless && input.layout.rowStride == input.layout.rowCount
    }
  }

  func run(_ run: Run) {
    guard let (inputs, output, scratch) = places else { return }
    switch way {
    case .blocked(let operands):
      let partition = RowPartition(
        images: output.batch,
        rows: output.height,
        tiles: output.planes,
        bytesPerRow: 0,
        threads: threadCount
      )
      run.pool.forEach(partition.items) { item, thread in
        let own = run.memory + scratch + thread * scratchCount
        self.run(partition[item], operands, inputs, output, run.memory, own)
      }
    case .planar(let broadcast):
      // Long rows are cut so that threads share them.
      let cuts = max(1, min(broadcast.length / (4 * Self.strip), 64))
      let rows = min(broadcast.rows, max(1, 64 / cuts))
      run.pool.forEach(rows * cuts) { item, thread in
        let own = run.memory + scratch + thread * scratchCount
        let (band, cut) = (item / cuts, item % cuts)
        let first = broadcast.length * cut / cuts / 16 * 16
        let end =
          cut == cuts - 1 ? broadcast.length : broadcast.length * (cut + 1) / cuts / 16 * 16
        for row in broadcast.rows * band / rows..<broadcast.rows * (band + 1) / rows {
          self.run(row, first..<end, broadcast, inputs, output, run.memory, own)
        }
      }
    }
  }

  // MARK: - Blocks

  private func run(
    _ part: RowPartition.Part,
    _ operands: [BlockedOperand],
    _ inputs: [Layout],
    _ output: Layout,
    _ memory: UnsafeMutablePointer<Float>,
    _ scratch: UnsafeMutablePointer<Float>
  ) {
    let rows = isGapless ? part.rows.lowerBound..<part.rows.lowerBound + 1 : part.rows
    let count = (isGapless ? part.rows.count : 1) * output.rowCount
    for row in rows {
      var done = 0
      while done < count {
        let floats = min(Self.strip, count - done)
        withUnsafeTemporaryAllocation(of: Strip.self, capacity: inputs.count) { strips in
          for (index, layout) in inputs.enumerated() {
            let buffer = scratch + index * Self.strip
            switch operands[index] {
            case .whole:
              let first = layout.row(part.image, part.tile, row) + done
              strips[index] = Strip(memory + first, advances: true)
            case .channels(let perImage):
              let image = perImage ? part.image : 0
              let first =
                layout.form == .blocked
                ? layout.row(image, part.tile)
                : layout.origin + image * output.channels + part.tile * 16
              strips[index] = Strip(memory + first, advances: false)
            case .pixels(let perImage):
              let image = perImage ? part.image : 0
              let first = (image * output.height + row) * output.width + done / 16
              table.shaping.spreadPixels(memory + layout.origin + first, buffer, floats / 16)
              strips[index] = Strip(buffer, advances: true)
            case .number:
              buffer.update(repeating: memory[layout.origin], count: 16)
              strips[index] = Strip(buffer, advances: false)
            }
          }
          let target = memory + output.row(part.image, part.tile, row) + done
          compute(strips, floats, target, scratch + inputs.count * Self.strip)
        }
        done += floats
      }
    }
  }

  // MARK: - Rows in the order of `Tensor`

  private func run(
    _ row: Int,
    _ range: Range<Int>,
    _ broadcast: Broadcast,
    _ inputs: [Layout],
    _ output: Layout,
    _ memory: UnsafeMutablePointer<Float>,
    _ scratch: UnsafeMutablePointer<Float>
  ) {
    var done = range.lowerBound
    while done < range.upperBound {
      let floats = min(Self.strip, range.upperBound - done)
      withUnsafeTemporaryAllocation(of: Strip.self, capacity: inputs.count) { strips in
        for (index, layout) in inputs.enumerated() {
          let start = memory + layout.origin + broadcast.starts[row * inputs.count + index]
          if broadcast.advances[index] {
            strips[index] = Strip(start + done, advances: true)
          } else {
            let buffer = scratch + index * Self.strip
            buffer.update(repeating: start.pointee, count: 16)
            strips[index] = Strip(buffer, advances: false)
          }
        }
        let target = memory + output.origin + row * broadcast.length + done
        compute(strips, floats, target, scratch + inputs.count * Self.strip)
      }
      done += floats
    }
  }

  // MARK: - One strip

  /// Numbers of one strip: one after the other, or the same 16 again and again.
  private struct Strip {
    var pointer: UnsafePointer<Float>
    var advances: Bool

    init(_ pointer: UnsafePointer<Float>, advances: Bool) {
      self.pointer = pointer
      self.advances = advances
    }
  }

  private func compute(
    _ inputs: UnsafeMutableBufferPointer<Strip>,
    _ count: Int,
    _ target: UnsafeMutablePointer<Float>,
    _ scratch: UnsafeMutablePointer<Float>
  ) {
    func strip(_ operand: ElementwiseProgram.Operand) -> Strip {
      switch operand {
      case .input(let index): inputs[index]
      case .step(let index): Strip(scratch + index * Self.strip, advances: true)
      }
    }
    for (index, step) in program.steps.enumerated() {
      let isLast = index == program.steps.count - 1
      let result = isLast ? target : scratch + index * Self.strip
      switch step.function {
      case .unary(let formula, let operand):
        let x = full(strip(operand), count, scratch + index * Self.strip)
        table.applyUnary(formula.function, formula.a, formula.b, step.clip, x, result, count)
      case .binary(let function, let first, let second):
        var (x, y) = (strip(first), strip(second))
        if !x.advances, y.advances, Self.commutes(function) { swap(&x, &y) }
        let left = full(x, count, scratch + index * Self.strip)
        table.applyBinary(
          function,
          step.clip,
          left,
          y.pointer,
          y.advances ? 16 : 0,
          result,
          count
        )
      }
    }
  }

  /// A strip whose numbers lie one after the other, written to a buffer where they do not.
  private func full(
    _ strip: Strip,
    _ count: Int,
    _ buffer: UnsafeMutablePointer<Float>
  ) -> UnsafePointer<Float> {
    guard !strip.advances else { return strip.pointer }
    for i in stride(from: 0, to: count, by: 16) {
      (buffer + i).update(from: strip.pointer, count: min(16, count - i))
    }
    return UnsafePointer(buffer)
  }

  private static func commutes(_ function: SQBinary) -> Bool {
    function != SQBinarySubtract && function != SQBinaryDivide
  }
}
