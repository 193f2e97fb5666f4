import SqueezeTensor

extension SlidingWindow {
  /// Reads `kernel_shape`, `strides`, `dilations`, `pads`, `auto_pad` and `ceil_mode`.
  ///
  /// - Parameters:
  ///   - node: the convolution or pooling node.
  ///   - weight: the shape of the kernel, where the node has one; it stands in for `kernel_shape`.
  /// - Throws: ``ONNXError`` where an attribute contradicts the standard or the weight.
  init(_ node: ONNXNode, weight: Shape? = nil) throws(ONNXError) {
    let fromWeight = weight.map { Array($0.dimensions.dropFirst(2)) }
    guard let kernelSize = try node.ints("kernel_shape") ?? fromWeight else {
      throw node.malformed("attribute kernel_shape is missing")
    }
    guard (1...2).contains(kernelSize.count) else {
      throw node.unsupported("a kernel of \(kernelSize.count) spatial axes")
    }
    if let fromWeight, fromWeight != kernelSize {
      throw node.malformed("kernel_shape \(kernelSize) differs from the weight's \(fromWeight)")
    }
    let rank = kernelSize.count
    var padding: Padding?
    switch try node.string("auto_pad") ?? "NOTSET" {
    case "NOTSET":
      if let pads = try node.ints("pads") {
        guard pads.count == 2 * rank else {
          throw node.malformed("\(pads.count) pads for \(rank) spatial axes")
        }
        padding = .explicit(begin: Array(pads[..<rank]), end: Array(pads[rank...]))
      }
    case "SAME_UPPER": padding = .sameUpper
    case "SAME_LOWER": padding = .sameLower
    case "VALID": break
    case let other: throw node.malformed("auto_pad \(other)")
    }
    self.init(
      kernelSize: kernelSize,
      stride: try node.ints("strides"),
      dilation: try node.ints("dilations"),
      padding: padding,
      rounding: try node.int("ceil_mode") == 1 ? .up : .down
    )
  }

  /// The attributes of a convolution or pooling node for an input of `spatial` size.
  func onnxAttributes(for spatial: [Int]) -> [String: ONNXAttribute] {
    let (begin, end) = resolvedPadding(for: spatial)
    var attributes: [String: ONNXAttribute] = [
      "kernel_shape": .ints(kernelSize), "strides": .ints(stride), "dilations": .ints(dilation),
    ]
    switch padding {
    case .explicit: attributes["pads"] = .ints(begin + end)
    case .sameUpper: attributes["auto_pad"] = .string("SAME_UPPER")
    case .sameLower: attributes["auto_pad"] = .string("SAME_LOWER")
    }
    return attributes
  }
}
