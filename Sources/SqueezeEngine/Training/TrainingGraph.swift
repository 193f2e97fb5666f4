import CSqueezeKernels
import SqueezeGraph
import SqueezeOperators
import SqueezeTensor

/// A model as layers that run forwards and backwards.
///
/// What is clipped right behind a convolution, a fully connected layer, a batch normalization or a sum is
/// merged into it; parts of a concatenation get their place in its memory where that is possible.
struct TrainingGraph {
  private(set) var values: [TrainingValue] = []
  private(set) var layers: [any TrainingLayer] = []
  /// The node of each layer.
  private(set) var names: [String] = []
  /// All parameters by key, and those that get gradients.
  private(set) var parameters: [String] = []
  private(set) var trained: [(key: String, spec: TensorSpec)] = []
  private var indices: [String: Int] = [:]
  private let model: Model
  private let inference: Inference
  private let options: TrainingOptions
  private let table: KernelTable
  private let consumers: [String: [Int]]
  private var merged: Set<Int> = []

  init(
    _ model: Model,
    _ inference: Inference,
    options: TrainingOptions,
    table: KernelTable
  ) throws(ModelError) {
    self.model = model
    self.inference = inference
    self.options = options
    self.table = table
    consumers = model.consumers()
    for input in model.inputs { _ = value(input.name) }
    for input in model.inputs { chooseKind(of: input.name) }
    let needed = model.neededNodes()
    for (position, node) in model.nodes.enumerated() where needed.contains(position) {
      guard !merged.contains(position) else { continue }
      try add(node, at: position)
      names.append(node.name)
    }
  }

  /// The position of a value by its name.
  func position(of name: String) -> Int? { indices[name] }

  private mutating func value(_ name: String) -> Int {
    if let known = indices[name] { return known }
    let spec = inference.values[name] ?? TensorSpec([])
    values.append(TrainingValue(name, spec))
    indices[name] = values.count - 1
    return values.count - 1
  }

  /// Keeps an input of few channels map by map where only convolutions take it.
  private mutating func chooseKind(of input: String) {
    let index = value(input)
    guard values[index].kind == .maps, values[index].spec.shape[1] <= 4,
      !model.outputs.contains(input)
    else { return }
    let users = (consumers[input] ?? []).map { model.nodes[$0] }
    let isFew = users.allSatisfy { ($0.op as? Convolution)?.groups == 1 }
    if isFew, !users.isEmpty { values[index].kind = .few }
  }

  // MARK: Nodes

  private mutating func add(_ node: Node, at position: Int) throws(ModelError) {
    let inputs = node.inputs.map { value($0) }
    var specs: [ParameterSpec]
    do throws(ShapeError) {
      specs = try node.op.parameters(for: inputs.map { values[$0].spec })
    } catch {
      throw .shape(error.at(node.name))
    }
    let parameters = register(specs, of: node)
    let needs =
      inputs.contains { values[$0].needsGradient } || parameters.contains { $0.gradient != nil }
    let layer =
      fastLayer(node, position, inputs, parameters)
      ?? reference(node, position, inputs, parameters, specs)
    if layer is ReferenceLayer, needs, !(node.op is any Differentiable) {
      throw .notDifferentiable(node: node.name, operatorName: type(of: node.op).name)
    }
    layers.append(layer)
    for output in layer.outputs {
      values[output].needsGradient = needs && values[output].spec.type.isReal
    }
  }

  private mutating func register(_ specs: [ParameterSpec], of node: Node) -> [LayerParameter] {
    specs.map { spec in
      let key = Model.key(node.name, spec.name)
      parameters.append(key)
      var gradient: Int?
      if spec.kind == .trained, !options.frozen.contains(key) {
        gradient = trained.count
        trained.append((key, spec.spec))
      }
      return LayerParameter(value: parameters.count - 1, gradient: gradient)
    }
  }

