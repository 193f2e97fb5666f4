import CSqueezeKernels
import SqueezeGraph
import SqueezeOperators
import SqueezeParameters
import SqueezeTensor

/// Makes one integer step of every DequantizeLinear → operator → activation → QuantizeLinear.
///
/// An operator takes part where all its inputs come from grids of 8 bits, its result goes to one and
/// nowhere else, and its weights, if any, are integers of 8 bits. What is left of the pairs stays a
/// step between bytes and floats.
struct Quantization {
  private var nodes: [DraftNode]
  private let outputs: Set<String>
  private let inference: Inference
  private let encodings: [String: any ParameterEncoding]
  /// The node that makes a value, and those that use it.
  private var makers: [String: Int] = [:]
  private var users: [String: [Int]] = [:]
  private var removed: Set<Int> = []

  /// The nodes of a plan with quantized patterns merged.
  static func applied(
    to nodes: [DraftNode],
    of encodings: [String: any ParameterEncoding],
    outputs: [String],
    _ inference: Inference
  ) -> [DraftNode] {
    guard nodes.contains(where: { $0.op is QuantizeLinear }) else { return nodes }
    var pass = Quantization(nodes, encodings, outputs, inference)
    for index in nodes.indices { pass.merge(index) }
    pass.prune()
    pass.mergeGrids()
    pass.mergeSums()
    return pass.nodes.enumerated().filter { !pass.removed.contains($0.offset) }.map(\.element)
  }

  private init(
    _ nodes: [DraftNode],
    _ encodings: [String: any ParameterEncoding],
    _ outputs: [String],
    _ inference: Inference
  ) {
    self.nodes = nodes
    self.outputs = Set(outputs)
    self.inference = inference
    self.encodings = encodings
    index()
  }

  private mutating func index() {
    makers = [:]
    users = [:]
    for (index, node) in nodes.enumerated() where !removed.contains(index) {
      for name in node.outputs { makers[name] = index }
      for name in node.inputs { users[name, default: []].append(index) }
    }
  }

  /// The only user of a value that is no output.
  private func onlyUser(of name: String) -> Int? {
    guard !outputs.contains(name), let all = users[name], all.count == 1 else { return nil }
    return all[0]
  }

  // MARK: One operator

  private mutating func merge(_ index: Int) {
    let node = nodes[index]
    guard !removed.contains(index), node.outputs.count == 1, !node.inputs.isEmpty else { return }
    var sources: [String] = []
    var grids: [QuantizationGrid] = []
    for input in node.inputs {
      guard let maker = makers[input], let op = nodes[maker].op as? DequantizeLinear,
        op.grid.isByteGrid
      else { return }
      sources.append(nodes[maker].inputs[0])
      grids.append(op.grid)
    }
    var clip = (node.op as? any VectorFunction)?.vectorFunction?.asClip ?? .none
    var last = index
    var chain = [index]
    while let next = onlyUser(of: nodes[last].outputs[0]),
      let function = nodes[next].op as? any VectorFunction,
      let more = function.vectorFunction?.asClip
    {
      clip = clip.then(more)
      last = next
      chain.append(next)
    }
    guard let end = onlyUser(of: nodes[last].outputs[0]),
      let quantize = nodes[end].op as? QuantizeLinear, quantize.grid.isByteGrid
    else { return }
    let grid = quantize.grid
    guard let op = quantized(node, grids, grid, grid.limits(of: clip)) else { return }
    var merged = node
    merged.names = chain.flatMap { nodes[$0].names } + nodes[end].names
    merged.op = op
    merged.inputs = sources
    merged.outputs = nodes[end].outputs
    removed.formUnion(chain + [end])
    removed.remove(index)
    nodes[index] = merged
    // The nodes keep their order: nothing between the operator and its end uses the result.
    makers[merged.outputs[0]] = index
    for name in sources { users[name, default: []].append(index) }
  }

  /// The operator between grids, or `nil` where it stays on reals.
  private func quantized(
    _ node: DraftNode,
    _ inputs: [QuantizationGrid],
    _ output: QuantizationGrid,
    _ limits: ClosedRange<Int>
  ) -> (any Operator)? {
    func plain<Op: Operator>(_ op: Op) -> (any Operator)? {
      Quantized(real: op, inputGrids: inputs, outputGrid: output, limits: limits)
    }
    func weighted<Op: Operator>(_ op: Op) -> (any Operator)? {
      let key = Model.key(node.names[0], "weight")
      guard let weight = encodings[key] as? UniformInteger, let grid = weight.byteGrid else {
        return nil
      }
      let quantized = Quantized(
        real: op,
        inputGrids: inputs,
        weightGrid: grid,
        outputGrid: output,
        limits: limits
      )
      let bias = node.parameters.dropFirst().first?.decoded().scalars ?? []
      return IntegerWeights.fit(quantized, weight, bias: bias) ? quantized : nil
    }
    let isSame = inputs[0] == output
    switch node.op {
    case let op as Convolution: return node.inputs.count == 1 ? weighted(op) : nil
    case let op as FullyConnected: return rank(of: node) == 2 ? weighted(op) : nil
    case let op as MaxPool: return isSame ? plain(op) : nil
    case let op as AveragePool: return plain(op)
    case let op as GlobalAveragePool: return plain(op)
    case let op as Add:
      let shapes = node.inputs.compactMap { inference.values[$0]?.shape }
      guard shapes.count == 2, shapes[0] == shapes[1], (2...4).contains(shapes[0].rank) else {
        return nil
      }
      return plain(op)
    case let op as Concatenate:
      let shapes = node.inputs.compactMap { inference.values[$0]?.shape }
      guard let rank = shapes.first?.rank, rank == 3 || rank == 4,
        op.axis == 1 || op.axis == 1 - rank,
        shapes.dropLast().allSatisfy({ $0[1] % 16 == 0 })
      else { return nil }
      return plain(op)
    case let op as ReLU: return (2...4).contains(rank(of: node)) ? plain(op) : nil
    case let op as Clip: return (2...4).contains(rank(of: node)) ? plain(op) : nil
    case let op as any ViewOperator:
      guard isSame, limits == output.wholeRange, node.inputs.count == 1 else { return nil }
      return plain(op)
    default: return nil
    }
  }

