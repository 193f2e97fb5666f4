import SqueezeGraph
import SqueezeOperators

/// Every fast kernel, fastest first; where none fits, the reference computes the node.
enum KernelCatalog {
  static let all: [any Kernel.Type] = [
    DepthwiseConvolution.self,
    WinogradConvolution.self,
    TiledConvolution.self,
    PhasedTransposedConvolution.self,
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

  /// The first kernel that accepts a node.
  static func kernel(for op: any Operator, _ site: Site) -> any BoundKernel {
    for type in all {
      if let kernel = type.attempt(op, site) { return kernel }
    }
    return ReferenceKernel(op, site: site)
  }
}
