import SqueezeGraph
import SqueezeOperators
import SqueezeParameters
import SqueezeTensor

/// A convolution with all that a booster has to know of it.
struct ConvolutionSite {
  let node: Node
  let op: Convolution
  let input: TensorSpec
  let output: TensorSpec
  let style: LayerStyle
  /// Whether the convolution takes the model's input.
  let isFirst: Bool
  private let parameters: [String: any ParameterEncoding]

  /// The input channels.
  var channels: Int { input.shape[1] }
  /// The output channels.
  var filters: Int { op.outputChannels }
  var kernelSize: [Int] { op.window.kernelSize }
  var isDepthwise: Bool { op.groups > 1 && op.groups == channels }

  var weight: Tensor { parameters["weight"]?.decoded() ?? Tensor(zeros: [0]) }
  var bias: (any ParameterEncoding)? { parameters["bias"] }

  /// The name that names of new nodes begin with.
  var name: String { node.name.hasSuffix("/conv") ? String(node.name.dropLast(5)) : node.name }

  /// A kernel of one position, of this convolution's axes, with its stride where asked for.
  func pointwise(strided: Bool = false) -> SlidingWindow {
    SlidingWindow(kernelSize: kernelSize.map { _ in 1 }, stride: strided ? op.window.stride : nil)
  }

  /// The padding before and after each axis, whatever the convention.
  var padding: (begin: [Int], end: [Int]) {
    op.window.resolvedPadding(for: Array(input.shape.dimensions[2...]))
  }

  init?(_ position: Int, _ model: Model, _ inference: Inference, _ links: Links) {
    let node = model.nodes[position]
    guard let op = node.op as? Convolution,
      let input = inference.inputs(of: node).first,
      let output = inference.outputs(of: node).first,
      let weight = model.parameter("weight", of: node), weight.type == .float32
    else { return nil }
    (self.node, self.op, self.input, self.output) = (node, op, input, output)
    style = LayerStyle(around: position, in: model, links)
    isFirst = model.inputs.contains { $0.name == node.inputs[0] }
    var parameters: [String: any ParameterEncoding] = ["weight": weight]
    parameters["bias"] = model.parameter("bias", of: node)
    self.parameters = parameters
  }
}

/// A booster that replaces convolutions one by one.
protocol ConvolutionBooster: Booster {
  var nodes: NodePattern { get }
  var seed: UInt64 { get }
  /// Adds what takes a convolution's place; `nil` leaves it as it is.
  func replace(_ site: ConvolutionSite, _ builder: inout LayerBuilder) -> NodeChange?
}

extension ConvolutionBooster {
  var seed: UInt64 { 1 }

  public func boosted(_ model: Model) throws -> Boosted { try replacingConvolutions(model).boosted }

  /// Replaces the convolutions that match, fit and become cheaper.
  ///
  /// - Returns: the changed model, and the convolutions that were replaced.
  /// - Throws: ``BoosterError`` where there is none.
  func replacingConvolutions(
    _ model: Model
  ) throws -> (boosted: Boosted, sites: [ConvolutionSite]) {
    var result = model
    let inference = try model.infer()
    let links = Links(model)
    var taken = Set(inference.values.keys).union(model.nodes.map(\.name))
    var nodes: [Node] = []
    var changes: [NodeChange] = []
    var sites: [ConvolutionSite] = []
    var matched = 0
    for (position, node) in model.nodes.enumerated() {
      guard self.nodes.matches(node.name),
        let site = ConvolutionSite(position, model, inference, links)
      else {
        nodes.append(node)
        continue
      }
      matched += 1
      var builder = LayerBuilder(taken: taken, seed: seed &+ UInt64(position))
      guard let change = replace(site, &builder), !builder.nodes.isEmpty,
        try Cheaper.isCheaper(builder.nodes, than: node, given: site.input)
      else {
        nodes.append(node)
        continue
      }
      changes.append(change)
      sites.append(site)
      nodes += builder.nodes
      taken.formUnion(builder.nodes.flatMap { [$0.name] + $0.outputs })
      for key in ["weight", "bias"] { result.parameters[Model.key(node.name, key)] = nil }
      result.parameters.merge(builder.parameters) { _, new in new }
    }
    guard !changes.isEmpty else {
      throw inapplicable(
        matched == 0
          ? "expected convolutions among the nodes \(self.nodes), got none"
          : "expected a convolution that fits and becomes cheaper among \(matched), got none"
      )
    }
    result.nodes = nodes
    _ = try result.infer()
    return (Boosted(model: result, changes: changes), sites)
  }
}

/// Whether a change saves.
enum Cheaper {
  /// Whether nodes need fewer parameters or MACs than the one they replace, and no more of the other.
  static func isCheaper(_ nodes: [Node], than old: Node, given input: TensorSpec) throws -> Bool {
    let before = try cost([old], input)
    let after = try cost(nodes, input)
    return after.parameters <= before.parameters && after.macs <= before.macs
      && (after.parameters < before.parameters || after.macs < before.macs)
  }

  /// Trained parameters and MACs of a few nodes whose first value has a known spec.
  private static func cost(
    _ nodes: [Node],
    _ input: TensorSpec
  ) throws -> (parameters: Int, macs: Int) {
    var specs: [String: TensorSpec] = [:]
    if let first = nodes.first?.inputs.first { specs[first] = input }
    var (parameters, macs) = (0, 0)
    for node in nodes {
      let inputs = node.inputs.compactMap { specs[$0] }
      for (name, spec) in zip(node.outputs, try node.op.checkedOutputs(for: inputs)) {
        specs[name] = spec
      }
      macs += try node.op.macs(for: inputs)
      for parameter in try node.op.parameters(for: inputs) where parameter.kind == .trained {
        parameters += parameter.spec.shape.count
      }
    }
    return (parameters, macs)
  }
}
