import SqueezeGraph
import SqueezeOperators

/// Builds a model node by node; each node makes one value of its own name.
struct GraphBuilder {
  private(set) var nodes: [Node] = []

  /// Adds a node and returns the name of its value.
  mutating func add(_ name: String, _ op: any Operator, _ inputs: String...) -> String {
    nodes.append(Node(name, op, inputs: inputs))
    return name
  }

  /// Adds a convolution with bias and a ReLU after it.
  mutating func convolutionReLU(
    _ name: String,
    _ channels: Int,
    _ window: SlidingWindow,
    _ input: String
  ) -> String {
    let sum = add(name, Convolution(outputChannels: channels, window: window), input)
    return add("\(name)/relu", ReLU(), sum)
  }
}
