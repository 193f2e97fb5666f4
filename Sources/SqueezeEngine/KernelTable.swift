import CSqueezeKernels
import SqueezeKernelsBaseline
import SqueezeKernelsV3
import SqueezeKernelsV4

/// The kernels of one instruction set as function values.
///
/// Kernels are compiled several times from one source; only the functions named here may be called,
/// and only those of a set this processor has.
struct KernelTable: Sendable {
  typealias Source = UnsafePointer<Float>
  typealias Target = UnsafeMutablePointer<Float>

  private(set) var instructionSet: InstructionSet
  /// The most output channels one convolution tile computes, 16 or 32.
  let convolutionChannels: Int
  let convolve: @Sendable (UnsafePointer<SQConvolution>, Int, Int) -> Void
  let multiply: @Sendable (UnsafePointer<SQProduct>) -> Void
  let convolveDepthwise: @Sendable (UnsafePointer<SQDepthwise>, Int, Int) -> Void
  /// The transforms of F(4×4, 3×3) and of F(2×2, 3×3).
  let winograd4: WinogradFunctions
  let winograd2: WinogradFunctions
  let poolMaximum: @Sendable (UnsafePointer<SQPooling>, Int, Int) -> Void
  let poolAverage: @Sendable (UnsafePointer<SQPooling>, Int, Int) -> Void
  let poolGlobalAverage: @Sendable (Source, Int, Int, Int, Target) -> Void
  let applyUnary: @Sendable (SQUnary, Float, Float, SQClip, Source, Target, Int) -> Void
  let applyBinary: @Sendable (SQBinary, SQClip, Source, Source, Int, Target, Int) -> Void
  let applyChannels: @Sendable (Source, Source, Source, SQClip, Source, Target, Int) -> Void
  /// Source, origins, channels, its row stride, target, its row stride, rows, width.
  let gatherChannels:
    @Sendable (Source, UnsafePointer<Int>, Int, Int, Target, Int, Int, Int) -> Void
  let multiplyRows: @Sendable (Source, Source?, Source, Target, Int, Int, SQClip) -> Void
  let multiplySparse: @Sendable (UnsafePointer<SQSparseProduct>) -> Void
  let multiplySparseRows: @Sendable (UnsafePointer<SQSparseRows>) -> Void
  let multiplyCodeRows: @Sendable (UnsafePointer<SQCodeRows>) -> Void
  let convolveCodes: @Sendable (UnsafePointer<SQCodeConvolution>, Int, Int) -> Void
  let softmax: @Sendable (Source, Target, Int, Bool) -> Void
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
    multiply: SqueezeKernelsBaseline.multiply,
    convolveDepthwise: SqueezeKernelsBaseline.convolveDepthwise,
    winograd4: WinogradFunctions(
      input: SqueezeKernelsBaseline.transformWinogradInput,
      output: SqueezeKernelsBaseline.transformWinogradOutput,
      weights: SqueezeKernelsBaseline.transformWinogradWeights
    ),
    winograd2: WinogradFunctions(
      input: SqueezeKernelsBaseline.transformWinograd2Input,
      output: SqueezeKernelsBaseline.transformWinograd2Output,
      weights: SqueezeKernelsBaseline.transformWinograd2Weights
    ),
    poolMaximum: SqueezeKernelsBaseline.poolMaximum,
    poolAverage: SqueezeKernelsBaseline.poolAverage,
    poolGlobalAverage: SqueezeKernelsBaseline.poolGlobalAverage,
    applyUnary: SqueezeKernelsBaseline.applyUnary,
    applyBinary: SqueezeKernelsBaseline.applyBinary,
    applyChannels: SqueezeKernelsBaseline.applyChannels,
    gatherChannels: SqueezeKernelsBaseline.gatherChannels,
    multiplyRows: SqueezeKernelsBaseline.multiplyRows,
    multiplySparse: SqueezeKernelsBaseline.multiplySparse,
    multiplySparseRows: SqueezeKernelsBaseline.multiplySparseRows,
    multiplyCodeRows: SqueezeKernelsBaseline.multiplyCodeRows,
    convolveCodes: SqueezeKernelsBaseline.convolveCodes,
    softmax: SqueezeKernelsBaseline.softmax,
    packBlock: SqueezeKernelsBaseline.packBlock,
    unpackBlock: SqueezeKernelsBaseline.unpackBlock
  )

  private static let v3 = KernelTable(
    instructionSet: .v3,
    convolutionChannels: SqueezeKernelsV3.convolutionChannels(),
    convolve: SqueezeKernelsV3.convolve,
    multiply: SqueezeKernelsV3.multiply,
    convolveDepthwise: SqueezeKernelsV3.convolveDepthwise,
    winograd4: WinogradFunctions(
      input: SqueezeKernelsV3.transformWinogradInput,
      output: SqueezeKernelsV3.transformWinogradOutput,
      weights: SqueezeKernelsV3.transformWinogradWeights
    ),
    winograd2: WinogradFunctions(
      input: SqueezeKernelsV3.transformWinograd2Input,
      output: SqueezeKernelsV3.transformWinograd2Output,
      weights: SqueezeKernelsV3.transformWinograd2Weights
    ),
    poolMaximum: SqueezeKernelsV3.poolMaximum,
    poolAverage: SqueezeKernelsV3.poolAverage,
    poolGlobalAverage: SqueezeKernelsV3.poolGlobalAverage,
    applyUnary: SqueezeKernelsV3.applyUnary,
    applyBinary: SqueezeKernelsV3.applyBinary,
    applyChannels: SqueezeKernelsV3.applyChannels,
    gatherChannels: SqueezeKernelsV3.gatherChannels,
    multiplyRows: SqueezeKernelsV3.multiplyRows,
    multiplySparse: SqueezeKernelsV3.multiplySparse,
    multiplySparseRows: SqueezeKernelsV3.multiplySparseRows,
    multiplyCodeRows: SqueezeKernelsV3.multiplyCodeRows,
    convolveCodes: SqueezeKernelsV3.convolveCodes,
    softmax: SqueezeKernelsV3.softmax,
    packBlock: SqueezeKernelsV3.packBlock,
    unpackBlock: SqueezeKernelsV3.unpackBlock
  )

  private static let v4 = KernelTable(
    instructionSet: .v4,
    convolutionChannels: SqueezeKernelsV4.convolutionChannels(),
    convolve: SqueezeKernelsV4.convolve,
    multiply: SqueezeKernelsV4.multiply,
    convolveDepthwise: SqueezeKernelsV4.convolveDepthwise,
    winograd4: WinogradFunctions(
      input: SqueezeKernelsV4.transformWinogradInput,
      output: SqueezeKernelsV4.transformWinogradOutput,
      weights: SqueezeKernelsV4.transformWinogradWeights
    ),
    winograd2: WinogradFunctions(
      input: SqueezeKernelsV4.transformWinograd2Input,
      output: SqueezeKernelsV4.transformWinograd2Output,
      weights: SqueezeKernelsV4.transformWinograd2Weights
    ),
    poolMaximum: SqueezeKernelsV4.poolMaximum,
    poolAverage: SqueezeKernelsV4.poolAverage,
    poolGlobalAverage: SqueezeKernelsV4.poolGlobalAverage,
    applyUnary: SqueezeKernelsV4.applyUnary,
    applyBinary: SqueezeKernelsV4.applyBinary,
    applyChannels: SqueezeKernelsV4.applyChannels,
    gatherChannels: SqueezeKernelsV4.gatherChannels,
    multiplyRows: SqueezeKernelsV4.multiplyRows,
    multiplySparse: SqueezeKernelsV4.multiplySparse,
    multiplySparseRows: SqueezeKernelsV4.multiplySparseRows,
    multiplyCodeRows: SqueezeKernelsV4.multiplyCodeRows,
    convolveCodes: SqueezeKernelsV4.convolveCodes,
    softmax: SqueezeKernelsV4.softmax,
    packBlock: SqueezeKernelsV4.packBlock,
    unpackBlock: SqueezeKernelsV4.unpackBlock
  )

  /// The float kernels of AVX-512; only kernels on bytes and bfloat16 have more (`narrow`).
  private static let v4vnni: KernelTable = {
    var table = v4
    table.instructionSet = .v4vnni
    return table
  }()
}

/// The transforms of one size of Winograd tiles.
struct WinogradFunctions: Sendable {
  /// Input, its row stride, target, its element stride, tiles.
  let input: @Sendable (UnsafePointer<Float>, Int, UnsafeMutablePointer<Float>, Int, Int) -> Void
  /// Products, output, its rows, its pixels per row.
  let output: @Sendable (SQWinogradProducts, SQWinogradOutput, Int, Int) -> Void
  /// Kernels, their strides by lane, input and tap, lanes, inputs, target, its element and input strides, scratch.
  let weights:
    @Sendable (
      UnsafePointer<Float>, Int, Int, Int, Int, Int, UnsafeMutablePointer<Float>, Int, Int,
      UnsafeMutablePointer<Float>
    ) -> Void
}
