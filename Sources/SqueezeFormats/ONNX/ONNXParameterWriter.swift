import SqueezeOperators
import SqueezeParameters
import SqueezeTensor

/// Writes parameters as initializers, each in the smallest form that ONNX has for its encoding.
struct ONNXParameterWriter {
  private(set) var initializers: [ONNXTensorProto] = []

  /// Adds what makes the value `name`.
  ///
  /// `UniformInteger` becomes integers and a `DequantizeLinear` node, `Half` in float16 a float16
  /// tensor and a `Cast` node; everything else is written out.
  mutating func add(
    _ encoding: any ParameterEncoding,
    as name: String,
    to writer: inout ONNXWriter
  ) {
    if let integer = encoding as? UniformInteger, let (type, offset) = Self.type(of: integer) {
      add(integer, type, offset, as: name, to: &writer)
    } else if let half = encoding as? Half, half.format == .float16 {
      let source = Tensor(half.shape, half.free, type: .float16)
      initializers.append(ONNXMessages.tensor(source, name: "\(name).float16"))
      writer.node(
        "Cast",
        name: "\(name).cast",
        inputs: ["\(name).float16"],
        outputs: [name],
        attributes: ["to": .int(ElementType.float32.onnxCode)]
      )
    } else {
      initializers.append(ONNXMessages.tensor(encoding.decoded(), name: name))
    }
  }

  private mutating func add(
    _ integer: UniformInteger,
    _ type: ElementType,
    _ hasZeroPoint: Bool,
    as name: String,
    to writer: inout ONNXWriter
  ) {
    let channels = integer.axis == nil ? Shape([]) : Shape([integer.scales.count])
    func zero(of element: Int) -> Int {
      guard let axis = integer.axis else { return Int(integer.zeroPoints[0]) }
      let channel = element / integer.shape.count(from: axis + 1) % integer.shape[axis]
      return Int(integer.zeroPoints[channel])
    }
    let values = integer.integers.enumerated().map {
      hasZeroPoint ? Int($1) : Int($1) - zero(of: $0)
    }
    let source = Tensor(integer.shape, integers: values, type: type)
    initializers.append(ONNXMessages.tensor(source, name: "\(name).integers"))
    initializers.append(
      ONNXMessages.tensor(Tensor(channels, integer.scales), name: "\(name).scale")
    )
    var inputs = ["\(name).integers", "\(name).scale"]
    if hasZeroPoint {
      let zeros = Tensor(channels, integers: integer.zeroPoints.map { Int($0) }, type: type)
      initializers.append(ONNXMessages.tensor(zeros, name: "\(name).zero_point"))
      inputs.append("\(name).zero_point")
    }
    writer.node(
      "DequantizeLinear",
      name: "\(name).dequantize",
      inputs: inputs,
      outputs: [name],
      attributes: integer.axis.map { ["axis": .int($0)] } ?? [:]
    )
  }

  /// The type that holds integers and zero points, and whether it may have a zero point; ONNX's
  /// 32-bit integers may not, so they are written with theirs subtracted.
  private static func type(of integer: UniformInteger) -> (ElementType, Bool)? {
    let all = (integer.integers + integer.zeroPoints).map { Int($0) }
    let range = (all.min() ?? 0)...(all.max() ?? 0)
    for type in integer.isSigned ? [ElementType.int8, .uint8] : [.uint8, .int8] {
      if let limits = type.range, limits.contains(range.lowerBound),
        limits.contains(range.upperBound)
      {
        return (type, true)
      }
    }
    // The difference of two 32-bit integers has to be one again.
    guard range.upperBound - range.lowerBound < 1 << 31 else { return nil }
    return (.int32, false)
  }
}
