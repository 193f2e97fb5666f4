import SqueezeGraph
import SqueezeOperators
import SqueezeTensor

/// How convolutions and fully connected layers become layers of a training plan.
extension TrainingGraph {
  mutating func convolution(
    _ op: Convolution,
    _ node: Node,
    _ input: Int,
    _ parameters: [LayerParameter]
  ) -> (any TrainingLayer)? {
    let (x, y) = (values[input].spec.shape, inference.values[node.outputs[0]]?.shape ?? [])
    let window = WindowGeometry(op.window, input: x, output: y)
    let geometry = ConvolutionGeometry(
      large: window.input,
      small: window.output,
      window: op.window.planar,
      begin: window.begin
    )
    return convolution(
      node,
      geometry,
      input,
      parameters,
      groups: op.groups,
      isTransposed: false
    )
  }

  mutating func convolution(
    _ op: TransposedConvolution,
    _ node: Node,
    _ input: Int,
    _ parameters: [LayerParameter]
  ) -> (any TrainingLayer)? {
    let geometry = ConvolutionGeometry(
      large: Layout.sizes(inference.values[node.outputs[0]]?.shape ?? []),
      small: Layout.sizes(values[input].spec.shape),
      window: op.window.planar,
      begin: op.window.rank == 1 ? [0] + op.cut.begin : op.cut.begin
    )
    return convolution(
      node,
      geometry,
      input,
      parameters,
      groups: op.groups,
      isTransposed: true
    )
  }

  private mutating func convolution(
    _ node: Node,
    _ geometry: ConvolutionGeometry,
    _ input: Int,
    _ parameters: [LayerParameter],
    groups: Int,
    isTransposed: Bool
  ) -> (any TrainingLayer)? {
    let kind = values[input].kind
    guard kind == .maps || kind == .few, geometry.hasModestSize else { return nil }
    let channels = (geometry.large[1], geometry.small[1])
    let isDepthwise =
      !isTransposed && groups > 1 && groups == channels.0 && groups == channels.1
    let (clip, output) = mergedClip(behind: node)
    let description = ConvolutionLayer.Description(
      geometry: geometry,
      isTransposed: isTransposed,
      groups: groups,
      input: input,
      output: output,
      weight: parameters[0],
      bias: parameters.count > 1 ? parameters[1] : nil,
      clip: clip,
      isPlanar: kind == .few,
      precision: precision,
      needsInputGradient: values[input].needsGradient
    )
    return isDepthwise
      ? DepthwiseLayer(description, table: table)
      : ConvolutionLayer(description, table: table, threadCount: options.threadCount)
  }

  /// A fully connected layer is a pointwise convolution whose pixels are the rows.
  mutating func fullyConnected(
    _ op: FullyConnected,
    _ node: Node,
    _ input: Int,
    _ parameters: [LayerParameter]
  ) -> (any TrainingLayer)? {
    guard values[input].kind == .rows else { return nil }
    let (rows, features) = (values[input].spec.shape[0], values[input].spec.shape[1])
    let (clip, output) = mergedClip(behind: node)
    return ConvolutionLayer(
      ConvolutionLayer.Description(
        geometry: ConvolutionGeometry(
          large: [1, features, 1, rows],
          small: [1, op.outputFeatures, 1, rows],
          window: SlidingWindow(1),
          begin: [0, 0]
        ),
        input: input,
        output: output,
        weight: parameters[0],
        bias: parameters.count > 1 ? parameters[1] : nil,
        clip: clip,
        precision: precision,
        needsInputGradient: values[input].needsGradient
      ),
      table: table,
      threadCount: options.threadCount
    )
  }
}

extension ConvolutionGeometry {
  /// Whether halos stay near the size of the maps themselves, and phases are few.
  var hasModestSize: Bool {
    let phases = window.stride[0] * window.stride[1]
    let reach = (0..<2).map { window.kernelSize[$0] * window.dilation[$0] }
    return phases <= 1024 && reach[0] <= 4 * large[2] + 16 && reach[1] <= 4 * large[3] + 16
  }
}
