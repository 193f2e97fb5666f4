import CSqueezeKernels
import SqueezeKernelsBaseline
import SqueezeKernelsV3
import SqueezeKernelsV4

/// The kernels of one instruction set that move, reduce and normalize numbers; see ``KernelTable``.
struct ShapingKernels: Sendable {
  typealias Source = UnsafePointer<Float>
  typealias Target = UnsafeMutablePointer<Float>

  let softmaxColumns: @Sendable (Source, Target, Int, Int, Int, Bool) -> Void
  let softmaxChannels: @Sendable (Source, Int, Target, Int, Int, Int, Bool) -> Void
  let selectPixels: @Sendable (Source, UnsafePointer<Int>, Float, Target, Int) -> Void
  let selectLanes:
    @Sendable (
      UnsafePointer<Source>, Int, UnsafePointer<Int32>, UnsafePointer<Int>, Float, Target, Int, Int
    ) -> Void
  let spreadPixels: @Sendable (Source, Target, Int) -> Void
  let transposeMatrix: @Sendable (Source, Int, Int, Int, Target, Int) -> Void
  let blendRows: @Sendable (Source, Source, Float, Target, Int) -> Void
  let blendPixels: @Sendable (Source, UnsafePointer<Int>, Source, Target, Int) -> Void
  let reduceRow: @Sendable (SQReduction, Source, Int) -> Float
  let reduceColumns: @Sendable (SQReduction, Source, Int, Int, Target, Int) -> Void
  let reduceBlock: @Sendable (SQReduction, Source, Int, Int, Int, Target) -> Void
  let findColumns:
    @Sendable (
      Source, Int, Int, Float, Bool, UnsafeMutablePointer<Int32>, Int
    ) -> Void
  let normalizeBlock:
    @Sendable (
      Source, Int, Int, Int, Source, Float, Target, Int
    ) -> Void
  let normalizeRow: @Sendable (Source, Source, Source, Float, Target, Int) -> Void
  let normalizeResponse: @Sendable (UnsafePointer<SQResponse>, Source, Target, Int) -> Void

  static func of(_ set: InstructionSet) -> ShapingKernels {
    switch set {
    case .baseline: baseline
    case .v3: v3
    case .v4: v4
    }
  }

  private static let baseline = ShapingKernels(
    softmaxColumns: SqueezeKernelsBaseline.softmaxColumns,
    softmaxChannels: SqueezeKernelsBaseline.softmaxChannels,
    selectPixels: SqueezeKernelsBaseline.selectPixels,
    selectLanes: SqueezeKernelsBaseline.selectLanes,
    spreadPixels: SqueezeKernelsBaseline.spreadPixels,
    transposeMatrix: SqueezeKernelsBaseline.transposeMatrix,
    blendRows: SqueezeKernelsBaseline.blendRows,
    blendPixels: SqueezeKernelsBaseline.blendPixels,
    reduceRow: SqueezeKernelsBaseline.reduceRow,
    reduceColumns: SqueezeKernelsBaseline.reduceColumns,
    reduceBlock: SqueezeKernelsBaseline.reduceBlock,
    findColumns: SqueezeKernelsBaseline.findColumns,
    normalizeBlock: SqueezeKernelsBaseline.normalizeBlock,
    normalizeRow: SqueezeKernelsBaseline.normalizeRow,
    normalizeResponse: SqueezeKernelsBaseline.normalizeResponse
  )

  private static let v3 = ShapingKernels(
    softmaxColumns: SqueezeKernelsV3.softmaxColumns,
    softmaxChannels: SqueezeKernelsV3.softmaxChannels,
    selectPixels: SqueezeKernelsV3.selectPixels,
    selectLanes: SqueezeKernelsV3.selectLanes,
    spreadPixels: SqueezeKernelsV3.spreadPixels,
    transposeMatrix: SqueezeKernelsV3.transposeMatrix,
    blendRows: SqueezeKernelsV3.blendRows,
    blendPixels: SqueezeKernelsV3.blendPixels,
    reduceRow: SqueezeKernelsV3.reduceRow,
    reduceColumns: SqueezeKernelsV3.reduceColumns,
    reduceBlock: SqueezeKernelsV3.reduceBlock,
    findColumns: SqueezeKernelsV3.findColumns,
    normalizeBlock: SqueezeKernelsV3.normalizeBlock,
    normalizeRow: SqueezeKernelsV3.normalizeRow,
    normalizeResponse: SqueezeKernelsV3.normalizeResponse
  )

  private static let v4 = ShapingKernels(
    softmaxColumns: SqueezeKernelsV4.softmaxColumns,
    softmaxChannels: SqueezeKernelsV4.softmaxChannels,
    selectPixels: SqueezeKernelsV4.selectPixels,
    selectLanes: SqueezeKernelsV4.selectLanes,
    spreadPixels: SqueezeKernelsV4.spreadPixels,
    transposeMatrix: SqueezeKernelsV4.transposeMatrix,
    blendRows: SqueezeKernelsV4.blendRows,
    blendPixels: SqueezeKernelsV4.blendPixels,
    reduceRow: SqueezeKernelsV4.reduceRow,
    reduceColumns: SqueezeKernelsV4.reduceColumns,
    reduceBlock: SqueezeKernelsV4.reduceBlock,
    findColumns: SqueezeKernelsV4.findColumns,
    normalizeBlock: SqueezeKernelsV4.normalizeBlock,
    normalizeRow: SqueezeKernelsV4.normalizeRow,
    normalizeResponse: SqueezeKernelsV4.normalizeResponse
  )
}

extension KernelTable {
  /// The kernels of the same instruction set that move, reduce and normalize numbers.
  var shaping: ShapingKernels { .of(instructionSet) }
}
