import SqueezeParameters
import SqueezeTensor

/// Reads `ConstantOfShape`: a constant tensor filled with one value.
public enum ConstantOfShape: ONNXReader {
  public static let onnxTypes = ["ConstantOfShape"]

  /// The most elements such a constant may have.
  static let maximumCount = 1 << 20

  public static func read(
    _ node: ONNXNode,
    into builder: inout ONNXBuilder
  ) throws(ONNXError) {
    guard let sizes = try node.optionalIntegers(0) else { throw node.malformed("no shape") }
    guard let count = Shape(sizes).checkedCount, count <= maximumCount else {
      throw node.unsupported("a constant of shape \(Shape(sizes))")
    }
    var value = Tensor([1], [0])
    if case .tensor(let given)? = node.attributes["value"] { value = given }
    guard value.count == 1 else { throw node.malformed("a value of shape \(value.shape)") }
    builder.emit(
      constant: value.reshaped(Shape(sizes.map { _ in 1 })).selected(Shape(sizes)) { axis in
        [Int](repeating: 0, count: sizes[axis])
      }
    )
  }
}

/// Reads `Range`: the constant list `start, start + delta, …` up to `limit`.
public enum ConstantRange: ONNXReader {
  public static let onnxTypes = ["Range"]

  public static func read(
    _ node: ONNXNode,
    into builder: inout ONNXBuilder
  ) throws(ONNXError) {
    var bounds: [Tensor] = []
    for index in 0..<3 {
      let tensor = try node.constant(index).decoded()
      guard tensor.count == 1, node.inputs[index].otherIntegers == nil else {
        throw node.unsupported("a range between values that are no constant number")
      }
      bounds.append(tensor)
    }
    guard Set(bounds.map(\.type)).count == 1 else { throw node.malformed("mixed types") }
    let reals = bounds.map { $0.type.isReal ? Double($0.scalars[0]) : Double($0.integers[0]) }
    let steps = ((reals[1] - reals[0]) / reals[2]).rounded(.up)
    guard abs(steps) <= Double(ConstantOfShape.maximumCount) else {
      throw node.unsupported("a range of \(steps) elements")
    }
    let count = max(0, Int(steps))
    let type = bounds[0].type
    if type.isReal {
      let scalars = (0..<count).map { bounds[0].scalars[0] + Float($0) * bounds[2].scalars[0] }
      return builder.emit(constant: Tensor([count], scalars))
    }
    let (start, delta) = (bounds[0].integers[0], bounds[2].integers[0])
    let integers = (0..<count).map { start &+ $0 &* delta }
    builder.emit(constant: Tensor([count], integers: integers, type: type))
  }
}

extension ONNXBuilder {
  /// Adds a constant that makes the output of the ONNX node.
  mutating func emit(constant tensor: Tensor) {
    let encoding = Constant.encoding(of: tensor)
    emit(
      Constant(TensorSpec(encoding.shape, encoding.type)),
      [],
      parameters: ["value": encoding]
    )
  }
}
