import SqueezeCompress
import SqueezeEngine
public import SqueezeGraph
import SqueezeOperators
public import SqueezeTensor

/// Which layers of a changed model are to blame for its errors.
///
/// Every layer with weights is looked at in two ways: `alone`, where the original runs with only this layer's
/// parameters exchanged, and `upTo`, where the changed model runs as it is. A layer with a large error alone is the
/// cause; one with a large error only up to there inherited it.
public struct LayerBlame: Sendable, Hashable, Codable {
  /// The errors of one layer.
  public struct Row: Sendable, Hashable, Codable {
    /// The node's name and the key of its weight.
    public var node: String
    public var key: String
    /// The relative error `‖y′ − y‖ / ‖y‖` of the layer's output when only this layer is exchanged; `nil` where
    /// its shape changed.
    public var alone: Double?
    /// The relative error of the model's output for the same exchange.
    public var aloneAtOutput: Double?
    /// The relative error of the layer's output in the changed model; `nil` where the value is not there any
    /// more or has another shape.
    public var upTo: Double?
  }

  /// The layers, worst first: by the error that exchanging one alone makes at the model's output.
  public var rows: [Row]
  /// The relative error of the changed model's output.
  public var atOutput: Double
  /// The samples it was measured on.
  public var samples: Int

  /// Compares two models layer by layer.
  ///
  /// Where the changed model has its normalizations folded, those of the original are folded too, which keeps its
  /// function. Both must share node names.
  ///
  /// - Parameters:
  ///   - original: the model as it should be.
  ///   - changed: the model that is worse.
  ///   - inputs: what both run on, at least one batch.
  ///   - threads: how many share the work.
  ///   - progress: told how far it has come, in `0...1`; what it throws ends the work.
  /// - Throws: ``RecipeError`` where the models have no layer in common, and what runs throw.
  public init(
    _ original: Model,
    _ changed: Model,
    inputs: [[String: Tensor]],
    threads: Int,
    progress: (Double) throws -> Void = { _ in }
  ) throws {
    let original = try Self.aligned(original, with: changed)
    let names = Set(changed.nodes.map(\.name))
    let nodes = original.nodes.filter { node in
      names.contains(node.name) && original.weightKeys.contains(Model.key(node.name, "weight"))
    }
    guard !nodes.isEmpty, let output = original.outputs.first, let theirs = changed.outputs.first
    else {
      throw RecipeError("models", expected: "layers of the same names", actual: "none in common")
    }
    // An activation folded into its layer leaves no value of the layer's own; the names that both have count.
    let changedValues = Set(changed.nodes.flatMap(\.outputs))
    let places = nodes.compactMap { $0.outputs.first }
    let right = try Self.run(original, [output] + places, inputs, threads)
    let wrong = try Self.run(
      changed,
      [theirs] + places.filter { changedValues.contains($0) },
      inputs,
      threads
    )
    var rows: [Row] = []
    for (position, node) in nodes.enumerated() {
      try progress(Double(position) / Double(nodes.count))
      var row = Row(node: node.name, key: Model.key(node.name, "weight"))
      if let exchanged = Self.exchanging(node, of: original, by: changed),
        let place = node.outputs.first
      {
        let outcome = try Self.run(exchanged, [output, place], inputs, threads)
        row.alone = Self.error(right[place], outcome[place])
        row.aloneAtOutput = Self.error(right[output], outcome[output])
      }
      row.upTo = node.outputs.first.flatMap { Self.error(right[$0], wrong[$0]) }
      rows.append(row)
    }
    // A layer whose shape changed cannot be exchanged; what it did is seen where it runs.
    func weight(_ row: Row) -> Double { row.aloneAtOutput ?? row.upTo ?? 0 }
    self.rows = rows.sorted { weight($0) > weight($1) }
    atOutput = Self.error(right[output], wrong[theirs]) ?? .infinity
    samples = inputs.reduce(0) { $0 + ($1.values.first?.shape.dimensions.first ?? 1) }
    try progress(1)
  }

  /// The errors of outputs by the key of a weight.
  public var outputErrors: [String: Double] {
    Dictionary(
      rows.compactMap { row in (row.alone ?? row.upTo).map { (row.key, $0) } },
      uniquingKeysWith: { first, _ in first }
    )
  }

  /// The original with its normalizations folded where the changed model has them folded.
  static func aligned(_ original: Model, with changed: Model) throws -> Model {
    let names = Set(changed.nodes.map(\.name))
    let isFolded = original.nodes.contains {
      $0.op is BatchNormalization && !names.contains($0.name)
    }
    guard isFolded else { return original }
    return try original.applying([ConstantFolding(), BiasFolding(), BatchNormFolding()])
  }

  /// The original with one node's parameters of the changed model; `nil` where a shape differs.
  private static func exchanging(_ node: Node, of original: Model, by changed: Model) -> Model? {
    var model = original
    for (key, encoding) in original.parameters {
      guard let dot = key.lastIndex(of: "."), key[..<dot] == node.name else { continue }
      guard let other = changed.parameters[key], other.shape == encoding.shape,
        other.type == encoding.type
      else { return nil }
      model.parameters[key] = other
    }
    return model
  }

  private static func run(
    _ model: Model,
    _ values: [String],
    _ inputs: [[String: Tensor]],
    _ threads: Int
  ) throws -> [String: [[Float]]] {
    var part = model
    var seen: Set<String> = []
    part.outputs = values.filter { seen.insert($0).inserted }
    part.removeUnusedNodes()
    let run = try FastRuntime(threadCount: threads, precision: model.runPrecision).prepared(part)
    var results: [String: [[Float]]] = [:]
    for input in inputs {
      for (name, tensor) in try run(input) where tensor.type.isReal {
        results[name, default: []].append(tensor.scalars)
      }
    }
    return results
  }

  /// The relative error over all batches; `nil` where one side is missing or of another size.
  private static func error(_ right: [[Float]]?, _ wrong: [[Float]]?) -> Double? {
    guard let right, let wrong, right.map(\.count) == wrong.map(\.count) else { return nil }
    return RelativeError.between(right.flatMap { $0 }, wrong.flatMap { $0 })
  }
}
