import CSqueezeKernels
import SqueezeKernelsBaseline
import SqueezeKernelsV3
import SqueezeKernelsV4
import SqueezeKernelsV4X

/// The kernels on bytes, on bfloat16 and on bits of one instruction set, as ``KernelTable`` has those on
/// floats.
struct NarrowKernelTable: Sendable {
  typealias Floats = UnsafePointer<Float>
  typealias FloatTarget = UnsafeMutablePointer<Float>
  typealias Bytes = UnsafePointer<UInt8>
  typealias ByteTarget = UnsafeMutablePointer<UInt8>

  let convolveBytes: @Sendable (UnsafePointer<SQDotConvolution>, Int, Int) -> Void
  let convolveBFloat16: @Sendable (UnsafePointer<SQDotConvolution>, Int, Int) -> Void
  let convolveDepthwiseBytes: @Sendable (UnsafePointer<SQByteDepthwise>, Int, Int) -> Void
  let convolveDepthwiseBFloat16: @Sendable (UnsafePointer<SQBFloat16Depthwise>, Int, Int) -> Void
  let poolMaximumBytes: @Sendable (UnsafePointer<SQNarrowPooling>, Int, Int) -> Void
  let poolAverageBytes: @Sendable (UnsafePointer<SQNarrowPooling>, Int, Int) -> Void
  let poolMaximumBFloat16: @Sendable (UnsafePointer<SQNarrowPooling>, Int, Int) -> Void
  let poolAverageBFloat16: @Sendable (UnsafePointer<SQNarrowPooling>, Int, Int) -> Void
  let quantizeBytes: @Sendable (Float, SQByteRange, Floats, ByteTarget, Int) -> Void
  let dequantizeBytes: @Sendable (Float, Int32, Bytes, FloatTarget, Int) -> Void
  let requantizeBytes: @Sendable (Float, Int32, SQByteRange, Bytes, ByteTarget, Int) -> Void
  let addBytes: @Sendable (Float, Float, Float, SQByteRange, Bytes, Bytes, ByteTarget, Int) -> Void
  let widenBFloat16: @Sendable (Bytes, FloatTarget, Int) -> Void
  let narrowBFloat16: @Sendable (Floats, ByteTarget, Int) -> Void
  let convolveBits: @Sendable (UnsafePointer<SQBitConvolution>, Int, Int) -> Void
  /// Numbers, bits, halves of a word from pixel to pixel, pixels, channels.
  let packSigns: @Sendable (Floats, UnsafeMutablePointer<UInt16>, Int, Int, Int) -> Void

  static func of(_ set: InstructionSet) -> NarrowKernelTable {
    switch set {
    case .baseline: baseline
    case .v3: v3
    case .v4: v4
    case .v4vnni: v4vnni
    }
  }

  private static let baseline = NarrowKernelTable(
    convolveBytes: SqueezeKernelsBaseline.convolveBytes,
    convolveBFloat16: SqueezeKernelsBaseline.convolveBFloat16,
    convolveDepthwiseBytes: SqueezeKernelsBaseline.convolveDepthwiseBytes,
    convolveDepthwiseBFloat16: SqueezeKernelsBaseline.convolveDepthwiseBFloat16,
    poolMaximumBytes: SqueezeKernelsBaseline.poolMaximumBytes,
    poolAverageBytes: SqueezeKernelsBaseline.poolAverageBytes,
    poolMaximumBFloat16: SqueezeKernelsBaseline.poolMaximumBFloat16,
    poolAverageBFloat16: SqueezeKernelsBaseline.poolAverageBFloat16,
    quantizeBytes: SqueezeKernelsBaseline.quantizeBytes,
    dequantizeBytes: SqueezeKernelsBaseline.dequantizeBytes,
    requantizeBytes: SqueezeKernelsBaseline.requantizeBytes,
    addBytes: SqueezeKernelsBaseline.addBytes,
    widenBFloat16: SqueezeKernelsBaseline.widenBFloat16,
    narrowBFloat16: SqueezeKernelsBaseline.narrowBFloat16,
    convolveBits: SqueezeKernelsBaseline.convolveBits,
    packSigns: SqueezeKernelsBaseline.packSigns
  )

