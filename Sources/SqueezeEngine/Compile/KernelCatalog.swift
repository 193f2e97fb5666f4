import SqueezeGraph
import SqueezeOperators

/// Every fast kernel, fastest first; where none fits, the reference computes the node.
enum KernelCatalog {
  static let all: [any Kernel.Type] = narrow + floats

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
    DepthwiseConvolution.self,
    WinogradConvolution.self,
    TiledConvolution.self,
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
