/// ONNX messages made by hand, so that tests can say what no exporter would.
enum ONNXBytes {
  /// A protobuf message in the making.
  struct Message {
    var bytes: [UInt8] = []

    private mutating func varint(_ value: UInt64) {
      var rest = value
      while rest >= 0x80 {
        bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
        rest >>= 7
      }
      bytes.append(UInt8(rest))
    }

    mutating func add(_ field: Int, _ value: Int) {
      varint(UInt64(field << 3))
      varint(UInt64(bitPattern: Int64(value)))
    }

    mutating func add(_ field: Int, _ value: Float) {
      varint(UInt64(field << 3 | 5))
      for shift in stride(from: 0, to: 32, by: 8) {
        bytes.append(UInt8(truncatingIfNeeded: value.bitPattern >> UInt32(shift)))
      }
    }

    mutating func add(_ field: Int, _ value: [UInt8]) {
      varint(UInt64(field << 3 | 2))
      varint(UInt64(value.count))
      bytes += value
    }

    mutating func add(_ field: Int, _ value: String) { add(field, [UInt8](value.utf8)) }
    mutating func add(_ field: Int, _ value: Message) { add(field, value.bytes) }
  }

  /// A message made by a closure.
  static func message(_ build: (inout Message) -> Void) -> Message {
    var message = Message()
    build(&message)
    return message
  }

  /// An attribute's value.
  enum Attribute {
    case int(Int)
    case ints([Int])
    case float(Float)
    case string(String)
    case tensor(Message)
  }

  static func node(
    _ type: String,
    _ inputs: [String],
    _ outputs: [String],
    name: String = "",
    domain: String = "",
    attributes: [(String, Attribute)] = []
  ) -> Message {
    message { node in
      for input in inputs { node.add(1, input) }
      for output in outputs { node.add(2, output) }
      if !name.isEmpty { node.add(3, name) }
      node.add(4, type)
      if !domain.isEmpty { node.add(7, domain) }
      for (key, value) in attributes { node.add(5, attribute(key, value)) }
    }
  }

  private static func attribute(_ key: String, _ value: Attribute) -> Message {
    message { attribute in
      attribute.add(1, key)
      switch value {
      case .int(let value):
        attribute.add(3, value)
        attribute.add(20, 2)
      case .ints(let values):
        for value in values { attribute.add(8, value) }
        attribute.add(20, 7)
      case .float(let value):
        attribute.add(2, value)
        attribute.add(20, 1)
      case .string(let value):
        attribute.add(4, value)
        attribute.add(20, 3)
      case .tensor(let value):
        attribute.add(5, value)
        attribute.add(20, 4)
      }
    }
  }

  /// A tensor with raw data.
  static func tensor(_ name: String, _ dims: [Int], type: Int, raw: [UInt8]) -> Message {
    message { tensor in
      for dim in dims { tensor.add(1, dim) }
      tensor.add(2, type)
      tensor.add(8, name)
      tensor.add(9, raw)
    }
  }

  /// A float32 tensor with raw data.
  static func floats(_ name: String, _ dims: [Int], _ values: [Float]) -> Message {
    tensor(name, dims, type: 1, raw: values.flatMap { bytes(of: $0.bitPattern) })
  }

  /// An int64 tensor with raw data.
  static func integers(_ name: String, _ dims: [Int], _ values: [Int]) -> Message {
    tensor(name, dims, type: 7, raw: values.flatMap { bytes(of: UInt64(bitPattern: Int64($0))) })
  }

  static func bytes(of word: some FixedWidthInteger) -> [UInt8] {
    (0..<word.bitWidth / 8).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) }
  }

  /// A size of an input: a number, a name, or nothing.
  enum Size: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral {
    case fixed(Int)
    case named(String)
    case absent

    init(integerLiteral value: Int) { self = .fixed(value) }
    init(stringLiteral value: String) { self = .named(value) }
  }

  static func input(_ name: String, _ sizes: [Size], type: Int = 1) -> Message {
    message { info in
      info.add(1, name)
      info.add(
        2,
        message {
          $0.add(
            1,
            message { tensor in
              tensor.add(1, type)
              tensor.add(
                2,
                message { shape in
                  for size in sizes {
                    shape.add(
                      1,
                      message { dim in
                        switch size {
                        case .fixed(let value): dim.add(1, value)
                        case .named(let name): dim.add(2, name)
                        case .absent: break
                        }
                      }
                    )
                  }
                }
              )
            }
          )
        }
      )
    }
  }

  /// A model.
  static func model(
    inputs: [Message],
    outputs: [String],
    nodes: [Message],
    initializers: [Message] = [],
    opset: Int? = 13
  ) -> [UInt8] {
    message { model in
      model.add(1, 8)
      if let opset {
        model.add(8, message { $0.add(2, opset) })
        model.add(
          8,
          message {
            $0.add(1, "com.microsoft")
            $0.add(2, 1)
          }
        )
      }
      model.add(
        7,
        message { graph in
          for node in nodes { graph.add(1, node) }
          graph.add(2, "test")
          for initializer in initializers { graph.add(5, initializer) }
          for input in inputs { graph.add(11, input) }
          for output in outputs { graph.add(12, message { $0.add(1, output) }) }
        }
      )
    }.bytes
  }
}
