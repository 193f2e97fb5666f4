import SqueezeGraph
import SqueezeOperators
import SqueezeParameters
import SqueezeTensor

/// Builds a model node by node; each node makes one value of its own name.
struct GraphBuilder {
  private(set) var nodes: [Node] = []
  private var constants: [String: any ParameterEncoding] = [:]

  /// Adds a number that training does not change and returns the name of its value.
  mutating func add(_ name: String, constant value: Float) -> String {
    let tensor = Tensor([], [value])
    constants[Model.key(name, "value")] = Dense(tensor)
    return add(name, Constant(tensor.spec, isFixed: true), [])
  }

  /// Adds a node and returns the name of its value.
  mutating func add(_ name: String, _ op: any Operator, _ inputs: String...) -> String {
    add(name, op, inputs)
  }

  /// Adds a node of a list of values and returns the name of its value.
  mutating func add(_ name: String, _ op: any Operator, _ inputs: [String]) -> String {
    nodes.append(Node(name, op, inputs: inputs))
    return name
  }

  /// Adds a split of the channels into two halves and returns their names.
  mutating func halves(_ name: String, _ input: String) -> (first: String, second: String) {
    let outputs = ("\(name)/first", "\(name)/second")
    nodes.append(
      Node(
        name,
        Split(axis: 1, parts: .equal(2)),
        inputs: [input],
        outputs: [outputs.0, outputs.1]
      )
    )
    return outputs
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

  /// Adds a convolution without bias, a batch normalization and, if any, an activation.
  mutating func normalizedConvolution(
    _ name: String,
    _ channels: Int,
    _ window: SlidingWindow,
    groups: Int = 1,
    activation: (any Operator)? = ReLU(),
    _ input: String
  ) -> String {
    let convolution = Convolution(
      outputChannels: channels,
      window: window,
      groups: groups,
      hasBias: false
    )
    let sum = add("\(name)/conv", convolution, input)
    let normal = add("\(name)/bn", BatchNormalization(), sum)
    guard let activation else { return normal }
    return add("\(name)/\(activation is ReLU ? "relu" : "clip")", activation, normal)
  }

  /// Adds a batch normalization, a ReLU and a convolution without bias, in the order of He et al.,
  /// "Identity Mappings in Deep Residual Networks" (2016).
  mutating func preactivatedConvolution(
    _ name: String,
    _ channels: Int,
    _ window: SlidingWindow,
    _ input: String
  ) -> String {
    let normal = add("\(name)/bn", BatchNormalization(), input)
    let active = add("\(name)/relu", ReLU(), normal)
    let convolution = Convolution(outputChannels: channels, window: window, hasBias: false)
    return add("\(name)/conv", convolution, active)
  }

  /// Adds the usual end of a classifier: mean of every map, a fully connected layer, softmax.
  mutating func classifier(_ classes: Int, dropout: Float? = nil, _ input: String) -> String {
    var value = add("pool", GlobalAveragePool(), input)
    value = add("flatten", Flatten(), value)
    if let dropout { value = add("drop", Dropout(ratio: dropout), value) }
    value = add("fc", FullyConnected(outputFeatures: classes), value)
    return add("prob", Softmax(axis: 1), value)
  }

  /// The model of all nodes, from `data` to one value.
  ///
  /// - Parameters:
  ///   - name: the network's name.
  ///   - options: they give the shape of the input.
  ///   - output: the value the model gives.
  ///   - preprocessing: how a colour picture becomes the input; dropped for other channel counts.
  /// - Returns: the model with blank parameters, its shapes checked.
  /// - Throws: `ShapeError` where the input is too small for the network.
  func model(
    _ name: String,
    _ options: NetworkOptions,
    output: String,
    preprocessing: Preprocessing? = .imageNet
  ) throws -> Model {
    let batch = options.batch.map { Dimension.fixed($0) } ?? .named("N")
    return try Model(
      name: name,
      inputs: [ModelInput("data", [batch] + options.input.dimensions.map { .fixed($0) })],
      outputs: [output],
      nodes: nodes,
      parameters: constants,
      preprocessing: options.channels == 3 ? preprocessing : nil
    ).withBlankParameters()
  }
}
