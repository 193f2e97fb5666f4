import CSqueezeKernels
import SqueezeKernelsBaseline
import SqueezeKernelsV3
import SqueezeKernelsV4

/// The kernels of one instruction set that only training needs; see ``KernelTable``.
struct TrainingKernels: Sendable {
  typealias Source = UnsafePointer<Float>
  typealias Target = UnsafeMutablePointer<Float>

  let accumulateOuterProducts: @Sendable (UnsafePointer<SQOuterProduct>) -> Void
  let transformWinogradGradient: @Sendable (Source, Int, Target, Int, Int) -> Void
  let transformWinogradKernelGradient: @Sendable (Source, Int, Int, Target, Int) -> Void
  let measureChannels: @Sendable (Source, Int, SQArea, Target) -> Void
  let sumChannels: @Sendable (Source, Int, SQArea, Target) -> Void
  let sumNormalizationGradient:
    @Sendable (UnsafePointer<SQNormalizationGradient>, Source, Target) -> Void
  let applyNormalizationGradient:
    @Sendable (UnsafePointer<SQNormalizationGradient>, Source, Target, Int, Bool) -> Void
  let passGradient: @Sendable (Source, Source, SQClip, Target, Int, Bool) -> Void
  let backMaximumOfParts:
    @Sendable (UnsafePointer<SQPooling>, Int, Source, Int, Target, Int) -> Void
  let backMaximum: @Sendable (UnsafePointer<SQPooling>, Int, Source, Int, Target, Int) -> Void
  let backAverage: @Sendable (UnsafePointer<SQPooling>, Int, Source, Int, Target, Int) -> Void
  let accumulateDepthwise: @Sendable (UnsafePointer<SQDepthwiseGradient>) -> Void
  let gatherPatches: @Sendable (Source, Int, UnsafePointer<Int>, Int, Int, Target, Int) -> Void

  static func of(_ set: InstructionSet) -> TrainingKernels {
    switch set {
    case .baseline: baseline
    case .v3: v3
    case .v4, .v4vnni: v4
    }
  }

  private static let baseline = TrainingKernels(
    accumulateOuterProducts: SqueezeKernelsBaseline.accumulateOuterProducts,
    transformWinogradGradient: SqueezeKernelsBaseline.transformWinogradGradient,
    transformWinogradKernelGradient: SqueezeKernelsBaseline.transformWinogradKernelGradient,
    measureChannels: SqueezeKernelsBaseline.measureChannels,
    sumChannels: SqueezeKernelsBaseline.sumChannels,
    sumNormalizationGradient: SqueezeKernelsBaseline.sumNormalizationGradient,
    applyNormalizationGradient: SqueezeKernelsBaseline.applyNormalizationGradient,
    passGradient: SqueezeKernelsBaseline.passGradient,
    backMaximumOfParts: SqueezeKernelsBaseline.backMaximumOfParts,
    backMaximum: SqueezeKernelsBaseline.backMaximum,
    backAverage: SqueezeKernelsBaseline.backAverage,
    accumulateDepthwise: SqueezeKernelsBaseline.accumulateDepthwise,
    gatherPatches: SqueezeKernelsBaseline.gatherPatches
  )

  private static let v3 = TrainingKernels(
    accumulateOuterProducts: SqueezeKernelsV3.accumulateOuterProducts,
    transformWinogradGradient: SqueezeKernelsV3.transformWinogradGradient,
    transformWinogradKernelGradient: SqueezeKernelsV3.transformWinogradKernelGradient,
    measureChannels: SqueezeKernelsV3.measureChannels,
    sumChannels: SqueezeKernelsV3.sumChannels,
    sumNormalizationGradient: SqueezeKernelsV3.sumNormalizationGradient,
    applyNormalizationGradient: SqueezeKernelsV3.applyNormalizationGradient,
    passGradient: SqueezeKernelsV3.passGradient,
    backMaximumOfParts: SqueezeKernelsV3.backMaximumOfParts,
    backMaximum: SqueezeKernelsV3.backMaximum,
    backAverage: SqueezeKernelsV3.backAverage,
    accumulateDepthwise: SqueezeKernelsV3.accumulateDepthwise,
    gatherPatches: SqueezeKernelsV3.gatherPatches
  )

  private static let v4 = TrainingKernels(
    accumulateOuterProducts: SqueezeKernelsV4.accumulateOuterProducts,
    transformWinogradGradient: SqueezeKernelsV4.transformWinogradGradient,
    transformWinogradKernelGradient: SqueezeKernelsV4.transformWinogradKernelGradient,
    measureChannels: SqueezeKernelsV4.measureChannels,
    sumChannels: SqueezeKernelsV4.sumChannels,
    sumNormalizationGradient: SqueezeKernelsV4.sumNormalizationGradient,
    applyNormalizationGradient: SqueezeKernelsV4.applyNormalizationGradient,
    passGradient: SqueezeKernelsV4.passGradient,
    backMaximumOfParts: SqueezeKernelsV4.backMaximumOfParts,
    backMaximum: SqueezeKernelsV4.backMaximum,
    backAverage: SqueezeKernelsV4.backAverage,
    accumulateDepthwise: SqueezeKernelsV4.accumulateDepthwise,
    gatherPatches: SqueezeKernelsV4.gatherPatches
  )
}
