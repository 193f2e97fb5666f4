import CSqueezeKernels
import SqueezeGraph
import SqueezeParameters
import SqueezeTensor

/// A step of a plan: it learns where its values lie, then runs any number of times unchanged.
protocol BoundKernel: Sendable {
  /// The name in tables.
  static var title: String { get }
  /// What each input must be.
  var inputs: [Demand] { get }
  /// What each output will be.
  var outputs: [Form] { get }
  /// Whether the output is the input's memory.
  static var sharesMemory: Bool { get }
  /// The first channel of each input in the output, inside which they may be made, or `nil` where one has
  /// to be copied; empty for kernels that keep both apart.
  var slots: [Int?] { get }
  /// Whether nothing is left to do once the kernel is bound, as for another shape of one memory.
  var isDone: Bool { get }
  /// The floats of scratch memory for each thread.
  var scratchCount: Int { get }
  /// Learns where inputs, outputs and the scratch memory lie; each thread's part of the scratch
  /// memory is rounded up to 16 floats.
  mutating func bind(inputs: [Place], outputs: [Place], scratch: Int)
  /// Computes the outputs.
  func run(_ run: Run) throws
}

extension BoundKernel {
  static var title: String { _typeName(Self.self, qualified: false) }
  static var sharesMemory: Bool { false }
  var slots: [Int?] { [] }
  var isDone: Bool { false }
  var scratchCount: Int { 0 }
}

/// One way to compute one operator, for the cases it accepts.
protocol Kernel: BoundKernel {
  associatedtype Op: Operator
  /// Whether the kernel can compute `op` at this place of the graph.
  static func accepts(_ op: Op, _ site: Site) -> Bool
  /// Prepares for one node, packing its weights; called where ``accepts(_:_:)`` holds.
  init(_ op: Op, _ site: Site)
}

extension Kernel {
  /// The kernel for a node, or `nil` where it does not fit.
  static func attempt(_ op: any Operator, _ site: Site) -> (any BoundKernel)? {
    guard let op = op as? Op, accepts(op, site) else { return nil }
    return Self(op, site)
  }
}

/// What a kernel is told of a node.
struct Site {
  var inputs: [TensorSpec]
  var outputs: [TensorSpec]
  /// In which form each input is made.
  var forms: [Form]
  var parameters: [Tensor]
  /// How the model keeps the parameters, where that is known.
  var encodings: [any ParameterEncoding] = []
  /// Whether the last input is added to the output before the clip.
  var addsResidual = false
  /// What each input channel goes through before the operator sees it.
  var prologue: ChannelPrologue?
  /// The max pooling that follows, the clip between them done.
  var pooling: MergedPooling?
  /// The depthwise convolution that follows, the clip between them done.
  var depthwise: MergedDepthwise?
  /// What follows the operator before its output is written.
  var clip: SQClip
  var table: KernelTable
  var threadCount: Int
  /// In what floats are computed.
  var precision = Precision.float32
  /// Whether some user of the output wants floats although ``precision`` says bfloat16.
  var isReadAsFloats = false

  /// Whether all inputs and outputs are `float32`.
  var isFloat: Bool { (inputs + outputs).allSatisfy { $0.type == .float32 } }

  /// Whether no size is 0.
  var isInhabited: Bool { (inputs + outputs).allSatisfy { $0.shape.count > 0 } }

  /// The form that saves a conversion for kernels that take blocks or planes.
  var form: Form { forms.contains { $0.isBlocked || $0 == .scattered } ? .blocked : .planar }

  /// Whether nothing was merged into the operator but a clip.
  var isPlain: Bool { !addsResidual && prologue == nil && writesItsOutput }

  /// Whether the operator's output is the node's, not handed on to what was merged behind it.
  var writesItsOutput: Bool { pooling == nil && depthwise == nil }
}

/// The form in which a kernel takes an input.
struct Demand: Sendable, Hashable {
  var form: Form
  /// The halo must be at least so large; only padded and blocked values have one.
  var halo = Halo.none

  static let tensor = Demand(form: .tensor)
  static let planar = Demand(form: .planar)
  static let blocked = Demand(form: .blocked)