  private mutating func reference(
    _ node: Node,
    _ position: Int,
    _ inputs: [Int],
    _ parameters: [LayerParameter],
    _ specs: [ParameterSpec]
  ) -> any TrainingLayer {
    let outputs = node.outputs.map { value($0) }
    return ReferenceLayer(
      node,
      position: position,
      inputs: inputs,
      outputs: outputs,
      values: (inputs.map { values[$0] }, outputs.map { values[$0] }),
      parameters: parameters,
      specs: specs,
      momentum: options.statisticsMomentum,
      table: table
    )
  }

  /// Whether values are kept in blocks of 16 channels.
  private func areBlocked(_ positions: [Int]) -> Bool {
    positions.allSatisfy { values[$0].kind == .maps || values[$0].kind == .rows }
  }

  private mutating func fastLayer(
    _ node: Node,
    _ position: Int,
    _ inputs: [Int],
    _ parameters: [LayerParameter]
  ) -> (any TrainingLayer)? {
    guard let first = inputs.first, node.outputs.count >= 1 else { return nil }
    let made = TrainingValue("", inference.values[node.outputs[0]] ?? TensorSpec([]))
    guard made.kind != .plain else { return nil }
    switch node.op {
    case let op as Convolution: return convolution(op, node, first, parameters)
    case let op as TransposedConvolution: return convolution(op, node, first, parameters)
    case let op as FullyConnected: return fullyConnected(op, node, first, parameters)
    case is Flatten, is Reshape, is DropAxes:
      let (x, y) = (values[first].spec.shape, made.spec.shape)
      guard values[first].kind == .maps, y.rank == 2, y[0] == x[0] else { return nil }
      return FlatteningLayer(input: first, output: value(node.outputs[0]))
    default: break
    }
    guard areBlocked(inputs) else { return nil }
    switch node.op {
    case let op as BatchNormalization:
      let layout = values[first].layout(.none)
      guard layout.batch * layout.height * layout.width > 1 else { return nil }
      let (clip, output) = mergedClip(behind: node)
      return NormalizationLayer(
        input: first,
        output: output,
        channels: layout.channels,
        images: layout.batch,
        epsilon: op.epsilon,
        momentum: options.statisticsMomentum,
        clip: clip,
        parameters: parameters,
        table: table
      )
    case is Add, is Identity:
      guard inputs.allSatisfy({ values[$0].spec == made.spec }) else { return nil }
      let (clip, output) = mergedClip(behind: node)
      return AdditionLayer(inputs: inputs, output: output, clip: clip, table: table)
    case is MaxPool, is AveragePool, is GlobalAveragePool:
      return node.outputs.count == 1 ? pooling(node, first) : nil
    case let op as Concatenate where (op.axis + made.spec.shape.rank) % made.spec.shape.rank == 1:
      return concatenation(node, position, inputs)
    case is Split, is ChannelShuffle: return selection(node, first)
    case let op as Dropout where !op.hasMask:
      return DropoutLayer(
        op,
        position: position,
        input: first,
        output: value(node.outputs[0]),
        value: values[first],
        table: table
      )
    default:
      guard let clip = (node.op as? any VectorFunction)?.vectorFunction?.asClip else { return nil }
      return AdditionLayer(
        inputs: inputs,
        output: value(node.outputs[0]),
        clip: clip,
        table: table
      )
    }
  }

  /// The clip that alone uses a node's output, and the value behind it.
  private mutating func mergedClip(behind node: Node) -> (clip: SQClip, output: Int) {
    let name = node.outputs[0]
    if let users = consumers[name], users.count == 1, !model.outputs.contains(name) {
      let next = model.nodes[users[0]]
      if let clip = (next.op as? any VectorFunction)?.vectorFunction?.asClip {
        merged.insert(users[0])
        return (clip, value(next.outputs[0]))
      }
    }
    return (.none, value(name))
  }

  // MARK: Convolutions

