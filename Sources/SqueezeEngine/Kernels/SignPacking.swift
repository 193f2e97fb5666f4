import SqueezeOperators
import SqueezeTensor

/// Turns numbers into bits, 1 where a number is not at least 0.
struct SignPacking: Kernel {
  let inputs = [Demand.blocked]
  let outputs = [Form.bits]
  private let table: NarrowKernelTable
  private var bound: (input: Layout, output: Layout)?

  static func accepts(_ op: PackedBinarize, _ site: Site) -> Bool { true }

  init(_ op: PackedBinarize, _ site: Site) { table = site.table.narrow }

  mutating func bind(inputs: [Place], outputs: [Place], scratch: Int) {
    bound = (inputs[0].layout, outputs[0].layout)
  }

  func run(_ run: Run) {
    guard let (input, output) = bound else { return }
    // Words are little-endian, as on every processor this runs on: the first 16 of 32 channels are the
    // lower half.
    let halves = UnsafeMutableRawPointer(run.memory).assumingMemoryBound(to: UInt16.self)
    run.pool.forEach(input.batch * input.height) { item, _ in
      let (image, row) = (item / input.height, item % input.height)
      let target = halves + 2 * output.row(image, 0, row)
      for block in 0..<2 * output.lanes {
        if block < input.planes {
          table.packSigns(
            run.memory + input.row(image, block, row),
            target + block,
            2 * output.lanes,
            input.width,
            input.lanes(of: block)
          )
        } else {
          for x in 0..<input.width { target[block + x * 2 * output.lanes] = 0 }
        }
      }
    }
  }
}
