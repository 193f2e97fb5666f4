import SqueezeGraph
import SqueezeOperators
import SqueezeParameters
import SqueezeTensor

/// Evaluates nodes whose inputs are constants, with the operators' own definitions.
///
/// Exporters compute the shapes that reshapes want by nodes of their own, and reshape or transpose
/// weights. `Shape` and `Size` count as constant for every input, because shapes are inferred. A
/// node is folded when its outputs are not larger than its inputs, or small, and as long as the
/// whole graph stays within a budget, so that no file can ask for much work.
struct ONNXFolding {
  /// The most elements of an output that is larger than the inputs.
  static let smallCount = 4096
  /// How many more elements and multiply–accumulates may be spent.
  private var budget: Int

  /// Starts with a budget of elements and multiply–accumulates.
  init(budget: Int) { self.budget = budget }

  /// Folds a node where that is possible.
  ///
  /// - Parameters:
  ///   - node: a node of the file.
  ///   - inputs: what is known of its inputs.
  ///   - reader: the operator that reads its type, if there is one.
  ///   - values: receives the outputs.
  /// - Returns: whether the outputs are now known.
  mutating func fold(
    _ node: ONNXSourceGraph.SourceNode,
    _ inputs: [ONNXValue],
    _ reader: (any ONNXReader.Type)?,
    into values: inout [String: ONNXValue]
  ) -> Bool {
    guard let output = node.outputs.first, !output.isEmpty else { return false }
    if let sizes = Self.sizes(node, inputs) {
      values[output] = Self.value(of: sizes.first, other: sizes.second)
      return true
    }
    guard !inputs.isEmpty, zip(node.inputs, inputs).allSatisfy({ $0.isEmpty || $1.constant != nil })
    else { return false }
    if let same = Self.unchanged(node, inputs) {
      values[output] = ONNXValue(spec: same.spec, constant: same.constant)
      return true
    }
    if let encoding = Self.dequantized(node, inputs) {
      let spec = TensorSpec(encoding.shape, encoding.type)
      values[output] = ONNXValue(spec: spec, constant: encoding)
      return true
    }
    guard let reader, let first = evaluate(node, inputs, reader, second: false) else {
      return false
    }
    var second: [Tensor]?
    if inputs.contains(where: \.isVarying) {
      second = evaluate(node, inputs, reader, second: true)
      guard second?.count == first.count else { return false }
    }
    for (position, name) in node.outputs.enumerated() where !name.isEmpty {
      guard first.indices.contains(position) else { return false }
      values[name] = Self.value(of: first[position], other: second?[position])
    }
    return true
  }

  /// A constant that is perhaps another one for the second choice of open sizes.
  private static func value(of tensor: Tensor, other: Tensor?) -> ONNXValue {
    let constant = Constant.encoding(of: tensor)
    return ONNXValue(
      spec: TensorSpec(tensor.shape, constant.type),
      constant: constant,
      otherConstant: other.flatMap { $0 == tensor ? nil : $0 }
    )
  }

  // MARK: Special cases

  /// The result of `Shape` or `Size`, which needs no more than the input's shape.
  private static func sizes(
    _ node: ONNXSourceGraph.SourceNode,
    _ inputs: [ONNXValue]
  ) -> (first: Tensor, second: Tensor?)? {
    guard ["Shape", "Size"].contains(node.type), inputs.count == 1, let spec = inputs[0].spec,
      inputs[0].constant == nil || !inputs[0].isVarying
    else { return nil }
    func attribute(_ key: String, _ value: Int) -> Int {
      if case .int(let given)? = node.attributes[key] { given } else { value }
    }
    func result(_ shape: Shape) -> Tensor? {
      guard let count = shape.checkedCount else { return nil }
      if node.type == "Size" { return Tensor([], integers: [count]) }
      let rank = shape.rank
      func position(_ value: Int) -> Int {
        value < 0 ? max(0, value < -rank ? 0 : value + rank) : min(value, rank)
      }
      let start = position(attribute("start", 0))
      let sizes = Array(shape.dimensions[start..<max(start, position(attribute("end", rank)))])
      return Tensor([sizes.count], integers: sizes)
    }
    guard let first = result(spec.shape) else { return nil }
    return (first, inputs[0].otherShape.flatMap(result))
  }