  private mutating func convolution(
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

  private mutating func convolution(
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
    guard
      groups == 1 || isDepthwise
        || (channels.0 / groups % 16 == 0 && channels.1 / groups % 16 == 0)
    else { return nil }
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
      needsInputGradient: values[input].needsGradient
    )
    return isDepthwise
      ? DepthwiseLayer(description, table: table)
      : ConvolutionLayer(description, table: table, threadCount: options.threadCount)
  }

  /// A fully connected layer is a pointwise convolution whose pixels are the rows.
  private mutating func fullyConnected(
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
        needsInputGradient: values[input].needsGradient
      ),
      table: table,
      threadCount: options.threadCount
    )
  }

  // MARK: Other layers

  private mutating func pooling(_ node: Node, _ input: Int) -> (any TrainingLayer)? {
    guard values[input].kind == .maps else { return nil }
    let output = value(node.outputs[0])
    let (x, y) = (values[input].spec.shape, values[output].spec.shape)
    switch node.op {
    case let op as MaxPool:
      let geometry = WindowGeometry(op.window, input: x, output: y)
      return PoolingLayer(input: input, output: output, geometry: geometry, table: table)
    case let op as AveragePool:
      return PoolingLayer(
        input: input,
        output: output,
        geometry: WindowGeometry(op.window, input: x, output: y),
        counts: op.windowCounts(input: x, output: y),
        table: table
      )
    default: return GlobalAverageLayer(input: input, output: output, table: table)
    }
  }

  private mutating func concatenation(
    _ node: Node,
    _ position: Int,
    _ inputs: [Int]
  ) -> any TrainingLayer {
    let output = value(node.outputs[0])
    var sources: [(input: Int, channel: Int)] = []
    var hosted: Set<Int> = []
    for (index, input) in inputs.enumerated() {
      let start = sources.count
      let channels = values[input].spec.shape[1]
      sources += (0..<channels).map { (index, $0) }
      let isAligned = start % 16 == 0 && (channels % 16 == 0 || index == inputs.count - 1)
      // Users after the concatenation would write their gradients before its users do.
      let isLastUser = (consumers[values[input].name] ?? []).allSatisfy { $0 <= position }
      guard isAligned, isLastUser, values[input].host == nil,
        inputs.count(where: { $0 == input }) == 1, isMade(input)
      else { continue }
      values[input].host = (output, start)
      hosted.insert(index)
    }
    return ChannelLayer(
      inputs: inputs,
      outputs: [output],
      sources: [sources],
      inputChannels: inputs.map { values[$0].spec.shape[1] },
      hosted: hosted,
      table: table
    )
  }

  /// Whether a layer makes a value, and in blocks.
  private func isMade(_ index: Int) -> Bool {
    (values[index].kind == .maps || values[index].kind == .rows)
      && layers.contains { $0.outputs.contains(index) }
      && !model.outputs.contains(values[index].name)
  }

  private mutating func selection(_ node: Node, _ input: Int) -> (any TrainingLayer)? {
    let shape = values[input].spec.shape
    var sources: [[(input: Int, channel: Int)]] = []
    switch node.op {
    case let op as ChannelShuffle:
      let size = shape[1] / op.groups
      sources = [(0..<size).flatMap { i in (0..<op.groups).map { (0, $0 * size + i) } }]
    case let op as Split where (op.axis + shape.rank) % shape.rank == 1:
      var first = 0
      for name in node.outputs {
        let count = inference.values[name]?.shape[1] ?? 0
        sources.append((first..<first + count).map { (0, $0) })
        first += count
      }
    default: return nil
    }
    return ChannelLayer(
      inputs: [input],
      outputs: node.outputs.map { value($0) },
      sources: sources,
      inputChannels: [shape[1]],
      hosted: [],
      table: table
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

extension Model {
  /// The positions of the nodes that outputs depend on.
  fileprivate func neededNodes() -> Set<Int> {
    var values = Set(outputs)
    var needed: Set<Int> = []
    for position in nodes.indices.reversed()
    where nodes[position].outputs.contains(where: values.contains) {
      needed.insert(position)
      values.formUnion(nodes[position].inputs)
    }
    return needed
  }
}
