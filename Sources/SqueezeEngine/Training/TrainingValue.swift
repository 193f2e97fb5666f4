import CSqueezeKernels
import SqueezeTensor

/// A value of a training plan: how it is kept, and what for.
struct TrainingValue {
  /// How the numbers of a value lie.
  enum Kind {
    /// Activation maps in blocks of 16 channels.
    case maps
    /// Rows of features `[N, C]` in blocks of 16 features, the rows being the pixels.
    case rows
    /// Maps of few channels one after the other, for a first layer.
    case few
    /// As a `Tensor`.
    case plain
  }

  let name: String
  let spec: TensorSpec
  var kind: Kind
  /// The zeros around data and gradient.
  var halo = Halo.none
  var gradientHalo = Halo.none
  /// The concatenation of which it is a part, and its first channel there.
  var host: (value: Int, channel: Int)?
  var needsGradient = false
  /// Whether it holds integers of a quantization grid, through which gradients pass as if they were reals.
  var isOnGrid = false

  init(_ name: String, _ spec: TensorSpec) {
    self.name = name
    self.spec = spec
    kind =
      switch spec.shape.rank {
      case _ where spec.type != .float32 || spec.shape.count == 0: .plain
      case 3, 4: .maps
      case 2: .rows
      default: .plain
      }
  }

  /// The layout with some halo, at the start of its memory.
  func layout(_ halo: Halo) -> Layout {
    let shape = spec.shape
    return switch kind {
    case .maps: Layout(.blocked, shape, halo: halo)
    case .rows: Layout(.blocked, [1, shape[1], 1, shape[0]], halo: halo)
    case .few: Layout(.padded, shape, halo: halo)
    case .plain: Layout(.planar, [shape.count])
    }
  }
}

extension TrainingValue {
  /// Writes a tensor of this value's shape into memory.
  func store(
    _ tensor: Tensor,
    _ layout: Layout,
    _ memory: UnsafeMutablePointer<Float>,
    _ table: KernelTable,
    _ pool: ThreadPool
  ) {
    tensor.reals.withUnsafeBufferPointer {
      guard let source = $0.baseAddress else { return }
      switch kind {
      case .plain: (memory + layout.origin).update(from: source, count: tensor.count)
      case .rows:
        let (rows, features) = (layout.width, layout.channels)
        for block in 0..<layout.planes {
          let lanes = layout.lanes(of: block)
          for row in 0..<rows {
            let target = memory + layout.row(0, block) + row * 16
            target.update(from: source + row * features + block * 16, count: lanes)
            for lane in lanes..<max(lanes, 16) { target[lane] = 0 }
          }
        }
      case .few:
        pool.forEach(layout.batch * layout.planes) { item, _ in
          let (image, plane) = (item / layout.planes, item % layout.planes)
          let start = source + item * layout.height * layout.width
          for row in 0..<layout.height {
            (memory + layout.row(image, plane, row))
              .update(from: start + row * layout.width, count: layout.width)
          }
        }
      case .maps:
        let plain = Layout(.planar, spec.shape)
        pool.forEach(layout.batch * layout.planes) { item, _ in
          let (image, block) = (item / layout.planes, item % layout.planes)
          table.packBlock(
            SQLayout(planar: plain, blocked: layout, block),
            source + plain.row(image, block * 16),
            memory + layout.row(image, block),
            layout.height
          )
        }
      }
    }
  }

  /// Reads a tensor of this value's shape from memory; a gradient is real whatever the value is.
  func tensor(
    _ layout: Layout,
    _ memory: UnsafeMutablePointer<Float>,
    _ table: KernelTable,
    _ pool: ThreadPool,
    isGradient: Bool = false
  ) -> Tensor {
    let count = spec.shape.count
    let scalars = [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
      initialized = count
      guard let target = buffer.baseAddress, count > 0 else { return }
      switch kind {
      case .plain: target.update(from: memory + layout.origin, count: count)
      case .rows:
        let (rows, features) = (layout.width, layout.channels)
        for block in 0..<layout.planes {
          for row in 0..<rows {
            (target + row * features + block * 16)
              .update(
                from: memory + layout.row(0, block) + row * 16,
                count: layout.lanes(of: block)
              )
          }
        }
      case .few:
        for item in 0..<layout.batch * layout.planes {
          let (image, plane) = (item / layout.planes, item % layout.planes)
          for row in 0..<layout.height {
            (target + (item * layout.height + row) * layout.width)
              .update(from: memory + layout.row(image, plane, row), count: layout.width)
          }
        }
      case .maps:
        let plain = Layout(.planar, spec.shape)
        pool.forEach(layout.batch * layout.planes) { item, _ in
          let (image, block) = (item / layout.planes, item % layout.planes)
          table.unpackBlock(
            SQLayout(planar: plain, blocked: layout, block),
            memory + layout.row(image, block),
            target + plain.row(image, block * 16),
            layout.height
          )
        }
      }
    }
    if isGradient && !spec.type.isReal { return Tensor(spec.shape, scalars) }
    return spec.type.isReal
      ? Tensor(spec.shape, scalars, type: spec.type)
      : Tensor(spec.shape, integers: scalars.map { Int($0) }, type: spec.type)
  }
}