  /// Channels wherever they lie, each with a halo.
  static func scattered(_ halo: Halo) -> Demand { Demand(form: .scattered, halo: halo) }

  /// One map per channel with a halo.
  static func padded(_ halo: Halo) -> Demand {
    halo == .none ? .planar : Demand(form: .padded, halo: halo)
  }

  /// Blocks of 16 channels with a halo.
  static func blocked(_ halo: Halo) -> Demand { Demand(form: .blocked, halo: halo) }
}

/// Where a value is while a plan runs.
enum Place: Sendable, Hashable {
  /// In the list of tensors.
  case tensor(Int)
  /// In the arena.
  case memory(Layout)
  /// In the arena, channel by channel.
  case channels(ScatteredLayout)

  /// Where the value lies in the arena.
  var layout: Layout {
    guard case .memory(let layout) = self else {
      preconditionFailure("a kernel asked for the layout of a tensor")
    }
    return layout
  }

  /// Where the channels of the value lie in the arena.
  var channels: ScatteredLayout {
    guard case .channels(let layout) = self else {
      preconditionFailure("a kernel asked for the channels of a value in one piece")
    }
    return layout
  }

  var tensorIndex: Int {
    guard case .tensor(let index) = self else {
      preconditionFailure("a kernel asked for a tensor in the arena")
    }
    return index
  }
}

/// The memory of one run and the threads that help.
struct Run {
  let memory: UnsafeMutablePointer<Float>
  let tensors: TensorList
  let pool: ThreadPool
}

/// The tensors of one run; used by one thread at a time.
final class TensorList: @unchecked Sendable {
  private var values: [Tensor?]

  init(count: Int) { values = [Tensor?](repeating: nil, count: count) }

  subscript(index: Int) -> Tensor {
    get {
      guard let tensor = values[index] else { preconditionFailure("tensor \(index) is not made") }
      return tensor
    }
    set { values[index] = newValue }
  }

  /// Lets `body` write every scalar of a real tensor, in the memory of the one before where that is
  /// of the same kind and nobody else holds it.
  func fill(
    _ index: Int,
    _ spec: TensorSpec,
    _ body: (UnsafeMutablePointer<Float>) -> Void
  ) {
    if values[index]?.spec != spec {
      let scalars = [Float](unsafeUninitializedCapacity: spec.shape.count) { buffer, count in
        count = spec.shape.count
        if let base = buffer.baseAddress, count > 0 { body(base) }
      }
      values[index] = Tensor(spec.shape, scalars, type: spec.type)
    } else {
      values[index]?.scalars.withUnsafeMutableBufferPointer {
        if let base = $0.baseAddress, !$0.isEmpty { body(base) }
      }
    }
  }

  /// Lets `body` change the scalars of a tensor, in place where nobody else holds it.
  func withScalars<Result>(
    _ index: Int,
    _ body: (UnsafeMutableBufferPointer<Float>) throws -> Result
  ) rethrows -> Result {
    guard
      let result = try values[index]?.scalars.withUnsafeMutableBufferPointer({ try body($0) })
    else { preconditionFailure("tensor \(index) is not made") }
    return result
  }

  /// A tensor, or `nil` where it is not made.
  func known(_ index: Int) -> Tensor? { values[index] }

  /// Makes a tensor of zeros where there is none of this kind.
  func provide(_ index: Int, _ spec: TensorSpec) {
    if values[index]?.spec != spec { values[index] = Tensor(zeros: spec.shape, type: spec.type) }
  }

  /// Lets go of tensors that nothing needs any more.
  func forget(_ indices: [Int]) {
    for index in indices { values[index] = nil }
  }
}

extension SQClip {
  /// Nothing is clipped.
  static let none = SQClip(lower: -.infinity, upper: .infinity, clips: false)
  static let relu = SQClip(lower: 0, upper: .infinity, clips: true)

  /// This clip, then another.
  func then(_ next: SQClip) -> SQClip {
    guard clips else { return next }
    guard next.clips else { return self }
    return SQClip(
      lower: min(max(lower, next.lower), next.upper),
      upper: min(max(upper, next.lower), next.upper),
      clips: true
    )
  }
}
