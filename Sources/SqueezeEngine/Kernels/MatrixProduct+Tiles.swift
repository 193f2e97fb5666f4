import CSqueezeKernels
import SqueezeOperators
import SqueezeTensor

/// The product of two computed matrices by register tiles, batch by batch.
///
/// Rows of the first matrix are pixels; 16 or 32 columns of the second at a time are copied together
/// into scratch memory, as weights of a convolution are packed.
struct TiledMatrixProduct: Kernel {
  let inputs = [Demand.planar, Demand.planar]
  let outputs = [Form.planar]
  private let rows: Int
  private let columns: Int
  private let depth: Int
  /// The matrices of both inputs that each matrix of the output multiplies.
  private let pairs: [(left: Int, right: Int)]
  private let bias = AlignedBuffer<Float>(count: 32)
  private let table: KernelTable
  private let clip: SQClip
  private var places = (left: 0, right: 0, output: 0, scratch: 0)

  static func accepts(_ op: MatrixProduct, _ site: Site) -> Bool {
    site.isFloat && site.isInhabited && site.outputs[0].shape.count < 1 << 32
  }

  init(_ op: MatrixProduct, _ site: Site) {
    var (a, b) = (site.inputs[0].shape, site.inputs[1].shape)
    if a.rank == 1 { a = [1, a[0]] }
    if b.rank == 1 { b = [b[0], 1] }
    (rows, depth, columns) = (a[a.rank - 2], a[a.rank - 1], b[b.rank - 1])
    let (left, right) = (a.dimensions.dropLast(2), b.dimensions.dropLast(2))
    let rank = max(left.count, right.count)
    func sizes(_ leading: ArraySlice<Int>) -> [Int] {
      [Int](repeating: 1, count: rank - leading.count) + leading
    }
    let (x, y) = (sizes(left), sizes(right))
    pairs = zip(x, y).reduce([(0, 0)]) { pairs, sizes in
      pairs.flatMap { pair in
        (0..<max(sizes.0, sizes.1)).map { index in
          (
            left: pair.0 * sizes.0 + (sizes.0 == 1 ? 0 : index),
            right: pair.1 * sizes.1 + (sizes.1 == 1 ? 0 : index)
          )
        }
      }
    }
    table = site.table
    clip = site.clip
  }

  private var lanes: Int { min(table.convolutionChannels, columns > 16 ? 32 : 16) }
  private var tiles: Int { (columns + lanes - 1) / lanes }
  /// Whether the last tile writes lanes beyond a row that is not the last.
  private var hasOverhang: Bool { columns % 16 != 0 }

  var scratchCount: Int { depth * lanes + (hasOverhang ? rows * lanes : 0) }

  mutating func bind(inputs: [Place], outputs: [Place], scratch: Int) {
    places = (inputs[0].layout.origin, inputs[1].layout.origin, outputs[0].layout.origin, scratch)
  }

  func run(_ run: Run) {
    let stride = (scratchCount + 15) / 16 * 16
    run.pool.forEach(pairs.count * tiles) { item, thread in
      let (batch, first) = (item / tiles, item % tiles * lanes)
      let count = min(lanes, columns - first)
      let packed = run.memory + places.scratch + thread * stride
      let right = run.memory + places.right + pairs[batch].right * depth * columns + first
      // A lone last 16 of 32 lanes needs no more than 16.
      let width = count > 16 ? lanes : 16
      for k in 0..<depth {
        (packed + k * width).update(from: right + k * columns, count: count)
        (packed + k * width + count).update(repeating: 0, count: width - count)
      }
      let target = run.memory + places.output + batch * rows * columns + first
      let isWhole = count % 16 == 0
      let overhang = packed + depth * lanes
      var arguments = SQProduct(
        input: run.memory + places.left + pairs[batch].left * rows * depth,
        inputStride: depth,
        depth: depth,
        weights: packed,
        bias: bias.pointer,
        output: isWhole ? target : overhang,
        outputStride: isWhole ? columns : width,
        rows: rows,
        columns: width,
        clip: clip
      )
      table.multiply(&arguments)
      guard !isWhole else { return }
      for row in 0..<rows {
        (target + row * columns).update(from: overhang + row * width, count: count)
      }
    }
  }
}
