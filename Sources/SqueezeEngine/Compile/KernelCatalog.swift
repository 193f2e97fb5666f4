import SqueezeGraph
import SqueezeOperators

/// Every fast kernel, fastest first; where none fits, the reference computes the node.
enum KernelCatalog {
  static let all: [any Kernel.Type] = [
    DepthwiseConvolution.self,
    WinogradConvolution.self,
    TiledConvolution.self,
    RowFullyConnected.self,
    TiledFullyConnected.self,
    BlockedMaxPool.self,
    BlockedAveragePool.self,
    BlockedGlobalAveragePool.self,
    BlockedGlobalMaxPool.self,
    BlockedChannels<BatchNormalization>.self,
    BlockedChannels<PReLU>.self,
    BlockedConcatenation.self,
    PlanarConcatenation.self,
    RowSoftmax.self,
    VectorActivation<ReLU>.self,
    VectorActivation<Clip>.self,
    VectorActivation<LeakyReLU>.self,
    VectorActivation<HardSigmoid>.self,
    VectorActivation<HardSwish>.self,
    VectorActivation<Sigmoid>.self,
    VectorActivation<Tanh>.self,
    VectorActivation<ELU>.self,
    VectorActivation<SELU>.self,
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
