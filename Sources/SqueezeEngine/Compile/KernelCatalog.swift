import SqueezeGraph
import SqueezeOperators

/// Every fast kernel, fastest first; where none fits, the reference computes the node.
enum KernelCatalog {
  /// The kernels that could fit a node.
  ///
  /// A list is made when it is first asked for, since the runtime takes a while to make generic types: models
  /// in float32 start without those on bytes and on bfloat16.
  static func kernels(for site: Site) -> [any Kernel.Type] {
    site.isFloat && site.precision == .float32 ? binaryAndFloats : all
  }

  private static let all = binary + narrow + floats
  private static let binaryAndFloats = binary + floats

  /// Kernels on bits.
  private static let binary: [any Kernel.Type] = [SignPacking.self, BinaryConvolution.self]

  /// Kernels on bytes and on bfloat16.
  private static let narrow: [any Kernel.Type] = [
    IntegerDepthwise.self,
    IntegerConvolution.self,
    IntegerFullyConnected.self,
    IntegerMaxPool.self,
    IntegerAverage<AveragePool>.self,
    IntegerAverage<GlobalAveragePool>.self,
    IntegerAdd.self,
    IntegerConcatenation.self,
    IntegerClip<ReLU>.self,
    IntegerClip<Clip>.self,
    IntegerView<Flatten>.self,
    IntegerView<Reshape>.self,
    IntegerView<DropAxes>.self,
    IntegerView<InsertAxes>.self,
    ByteQuantization.self,
    ByteDequantization.self,
    BFloat16Depthwise.self,
    BFloat16Convolution.self,
    BFloat16Transposed.self,
    BFloat16FullyConnected.self,
    BFloat16MaxPool.self,
    BFloat16Average<AveragePool>.self,
    BFloat16Average<GlobalAveragePool>.self,
    BFloat16Channels<BatchNormalization>.self,
    BFloat16Channels<PReLU>.self,
    BFloat16Concatenation.self,
    BFloat16Activation<ReLU>.self,
    BFloat16Activation<Clip>.self,
    BFloat16Activation<LeakyReLU>.self,
    BFloat16Activation<HardSigmoid>.self,
    BFloat16Activation<HardSwish>.self,
    BFloat16Activation<Sigmoid>.self,
    BFloat16Activation<Tanh>.self,
    BFloat16Activation<ELU>.self,
    BFloat16Activation<SELU>.self,
    BFloat16Binary<Add>.self,
    BFloat16Binary<Subtract>.self,
    BFloat16Binary<Multiply>.self,
    BFloat16Binary<Maximum>.self,
    BFloat16Binary<Minimum>.self,
  ]

  private static let floats: [any Kernel.Type] = [
    PrologueConvolution.self,
    PooledConvolution.self,
    HandedDepthwiseConvolution.self,
    DepthwiseConvolution.self,
    SparsePointwiseConvolution.self,
    WinogradConvolution.self,
    CodedConvolution.self,
    TiledConvolution.self,
    PhasedTransposedConvolution.self,
    SparseFullyConnected.self,
    CodedFullyConnected.self,
    SparseBatchFullyConnected.self,
    RowFullyConnected.self,
    TiledFullyConnected.self,
    TiledMatrixProduct.self,
    BlockedMaxPool.self,
    BlockedAveragePool.self,
    BlockedGlobalAveragePool.self,
    BlockedGlobalMaxPool.self,
    BlockedChannels<BatchNormalization>.self,
    BlockedChannels<PReLU>.self,
    BlockedConcatenation.self,
    LaneConcatenation.self,
    PlanarConcatenation.self,
    BlockedSelection<ChannelShuffle>.self,
    BlockedSelection<Pad>.self,
    BlockedSelection<Resize>.self,
    BlockedSelection<Slice>.self,
    BlockedSelection<Split>.self,
    BlockedSelection<Tile>.self,
    PlanarSelection<ChannelShuffle>.self,
    PlanarSelection<Pad>.self,
    PlanarSelection<Resize>.self,
    PlanarSelection<Slice>.self,
    PlanarSelection<Split>.self,
    PlanarSelection<Tile>.self,
    BlockedPixelShuffle<DepthToSpace>.self,
    BlockedPixelShuffle<SpaceToDepth>.self,
    LinearResize.self,
    PlanarTranspose.self,
    BlockedSoftmax<LogSoftmax>.self,
    BlockedSoftmax<Softmax>.self,
    RowSoftmax<LogSoftmax>.self,
    RowSoftmax<Softmax>.self,
    BlockedReduction.self,
    PlanarReduction.self,
    PlanarArgReduce.self,
    BlockedResponseNormalization.self,
    BlockedInstanceNormalization.self,
    RowLayerNormalization.self,
    VectorActivation<Binarize>.self,
    VectorActivation<ReLU>.self,
    VectorActivation<Clip>.self,
    VectorActivation<LeakyReLU>.self,
    VectorActivation<HardSigmoid>.self,
    VectorActivation<HardSwish>.self,
    VectorActivation<Sigmoid>.self,
    VectorActivation<Tanh>.self,
    VectorActivation<ELU>.self,
    VectorActivation<SELU>.self,
    VectorActivation<CELU>.self,
    VectorActivation<GELU>.self,
    VectorActivation<Mish>.self,
    VectorActivation<Softplus>.self,
    VectorActivation<Softsign>.self,
    VectorActivation<ThresholdedReLU>.self,
    VectorActivation<Unary>.self,
    VectorBinary<Add>.self,
    VectorBinary<Subtract>.self,
    VectorBinary<Multiply>.self,
    VectorBinary<Divide>.self,
    VectorBinary<Maximum>.self,
    VectorBinary<Minimum>.self,
    View<Flatten>.self,
    View<Reshape>.self,
    View<DropAxes>.self,
    View<InsertAxes>.self,
  ]

  /// The first kernel that accepts a node, except those of some names.
  static func kernel(
    for op: any Operator,
    _ site: Site,
    avoiding avoided: Set<String> = []
  ) -> any BoundKernel {
    for type in kernels(for: site) where avoided.isEmpty || !avoided.contains(type.title) {
      if let kernel = type.attempt(op, site) { return kernel }
    }
    return ReferenceKernel(op, site: site)
  }
}
