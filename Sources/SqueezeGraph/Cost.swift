public import SqueezeTensor

/// What one node costs.
public struct NodeCost: Sendable, Hashable {
  public var node: String
  public var operatorName: String
  public var outputs: [TensorSpec]
  /// Trained scalars, biases included.
  public var parameters: Int
  /// Scalars measured while training, such as batch normalization's mean and variance.
  public var statistics: Int
  /// Multiply–accumulates; 1 MAC = 2 FLOPs.
  public var macs: Int
  /// The bytes of the parameters in their encodings, before entropy coding.
  public var weightBytes: Int
  /// The bytes of the outputs.
  public var activationBytes: Int
  /// The bytes of inputs and decoded parameters, each read once.
  public var bytesRead: Int
  /// The bytes of the outputs, each written once.
  public var bytesWritten: Int

  /// Creates the cost of a node.
  public init(
    node: String,
    operatorName: String,
    outputs: [TensorSpec],
    parameters: Int,
    statistics: Int,
    macs: Int,
    weightBytes: Int,
    activationBytes: Int,
    bytesRead: Int,
    bytesWritten: Int
  ) {
    self.node = node
    self.operatorName = operatorName
    self.outputs = outputs
    self.parameters = parameters
    self.statistics = statistics
    self.macs = macs
    self.weightBytes = weightBytes
    self.activationBytes = activationBytes
    self.bytesRead = bytesRead
    self.bytesWritten = bytesWritten
  }

  /// MACs per byte moved; 0 where nothing moves.
  public var arithmeticIntensity: Double {
    let bytes = bytesRead + bytesWritten
    return bytes == 0 ? 0 : Double(macs) / Double(bytes)
  }
}

/// What a model costs for given inputs, node by node.
public struct ModelCost: Sendable, Hashable {
  public var nodes: [NodeCost]
  /// The most bytes of values alive at one time when nodes run in order, without any reuse of an
  /// input's memory for an output.
  public var peakActivationBytes: Int

  /// Creates the cost of a model from its nodes'.
  public init(nodes: [NodeCost], peakActivationBytes: Int) {
    self.nodes = nodes
    self.peakActivationBytes = peakActivationBytes
  }

  public var parameters: Int { nodes.reduce(0) { $0 + $1.parameters } }
  public var statistics: Int { nodes.reduce(0) { $0 + $1.statistics } }
  public var macs: Int { nodes.reduce(0) { $0 + $1.macs } }
  public var weightBytes: Int { nodes.reduce(0) { $0 + $1.weightBytes } }
  public var activationBytes: Int { nodes.reduce(0) { $0 + $1.activationBytes } }
  public var bytesRead: Int { nodes.reduce(0) { $0 + $1.bytesRead } }
  public var bytesWritten: Int { nodes.reduce(0) { $0 + $1.bytesWritten } }

  /// MACs per byte moved over the whole model.
  public var arithmeticIntensity: Double {
    let bytes = bytesRead + bytesWritten
    return bytes == 0 ? 0 : Double(macs) / Double(bytes)
  }
}

extension Model {
  /// Counts parameters, MACs and bytes of every node.
  ///
  /// - Parameter shapes: the shapes of some inputs; the others take their own, open sizes 1.
  /// - Returns: the cost of every node, in order.
  /// - Throws: ``ModelError`` where the graph does not hold together.
  public func cost(for shapes: [String: Shape] = [:]) throws(ModelError) -> ModelCost {
    let inference = try infer(shapes)
    var costs: [NodeCost] = []
    for node in nodes {
      do {
        costs.append(try cost(of: node, inference))
      } catch {
        throw .shape(error.at(node.name))
      }
    }
    return ModelCost(nodes: costs, peakActivationBytes: peakBytes(inference))
  }

  private func cost(of node: Node, _ inference: Inference) throws(ShapeError) -> NodeCost {
    let (inputs, outputs) = (inference.inputs(of: node), inference.outputs(of: node))
    let specs = try node.op.parameters(for: inputs)
    let stored = specs.reduce(0) { $0 + (parameter($1.name, of: node)?.storedBits ?? 0) }
    let written = outputs.reduce(0) { $0 + $1.byteCount }
    func scalars(_ kind: ParameterSpec.Kind) -> Int {
      specs.reduce(0) { $0 + ($1.kind == kind ? $1.spec.shape.count : 0) }
    }
    return NodeCost(
      node: node.name,
      operatorName: type(of: node.op).name,
      outputs: outputs,
      parameters: scalars(.trained),
      statistics: scalars(.statistic),
      macs: try node.op.macs(for: inputs),
      weightBytes: (stored + 7) / 8,
      activationBytes: written,
      bytesRead: inputs.reduce(0) { $0 + $1.byteCount }
        + specs.reduce(0) { $0 + $1.spec.byteCount },
      bytesWritten: written
    )
  }

  /// The largest sum of bytes of values that are still needed while a node runs.
  private func peakBytes(_ inference: Inference) -> Int {
    let lifetimes = lifetimes()
    func bytes(_ names: some Sequence<String>) -> Int {
      names.reduce(0) { $0 + (inference.values[$1]?.byteCount ?? 0) }
    }
    var alive = bytes(inputs.map(\.name))
    var peak = alive
    for (position, node) in nodes.enumerated() {
      alive += bytes(node.outputs)
      peak = max(peak, alive)
      alive -= bytes(lifetimes.endingAt[position] ?? [])
    }
    return peak
  }
}