  private func rank(of node: DraftNode) -> Int {
    inference.values[node.inputs[0]]?.shape.rank ?? 0
  }

  // MARK: Several operators

  /// Lets layers write on the grid of the concatenation that alone uses them.
  ///
  /// The grid is not finer than their own, so a result moves by at most one step of it.
  private mutating func mergeGrids() {
    for (position, node) in nodes.enumerated() where !removed.contains(position) {
      guard var concatenation = node.op as? Quantized<Concatenate> else { continue }
      for (slot, input) in node.inputs.enumerated() {
        let (own, shared) = (concatenation.inputGrids[slot], concatenation.outputGrid)
        guard own != shared, own.type == shared.type, own.scales[0] <= shared.scales[0],
          onlyUser(of: input) != nil, let maker = makers[input],
          var layer = nodes[maker].op as? Quantized<Convolution>, layer.addition == nil,
          layer.outputGrid == own
        else { continue }
        let (lower, upper) = (layer.limits.lowerBound, layer.limits.upperBound)
        layer.limits =
          shared.quantize(own.dequantize(lower))...shared.quantize(own.dequantize(upper))
        layer.outputGrid = shared
        nodes[maker].op = layer
        concatenation.inputGrids[slot] = shared
      }
      nodes[position].op = concatenation
    }
  }

  /// Lets a convolution whose result is only added to another value add it itself.
  private mutating func mergeSums() {
    for (position, node) in nodes.enumerated() where !removed.contains(position) {
      guard let sum = node.op as? Quantized<Add>, node.inputs[0] != node.inputs[1] else { continue }
      // The later of two layers: the other value is there by then.
      let candidates = [0, 1].compactMap { slot -> (slot: Int, maker: Int)? in
        guard onlyUser(of: node.inputs[slot]) != nil, let maker = makers[node.inputs[slot]],
          let layer = nodes[maker].op as? Quantized<Convolution>, layer.addition == nil,
          layer.outputGrid == sum.inputGrids[slot], !isDepthwise(layer, nodes[maker])
        else { return nil }
        return (slot, maker)
      }
      guard let (slot, maker) = candidates.max(by: { $0.maker < $1.maker }),
        var layer = nodes[maker].op as? Quantized<Convolution>,
        SumFactors(layer.outputGrid, sum.inputGrids[1 - slot], sum.outputGrid).isModest
      else { continue }
      layer.addition = .init(grid: layer.outputGrid, limits: layer.limits)
      layer.inputGrids.append(sum.inputGrids[1 - slot])
      layer.outputGrid = sum.outputGrid
      layer.limits = sum.limits
      var merged = nodes[maker]
      merged.names += node.names
      merged.op = layer
      merged.inputs.append(node.inputs[1 - slot])
      merged.outputs = node.outputs
      removed.insert(maker)
      nodes[position] = merged
    }
  }

  private func isDepthwise(_ op: Quantized<Convolution>, _ node: DraftNode) -> Bool {
    let channels = inference.values[node.inputs[0]]?.shape[1] ?? 0
    return op.real.groups == channels && channels > 1
  }

  /// Removes conversions between reals and grids that nothing needs any more.
  private mutating func prune() {
    var needed = outputs
    for (index, node) in nodes.enumerated().reversed() where !removed.contains(index) {
      let isPair = node.op is DequantizeLinear || node.op is QuantizeLinear
      if isPair, !node.outputs.contains(where: needed.contains) {
        removed.insert(index)
      } else {
        needed.formUnion(node.inputs)
      }
    }
    index()
  }
}

extension QuantizationGrid {
  /// The integers that a clip leaves.
  fileprivate func limits(of clip: SQClip) -> ClosedRange<Int> {
    guard clip.clips else { return wholeRange }
    let lower = quantize(clip.lower)
    return lower...max(lower, quantize(clip.upper))
  }
}

extension UniformInteger {
  /// The grid of 8 bits with one scale per output channel, or one for all, that weights lie on.
  fileprivate var byteGrid: QuantizationGrid? {
    guard bits <= 8, axis == nil || axis == 0,
      scales.allSatisfy({ $0 > 0 && $0 < .infinity })
    else { return nil }
    var grid = QuantizationGrid(scale: 1, type: isSigned ? .int8 : .uint8)
    grid.scales = scales
    grid.zeroPoints = zeroPoints.map { Int($0) }
    grid.axis = axis
    return grid
  }
}
