import SqueezeTensor

/// Zeros around every activation map, so that a padded convolution needs no special edges.
struct Halo: Sendable, Hashable {
  var top = 0
  var left = 0
  var bottom = 0
  var right = 0

  static let none = Halo()

  /// The smallest halo that contains both.
  func union(_ other: Halo) -> Halo {
    Halo(
      top: max(top, other.top),
      left: max(left, other.left),
      bottom: max(bottom, other.bottom),
      right: max(right, other.right)
    )
  }
}

/// How a value of real numbers is kept while a plan runs.
enum Form: Sendable, Hashable {
  /// As a `Tensor`, the form of inputs, of integers and of what the reference computes.
  case tensor
  /// One map per channel without gaps, `[N][C][H][W]`: the order of `Tensor`.
  case planar
  /// As planar, with a halo around each map.
  case padded
  /// 16 channels side by side, `[N][C/16][H][W][16]`, perhaps with a halo.
  case blocked
  /// Channels of other blocked values of the same size, wherever they lie: what concatenation, split
  /// and channel shuffle make of them without a copy.
  case scattered
  /// As planar, padded and blocked, in unsigned bytes; the halo is filled with the zero point. Signed
  /// bytes are kept with 128 added.
  case planarBytes(UInt8)
  case paddedBytes(UInt8)
  case blockedBytes(UInt8)
  /// As padded and blocked, in bfloat16.
  case paddedBFloat16
  case blockedBFloat16
  /// Numbers that are ±1, one bit each, 1 for −1: `[N][H][W][C/32]` words of 32 channels. The halo is
  /// filled with 0, so with +1.
  case bits

  /// How many channels lie side by side.
  var lanes: Int { isBlocked ? 16 : 1 }

  /// Whether 16 channels lie side by side.
  var isBlocked: Bool {
    switch self {
    case .blocked, .blockedBytes, .blockedBFloat16: true
    default: false
    }
  }

  /// Whether elements are bytes.
  var isBytes: Bool {
    switch self {
    case .planarBytes, .paddedBytes, .blockedBytes: true
    default: false
    }
  }

  /// Whether the elements are bytes in the order of `Tensor`, without a halo.
  var isPlanarBytes: Bool {
    if case .planarBytes = self { true } else { false }
  }

  /// The bytes of an element; bits are kept in words.
  var elementBytes: Int {
    switch self {
    case .tensor, .planar, .padded, .blocked, .scattered, .bits: 4
    case .paddedBFloat16, .blockedBFloat16: 2
    case .planarBytes, .paddedBytes, .blockedBytes: 1
    }
  }

  /// The byte a halo is filled with.
  var filler: UInt8 {
    switch self {
    case .planarBytes(let zero), .paddedBytes(let zero), .blockedBytes(let zero): zero
    default: 0
    }
  }
}

/// Where the channels of a scattered value lie in the arena: every 16th float of a row is the next
/// pixel of the same channel.
struct ScatteredLayout: Sendable, Hashable {
  let batch: Int
  let height: Int
  let width: Int
  /// From one row to the next, the same for all channels.
  let rowStride: Int
  /// The first pixel of each channel of each image, `[N][C]`.
  let origins: [[Int]]

  /// The layout of channels that lie in `blocks`, all of one size and with one halo.
  init(_ channels: [(layout: Layout, channel: Int)]) {
    let first = channels[0].layout
    (batch, height, width, rowStride) = (first.batch, first.height, first.width, first.rowStride)
    origins = (0..<first.batch).map { image in
      channels.map { $0.layout.row(image, $0.channel / 16) + $0.channel % 16 }
    }
  }
}

/// Where the numbers of a value lie in the arena; counts and strides are in elements of its form.
struct Layout: Sendable, Hashable {
  let form: Form
  let batch: Int
  let channels: Int
  let height: Int
  let width: Int
  let halo: Halo
  /// From one row to the next, one channel (or block of 16) to the next, one image to the next.
  let rowStride: Int
  let planeStride: Int
  let imageStride: Int
  /// The first pixel of the first channel.
  var origin: Int
  /// The elements that the whole value takes, halo included.
  let count: Int

  /// The layout of a value at the start of its memory.
  ///
  /// Shapes of other ranks than 2, 3 and 4 are one row; they have no blocked form.
  init(_ form: Form, _ shape: Shape, halo: Halo = .none) {
    let sizes = Self.sizes(shape)
    self.init(form, sizes, halo: halo)
  }

  private init(_ form: Form, _ sizes: [Int], halo: Halo) {
    self.form = form
    (batch, channels, height, width) = (sizes[0], sizes[1], sizes[2], sizes[3])
    self.halo = halo
    let lanes = Self.lanes(form, channels)
    rowStride = (halo.left + width + halo.right) * lanes
    planeStride = (halo.top + height + halo.bottom) * rowStride
    imageStride = Self.planes(form, channels) * planeStride
    origin = halo.top * rowStride + halo.left * lanes
    count = batch * imageStride
  }

  private init(_ other: Layout, channels: Int, origin: Int) {
    form = other.form
    (batch, height, width, halo) = (other.batch, other.height, other.width, other.halo)
    (rowStride, planeStride) = (other.rowStride, other.planeStride)
    (imageStride, count) = (other.imageStride, other.count)
    self.channels = channels
    self.origin = origin
  }

  private static func lanes(_ form: Form, _ channels: Int) -> Int {
    form == .bits ? (channels + 31) / 32 : form.lanes
  }

  private static func planes(_ form: Form, _ channels: Int) -> Int {
    form == .bits ? 1 : (channels + form.lanes - 1) / form.lanes
  }

  /// A shape as `[N, C, H, W]`.
  static func sizes(_ shape: Shape) -> [Int] {
    switch shape.rank {
    case 4: shape.dimensions
    case 3: [shape[0], shape[1], 1, shape[2]]
    case 2: [shape[0], shape[1], 1, 1]
    default: [1, 1, 1, shape.count]
    }
  }

  /// Some channels of the value; in blocked form the first is a multiple of 16.
  func slice(channels range: Range<Int>) -> Layout {
    let plane = range.lowerBound / form.lanes
    return Layout(self, channels: range.count, origin: origin + plane * planeStride)
  }

  /// How many elements of a pixel lie side by side: channels, or words of bits.
  var lanes: Int { Self.lanes(form, channels) }
  /// The number of maps, or of blocks of 16, of one image.
  var planes: Int { Self.planes(form, channels) }
  /// The elements of one row without its halo.
  var rowCount: Int { width * lanes }
  /// The floats of the arena that the whole value takes.
  var floatCount: Int { (count * form.elementBytes + 3) / 4 }
  /// Whether rows, maps and images follow each other without gaps.
  var isContiguous: Bool { halo == .none && imageStride == planes * planeStride }

  /// Whether the rows of a map follow each other without gaps.
  var hasAdjacentRows: Bool { rowStride == rowCount }

  /// The first pixel of a row.
  func row(_ image: Int, _ plane: Int, _ row: Int = 0) -> Int {
    origin + image * imageStride + plane * planeStride + row * rowStride
  }

  /// The channels of block `block` that exist, at most 16.
  func lanes(of block: Int) -> Int { min(16, channels - block * 16) }
}
