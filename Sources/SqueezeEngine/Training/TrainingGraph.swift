import CSqueezeKernels
import SqueezeGraph
import SqueezeOperators
import SqueezeTensor

/// A model as layers that run forwards and backwards.
///
/// What is clipped right behind a convolution, a fully connected layer, a batch normalization or a sum is
/// merged into it; parts of a concatenation get their place in its memory where that is possible.
struct TrainingGraph {
  var values: [TrainingValue] = []
  private(set) var layers: [any TrainingLayer] = []
  /// The node of each layer.
  private(set) var names: [String] = []
  /// All parameters by key, and those that get gradients.
  private(set) var parameters: [String] = []
  private(set) var trained: [(key: String, spec: TensorSpec)] = []
  private var indices: [String: Int] = [:]
  let model: Model
  let inference: Inference
  let options: TrainingOptions
  let precision: TrainingPrecision
  let table: KernelTable
  let consumers: [String: [Int]]
  private var merged: Set<Int> = []

  init(
    _ model: Model,
    _ inference: Inference,
    options: TrainingOptions,
    precision: TrainingPrecision,
    table: KernelTable
  ) throws(ModelError) {
    self.precision = precision
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

  /// The position of a value, which is added where it is new.
  mutating func value(_ name: String) -> Int {
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
    // Integers on a grid stand for reals, and so does what is made of them.
    let isOnGrid = node.op is QuantizeLinear || inputs.contains { values[$0].isOnGrid }
    for output in layer.outputs {
      let isReal = values[output].spec.type.isReal
      values[output].isOnGrid = !isReal && isOnGrid && node.op is any Differentiable
      values[output].needsGradient = needs && (isReal || values[output].isOnGrid)
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
      moments: options.moments,
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
    if let pair = fakeQuantization(node, first) { return pair }
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
    guard areBlocked(node.op is Gather ? [first] : inputs) else { return nil }
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
        moments: options.moments,
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
    case is Split, is ChannelShuffle, is Gather: return selection(node, first)
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

  /// A QuantizeLinear with the DequantizeLinear that alone uses it, both on one grid.
  private mutating func fakeQuantization(_ node: Node, _ input: Int) -> (any TrainingLayer)? {
    guard let op = node.op as? QuantizeLinear, areBlocked([input]),
      let users = consumers[node.outputs[0]], users.count == 1,
      !model.outputs.contains(node.outputs[0])
    else { return nil }
    let next = model.nodes[users[0]]
    guard (next.op as? DequantizeLinear)?.grid == op.grid,
      let layer = FakeQuantizationLayer(op.grid, input: input, output: value(next.outputs[0]))
    else { return nil }
    merged.insert(users[0])
    return layer
  }

  /// The clip that alone uses a node's output, and the value behind it.
  mutating func mergedClip(behind node: Node) -> (clip: SQClip, output: Int) {
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