  /// The input of a node that leaves it as it is, so that its encoding survives.
  private static func unchanged(
    _ node: ONNXSourceGraph.SourceNode,
    _ inputs: [ONNXValue]
  ) -> ONNXValue? {
    guard let input = inputs.first, let spec = input.spec, !input.isVarying else { return nil }
    switch node.type {
    case "Identity": return input
    case "Cast":
      guard spec.type.isReal, case .int(let number)? = node.attributes["to"],
        let type = ElementType(onnxCode: number), type.isReal
      else { return nil }
      // Narrowing changes numbers; widening does not.
      return type == .float32 || type == .float64 ? input : nil
    default: return nil
    }
  }

  /// The integer encoding that dequantizing a constant means.
  private static func dequantized(
    _ node: ONNXSourceGraph.SourceNode,
    _ inputs: [ONNXValue]
  ) -> (any ParameterEncoding)? {
    guard DequantizeLinear.onnxTypes.contains(node.type), !inputs.contains(where: \.isVarying)
    else { return nil }
    let operands = zip(node.inputs, inputs).map { $1.operand($0) }
    do throws(ONNXError) {
      return try DequantizeLinear.foldedConstant(node.applied(to: operands))
    } catch {
      return nil
    }
  }

  // MARK: Evaluation

  /// The outputs of a node for the first or the second choice of open sizes.
  private mutating func evaluate(
    _ node: ONNXSourceGraph.SourceNode,
    _ inputs: [ONNXValue],
    _ reader: any ONNXReader.Type,
    second: Bool
  ) -> [Tensor]? {
    let given = inputs.reduce(0) { $0 + ($1.spec?.shape.checkedCount ?? 0) }
    guard spend(given) else { return nil }
    var known: [String: Tensor] = [:]
    var operands: [ONNXOperand] = []
    for (name, input) in zip(node.inputs, inputs) {
      guard !name.isEmpty, let constant = input.constant else {
        operands.append(ONNXOperand(""))
        continue
      }
      let other = second ? input.otherConstant : nil
      let encoding = other.map { Constant.encoding(of: $0) } ?? constant
      known[name] = known[name] ?? encoding.decoded()
      let spec = TensorSpec(encoding.shape, encoding.type)
      operands.append(ONNXOperand(name, spec: spec, constant: encoding))
    }
    let source = node.applied(to: operands)
    var builder = ONNXBuilder(source)
    do throws(ONNXError) {
      try reader.read(source, into: &builder)
    } catch {
      return nil
    }
    for node in builder.nodes {
      guard let results = run(node, builder, known, limit: max(given, Self.smallCount)) else {
        return nil
      }
      for (name, result) in zip(node.outputs, results) { known[name] = result }
    }
    var outputs: [Tensor] = []
    for name in node.outputs where !name.isEmpty {
      guard let tensor = known[name] else { return outputs.isEmpty ? nil : outputs }
      outputs.append(tensor)
    }
    return outputs
  }

  private mutating func run(
    _ node: Node,
    _ builder: ONNXBuilder,
    _ known: [String: Tensor],
    limit: Int
  ) -> [Tensor]? {
    let inputs = node.inputs.compactMap { known[$0] }
    guard inputs.count == node.inputs.count else { return nil }
    do throws(ShapeError) {
      let specs = inputs.map(\.spec)
      let outputs = try node.op.checkedOutputs(for: specs)
      let count = outputs.reduce(0) { $0 + $1.shape.count }
      guard count <= limit, spend(count), try spend(node.op.macs(for: specs)) else {
        return nil
      }
      var parameters: [Tensor] = []
      for spec in try node.op.parameters(for: specs) {
        let encoding = builder.parameters[Model.key(node.name, spec.name)]
        guard let encoding, TensorSpec(encoding.shape, encoding.type) == spec.spec else {
          return nil
        }
        parameters.append(encoding.decoded())
      }
      return try node.op.forward(inputs, parameters: parameters)
    } catch {
      return nil
    }
  }

  private mutating func spend(_ amount: Int) -> Bool {
    guard amount >= 0, amount <= budget else { return false }
    budget -= amount
    return true
  }
}
