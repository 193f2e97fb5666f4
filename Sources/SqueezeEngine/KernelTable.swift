import CSqueezeKernels
import SqueezeKernelsBaseline
import SqueezeKernelsV3
import SqueezeKernelsV4
import SqueezeKernelsV4X

/// The kernels of one instruction set as function values.
///
/// Kernels are compiled several times from one source; only the functions named here may be called,
/// and only those of a set this processor has.
struct KernelTable: Sendable {
  typealias Source = UnsafePointer<Float>
  typealias Target = UnsafeMutablePointer<Float>

  let instructionSet: InstructionSet
  /// The most output channels one convolution tile computes, 16 or 32.
  let convolutionChannels: Int
  let convolve: @Sendable (UnsafePointer<SQConvolution>, Int, Int) -> Void
  let convolveDepthwise: @Sendable (UnsafePointer<SQDepthwise>, Int, Int) -> Void
  let transformWinogradInput: @Sendable (Source, Int, Target, Int, Int) -> Void
  let transformWinogradOutput:
    @Sendable (Source, Int, Int, Source, SQClip, Target, Int, Int, Int) -> Void
  let poolMaximum: @Sendable (UnsafePointer<SQPooling>, Int, Int) -> Void
  let poolAverage: @Sendable (UnsafePointer<SQPooling>, Int, Int) -> Void
  let poolGlobalAverage: @Sendable (Source, Int, Int, Int, Target) -> Void
  let applyUnary: @Sendable (SQUnary, Float, Float, SQClip, Source, Target, Int) -> Void
  let applyBinary: @Sendable (SQBinary, SQClip, Source, Source, Int, Target, Int) -> Void
  let applyChannels: @Sendable (Source, Source, Source, SQClip, Source, Target, Int) -> Void
  let softmax: @Sendable (Source, Target, Int) -> Void
  let packBlock: @Sendable (SQLayout, Source, Target, Int) -> Void
  let unpackBlock: @Sendable (SQLayout, Source, Target, Int) -> Void

  static func of(_ set: InstructionSet) -> KernelTable {
    switch set {
    case .baseline: baseline
    case .v3: v3
    case .v4: v4
    case .v4vnni: v4vnni
    }
  }

  private static let baseline = KernelTable(
    instructionSet: .baseline,
    convolutionChannels: SqueezeKernelsBaseline.convolutionChannels(),
    convolve: SqueezeKernelsBaseline.convolve,
    convolveDepthwise: SqueezeKernelsBaseline.convolveDepthwise,
    transformWinogradInput: SqueezeKernelsBaseline.transformWinogradInput,
    transformWinogradOutput: SqueezeKernelsBaseline.transformWinogradOutput,
    poolMaximum: SqueezeKernelsBaseline.poolMaximum,
    poolAverage: SqueezeKernelsBaseline.poolAverage,
    poolGlobalAverage: SqueezeKernelsBaseline.poolGlobalAverage,
    applyUnary: SqueezeKernelsBaseline.applyUnary,
    applyBinary: SqueezeKernelsBaseline.applyBinary,
    applyChannels: SqueezeKernelsBaseline.applyChannels,
    softmax: SqueezeKernelsBaseline.softmax,
    packBlock: SqueezeKernelsBaseline.packBlock,
    unpackBlock: SqueezeKernelsBaseline.unpackBlock
  )

  private static let v3 = KernelTable(
    instructionSet: .v3,
    convolutionChannels: SqueezeKernelsV3.convolutionChannels(),
    convolve: SqueezeKernelsV3.convolve,
    convolveDepthwise: SqueezeKernelsV3.convolveDepthwise,
    transformWinogradInput: SqueezeKernelsV3.transformWinogradInput,
    transformWinogradOutput: SqueezeKernelsV3.transformWinogradOutput,
    poolMaximum: SqueezeKernelsV3.poolMaximum,
    poolAverage: SqueezeKernelsV3.poolAverage,
    poolGlobalAverage: SqueezeKernelsV3.poolGlobalAverage,
    applyUnary: SqueezeKernelsV3.applyUnary,
    applyBinary: SqueezeKernelsV3.applyBinary,
    applyChannels: SqueezeKernelsV3.applyChannels,
    softmax: SqueezeKernelsV3.softmax,
    packBlock: SqueezeKernelsV3.packBlock,
    unpackBlock: SqueezeKernelsV3.unpackBlock
  )

  private static let v4 = KernelTable(
    instructionSet: .v4,
    convolutionChannels: SqueezeKernelsV4.convolutionChannels(),
    convolve: SqueezeKernelsV4.convolve,
    convolveDepthwise: SqueezeKernelsV4.convolveDepthwise,
    transformWinogradInput: SqueezeKernelsV4.transformWinogradInput,
    transformWinogradOutput: SqueezeKernelsV4.transformWinogradOutput,
    poolMaximum: SqueezeKernelsV4.poolMaximum,
    poolAverage: SqueezeKernelsV4.poolAverage,
    poolGlobalAverage: SqueezeKernelsV4.poolGlobalAverage,
    applyUnary: SqueezeKernelsV4.applyUnary,
    applyBinary: SqueezeKernelsV4.applyBinary,
    applyChannels: SqueezeKernelsV4.applyChannels,
    softmax: SqueezeKernelsV4.softmax,
    packBlock: SqueezeKernelsV4.packBlock,
    unpackBlock: SqueezeKernelsV4.unpackBlock
  )

  private static let v4vnni = KernelTable(
    instructionSet: .v4vnni,
    convolutionChannels: SqueezeKernelsV4X.convolutionChannels(),
    convolve: SqueezeKernelsV4X.convolve,
    convolveDepthwise: SqueezeKernelsV4X.convolveDepthwise,
    transformWinogradInput: SqueezeKernelsV4X.transformWinogradInput,
    transformWinogradOutput: SqueezeKernelsV4X.transformWinogradOutput,
    poolMaximum: SqueezeKernelsV4X.poolMaximum,
    poolAverage: SqueezeKernelsV4X.poolAverage,
    poolGlobalAverage: SqueezeKernelsV4X.poolGlobalAverage,
    applyUnary: SqueezeKernelsV4X.applyUnary,
    applyBinary: SqueezeKernelsV4X.applyBinary,
    applyChannels: SqueezeKernelsV4X.applyChannels,
    softmax: SqueezeKernelsV4X.softmax,
    packBlock: SqueezeKernelsV4X.packBlock,
    unpackBlock: SqueezeKernelsV4X.unpackBlock
  )
}
