import SqueezeGraph

/// Every fast kernel, fastest first; where none fits, the reference computes the node.
enum KernelCatalog {
  static let all: [any Kernel.Type] = [
    DepthwiseConvolution.self,
    WinogradConvolution.self,
    TiledConvolution.self,
    TiledFullyConnected.self,
  ]

  /// The first kernel that accepts a node.
  static func kernel(for op: any Operator, _ site: Site) -> any BoundKernel {
    for type in all {
      if let kernel = type.attempt(op, site) { return kernel }
    }
    return ReferenceKernel(op, site: site)
  }
}
