import SqueezeGraph
import SqueezeOperators
import SqueezeTensor

/// What stands between a network's convolutions: whether a batch normalization, and which activation.
///
/// Layers that a booster adds take the style of the layer they come from.
struct LayerStyle {
  var epsilon: Float?
  var activation: any Operator

  /// Whether layers have a batch normalization, and so no bias.
  var isNormalized: Bool { epsilon != nil }

  /// Reads the style from what follows a node, or else from what comes before it.
  init(around position: Int, in model: Model, _ links: Links) {
    let node = model.nodes[position]
    epsilon = nil
    activation = ReLU()
    var value = node.outputs.first ?? ""
    for _ in 0..<2 {
      guard let next = links.onlyConsumer(of: value) else { break }
      if !read(model.nodes[next].op) { break }
      value = model.nodes[next].outputs.first ?? ""
    }
    if isNormalized { return }
    // Pre-activation: normalization and activation come before the convolution.
    value = node.inputs.first ?? ""
    for _ in 0..<2 {
      guard let before = links.producers[value], read(model.nodes[before].op) else { break }
      value = model.nodes[before].inputs.first ?? ""
    }
  }

  private mutating func read(_ op: any Operator) -> Bool {
    if let op = op as? BatchNormalization {
      epsilon = op.epsilon
    } else if op is Clip || op is any ElementwiseOperator, !(op is Unary) {
      activation = op
    } else {
      return false
    }
    return true
  }
}

/// Who makes and who takes each value of a model.
struct Links {
  let producers: [String: Int]
  let consumers: [String: [Int]]
  private let outputs: Set<String>

  init(_ model: Model) {
    producers = model.producers()
    consumers = model.consumers()
    outputs = Set(model.outputs)
  }

  /// The one node that takes a value, or `nil` where several do or the model gives it.
  func onlyConsumer(of value: String) -> Int? {
    guard !outputs.contains(value), let list = consumers[value], list.count == 1 else { return nil }
    return list[0]
  }
}
