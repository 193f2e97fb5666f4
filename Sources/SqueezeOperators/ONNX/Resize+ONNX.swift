import SqueezeTensor

extension Resize: ONNXConvertible {
  public static let onnxTypes = ["Resize"]

  public static func read(
    _ node: ONNXNode,
    into builder: inout ONNXBuilder
  ) throws(ONNXError) {
    let operand = try node.input(0)
    let isFirst = node.opset < 11  // inputs X and scales; coordinates asymmetric
    for key in ["antialias", "exclude_outside"] where try node.int(key) ?? 0 != 0 {
      throw node.unsupported(key)
    }
    let policy = try node.string("keep_aspect_ratio_policy") ?? "stretch"
    guard policy == "stretch" else { throw node.unsupported("keep_aspect_ratio_policy \(policy)") }
    let coordinateMode = try node.string("coordinate_transformation_mode")
    let name = coordinateMode ?? (isFirst ? "asymmetric" : "half_pixel")
    guard let coordinates = Coordinates(rawValue: name) else {
      throw node.unsupported("coordinate_transformation_mode \(name)")
    }
    let target = try target(node, operand, scales: isFirst ? 1 : 2, sizes: isFirst ? nil : 3)
    let interpolation: Interpolation
    switch try node.string("mode") ?? "nearest" {
    case "nearest" where isFirst:
      interpolation = .nearest(try legacyRounding(node, target))
    case "nearest":
      let mode = try node.string("nearest_mode") ?? "round_prefer_floor"
      guard let rounding = Rounding(rawValue: mode) else {
        throw node.malformed("nearest_mode \(mode)")
      }
      interpolation = .nearest(rounding)
    case "linear", "bilinear": interpolation = .linear
    case let other: throw node.unsupported("mode \(other)")
    }
    builder.emit(
      Resize(target, interpolation: interpolation, coordinates: coordinates),
      [operand]
    )
  }

  /// The rounding of operator sets before 11: down where an axis grows, up where it shrinks.
  static func legacyRounding(
    _ node: ONNXNode,
    _ target: Target
  ) throws(ONNXError) -> Rounding {
    guard case .scales(let scales) = target else { return .floor }
    if scales.allSatisfy({ $0 >= 1 }) { return .floor }
    guard scales.allSatisfy({ $0 <= 1 }) else {
      throw node.unsupported("nearest neighbours with scales above and below 1")
    }
    return .ceiling
  }

  /// The scales or sizes of all axes.
  private static func target(
    _ node: ONNXNode,
    _ operand: ONNXOperand,
    scales scalesInput: Int,
    sizes sizesInput: Int?
  ) throws(ONNXError) -> Target {
    let axes = try node.ints("axes")
    if let scales = try node.optionalTensor(scalesInput), scales.count > 0 {
      return .scales(try spread(scales.scalars, over: axes, filler: 1, node))
    }
    guard let sizesInput, node.optionalInput(sizesInput) != nil else {
      throw node.malformed("neither scales nor sizes")
    }
    _ = try node.constant(sizesInput)
    guard let sizes = try node.input(sizesInput).sizes else { throw node.malformed("real sizes") }
    let all = try spread(sizes, over: axes, filler: .fixed(0), node)
    let inputs = operand.axes ?? []
    // A size that is the input's keeps it; else all must be fixed, or follow the input's by a ratio.
    let kept = all.enumerated().map { axis, size in
      inputs.indices.contains(axis) && inputs[axis] == size ? .fixed(0) : size
    }
    if kept.allSatisfy({ $0.first == $0.second }) { return .sizes(kept.map(\.first)) }
    var scales: [Float] = []
    for (axis, size) in all.enumerated() {
      guard inputs.indices.contains(axis), inputs[axis].first > 0, inputs[axis].second > 0 else {
        throw node.unsupported("sizes that change with an open input size")
      }
      let kept = kept[axis] == .fixed(0)
      let first = kept ? 1 : Float(size.first) / Float(inputs[axis].first)
      let second = kept ? 1 : Float(size.second) / Float(inputs[axis].second)
      guard first == second, Float(inputs[axis].first) * first == Float(size.first) || kept else {
        throw node.unsupported("sizes in no fixed ratio to an open input size")
      }
      scales.append(first)
    }
    return .scales(scales)
  }

  /// One value per axis of the input from one per axis in `axes`.
  private static func spread<Value>(
    _ values: [Value],
    over axes: [Int]?,
    filler: Value,
    _ node: ONNXNode
  ) throws(ONNXError) -> [Value] {
    guard let axes else { return values }
    let shape = try node.shape(0)
    guard axes.count == values.count else {
      throw node.malformed("\(axes.count) axes for \(values.count) scales or sizes")
    }
    var result = [Value](repeating: filler, count: shape.rank)
    for (index, value) in zip(axes, values) {
      guard let axis = shape.axis(index) else { throw node.malformed("axis \(index)") }
      result[axis] = value
    }
    return result
  }

  public func write(_ node: ONNXExport, to writer: inout ONNXWriter) {
    var attributes: [String: ONNXAttribute] = [
      "coordinate_transformation_mode": .string(coordinates.rawValue),
      "mode": .string("linear"),
    ]
    if case .nearest(let rounding) = interpolation {
      attributes["mode"] = .string("nearest")
      attributes["nearest_mode"] = .string(rounding.rawValue)
    }
    var inputs = node.inputs + [""]
    switch target {
    case .scales(let scales):
      inputs.append(writer.initializer("\(node.name)/scales", Tensor([scales.count], scales)))
    case .sizes:
      let sizes = node.outputSpecs[0].shape.dimensions
      inputs += ["", writer.integers("\(node.name)/sizes", sizes)]
    }
    writer.node("Resize", node, inputs: inputs, attributes: attributes)
  }
}

/// Reads `Upsample`, the predecessor of `Resize`.
public enum Upsample: ONNXReader {
  public static let onnxTypes = ["Upsample"]

  public static func read(
    _ node: ONNXNode,
    into builder: inout ONNXBuilder
  ) throws(ONNXError) {
    var scales = try node.attributes["scales"].map { value throws(ONNXError) in
      guard case .floats(let scales) = value else { throw node.malformed("scales") }
      return scales
    }
    if scales == nil { scales = try node.optionalTensor(1)?.scalars }
    guard let scales else { throw node.malformed("scales are missing") }
    let target = Resize.Target.scales(scales)
    let interpolation: Resize.Interpolation
    switch try node.string("mode") ?? "nearest" {
    case "nearest": interpolation = .nearest(try Resize.legacyRounding(node, target))
    case "linear", "bilinear": interpolation = .linear
    case let other: throw node.unsupported("mode \(other)")
    }
    builder.emit(
      Resize(target, interpolation: interpolation, coordinates: .asymmetric),
      [try node.input(0)]
    )
  }
}