  private static let v3 = NarrowKernelTable(
    convolveBytes: SqueezeKernelsV3.convolveBytes,
    convolveBFloat16: SqueezeKernelsV3.convolveBFloat16,
    convolveDepthwiseBytes: SqueezeKernelsV3.convolveDepthwiseBytes,
    convolveDepthwiseBFloat16: SqueezeKernelsV3.convolveDepthwiseBFloat16,
    poolMaximumBytes: SqueezeKernelsV3.poolMaximumBytes,
    poolAverageBytes: SqueezeKernelsV3.poolAverageBytes,
    poolMaximumBFloat16: SqueezeKernelsV3.poolMaximumBFloat16,
    poolAverageBFloat16: SqueezeKernelsV3.poolAverageBFloat16,
    quantizeBytes: SqueezeKernelsV3.quantizeBytes,
    dequantizeBytes: SqueezeKernelsV3.dequantizeBytes,
    requantizeBytes: SqueezeKernelsV3.requantizeBytes,
    addBytes: SqueezeKernelsV3.addBytes,
    widenBFloat16: SqueezeKernelsV3.widenBFloat16,
    narrowBFloat16: SqueezeKernelsV3.narrowBFloat16,
    convolveBits: SqueezeKernelsV3.convolveBits,
    packSigns: SqueezeKernelsV3.packSigns
  )

  private static let v4 = NarrowKernelTable(
    convolveBytes: SqueezeKernelsV4.convolveBytes,
    convolveBFloat16: SqueezeKernelsV4.convolveBFloat16,
    convolveDepthwiseBytes: SqueezeKernelsV4.convolveDepthwiseBytes,
    convolveDepthwiseBFloat16: SqueezeKernelsV4.convolveDepthwiseBFloat16,
    poolMaximumBytes: SqueezeKernelsV4.poolMaximumBytes,
    poolAverageBytes: SqueezeKernelsV4.poolAverageBytes,
    poolMaximumBFloat16: SqueezeKernelsV4.poolMaximumBFloat16,
    poolAverageBFloat16: SqueezeKernelsV4.poolAverageBFloat16,
    quantizeBytes: SqueezeKernelsV4.quantizeBytes,
    dequantizeBytes: SqueezeKernelsV4.dequantizeBytes,
    requantizeBytes: SqueezeKernelsV4.requantizeBytes,
    addBytes: SqueezeKernelsV4.addBytes,
    widenBFloat16: SqueezeKernelsV4.widenBFloat16,
    narrowBFloat16: SqueezeKernelsV4.narrowBFloat16,
    convolveBits: SqueezeKernelsV4.convolveBits,
    packSigns: SqueezeKernelsV4.packSigns
  )

  private static let v4vnni = NarrowKernelTable(
    convolveBytes: SqueezeKernelsV4X.convolveBytes,
    convolveBFloat16: SqueezeKernelsV4X.convolveBFloat16,
    convolveDepthwiseBytes: SqueezeKernelsV4X.convolveDepthwiseBytes,
    convolveDepthwiseBFloat16: SqueezeKernelsV4X.convolveDepthwiseBFloat16,
    poolMaximumBytes: SqueezeKernelsV4X.poolMaximumBytes,
    poolAverageBytes: SqueezeKernelsV4X.poolAverageBytes,
    poolMaximumBFloat16: SqueezeKernelsV4X.poolMaximumBFloat16,
    poolAverageBFloat16: SqueezeKernelsV4X.poolAverageBFloat16,
    quantizeBytes: SqueezeKernelsV4X.quantizeBytes,
    dequantizeBytes: SqueezeKernelsV4X.dequantizeBytes,
    requantizeBytes: SqueezeKernelsV4X.requantizeBytes,
    addBytes: SqueezeKernelsV4X.addBytes,
    widenBFloat16: SqueezeKernelsV4X.widenBFloat16,
    narrowBFloat16: SqueezeKernelsV4X.narrowBFloat16,
    convolveBits: SqueezeKernelsV4X.convolveBits,
    packSigns: SqueezeKernelsV4X.packSigns
  )
}

extension KernelTable {
  /// The kernels on bytes and bfloat16 of the same instruction set.
  var narrow: NarrowKernelTable { .of(instructionSet) }
}
