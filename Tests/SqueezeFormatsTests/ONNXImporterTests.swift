import Foundation
import SqueezeFormats
import SqueezeGraph
import SqueezeOperators
import SqueezeParameters
import SqueezeTensor
import Testing

@Suite("ONNX import")
struct ONNXImporterTests {
  private typealias O = ONNXBytes

  private func load(
    inputs: [O.Message] = [O.input("x", [1, 4])],
    outputs: [String] = ["y"],
    nodes: [O.Message],
    initializers: [O.Message] = [],
    opset: Int? = 13
  ) throws -> Model {
    try ONNXImporter().model(
      from: O.model(
        inputs: inputs,
        outputs: outputs,
        nodes: nodes,
        initializers: initializers,
        opset: opset
      )
    )
  }

  // MARK: Names and order

  @Test("unnamed and equally named nodes get names of their own")
  func names() throws {
    let model = try load(nodes: [
      O.node("Relu", ["x"], ["a/b:0"]), O.node("Relu", ["a/b:0"], ["c"], name: "same"),
      O.node("Relu", ["c"], ["d"], name: "same"), O.node("Relu", ["d"], ["y"], name: "a/b:0"),
    ])
    #expect(model.nodes.map(\.name) == ["a/b:0", "same", "same_2", "a/b:0_2"])
    #expect(model.nodes.map(\.outputs) == [["a/b:0"], ["c"], ["d"], ["y"]])
  }

  @Test("nodes out of order are sorted, unused ones removed")
  func order() throws {
    let model = try load(nodes: [
      O.node("Relu", ["b"], ["y"]), O.node("Relu", ["a"], ["b"]), O.node("Relu", ["x"], ["a"]),
      O.node("NoSuchType", ["x"], ["unused"]),
    ])
    #expect(model.nodes.map(\.name) == ["a", "b", "y"])
  }

  @Test("cycles and values that nothing makes are refused")
  func brokenGraphs() {
    func text(_ nodes: [O.Message], outputs: [String] = ["y"]) -> String {
      message { _ = try load(outputs: outputs, nodes: nodes) }
    }
    #expect(
      text([
        O.node("Relu", ["b"], ["a"]), O.node("Relu", ["a"], ["b"]), O.node("Relu", ["a"], ["y"]),
      ])
        == "graph: expected no cycle, got nodes that need each other"
    )
    #expect(
      text([O.node("Relu", ["nowhere"], ["y"], name: "r")])
        == "Relu \"r\": expected inputs that an input, an initializer or a node makes, got \"nowhere\""
    )
    #expect(
      text([O.node("Relu", ["x"], ["y"])], outputs: ["z"])
        == "output \"z\": expected a node that makes it, got none"
    )
    #expect(
      text([O.node("Relu", ["x"], ["y"]), O.node("Relu", ["x"], ["y"])])
        == "value \"y\": expected one node or input that makes it, got two"
    )
  }

  @Test("every unsupported node is listed in one error")
  func unsupported() {
    let nodes = [
      O.node("NonMaxSuppression", ["x"], ["a"], name: "first"), O.node("Relu", ["a"], ["b"]),
      O.node("Magic", ["b"], ["c"], name: "second", domain: "org.example"),
      O.node("If", ["c"], ["y"]),
    ]
    #expect(
      message { _ = try load(nodes: nodes) } == """
        expected supported operators, got 3 nodes of others:
          NonMaxSuppression "first": no such operator
          org.example.Magic "second": no such operator
          If "y": no such operator
        """
    )
  }

  @Test("operator sets outside 7 to 21 are refused", arguments: [nil, 6, 22])
  func operatorSets(_ opset: Int?) {
    let text = message { _ = try load(nodes: [O.node("Relu", ["x"], ["y"])], opset: opset) }
    let actual = opset.map { "\($0)" } ?? "none"
    #expect(text == "operator set: expected version 7 to 21, got \(actual)")
  }

  // MARK: Inputs and tensors

  @Test("open sizes keep their names, absent ones get one, inputs with initializers are none")
  func inputs() throws {
    let model = try load(
      inputs: [
        O.input("x", ["batch", 2, .absent]), O.input("k", [], type: 7), O.input("w", [2]),
      ],
      nodes: [O.node("Relu", ["x"], ["y"])],
      initializers: [O.floats("w", [2], [1, 2])]
    )
    #expect(
      model.inputs == [
        ModelInput("x", [.named("batch"), .fixed(2), .named("x_2")]),
        ModelInput("k", [], type: .int64),
      ]
    )
  }

  @Test("every element type of an initializer is read, raw and typed")
  func elementTypes() throws {
    func constant(_ tensor: O.Message) throws -> any ParameterEncoding {
      let model = try load(
        inputs: [],
        outputs: ["w"],
        nodes: [],
        initializers: [tensor]
      )
      return try #require(model.parameters["w.value"])
    }
    func typed(_ type: Int, _ field: Int, _ values: [Int]) -> O.Message {
      O.message { tensor in
        tensor.add(1, values.count)
        tensor.add(2, type)
        for value in values { tensor.add(field, value) }
        tensor.add(8, "w")
      }
    }
    let half = try constant(O.tensor("w", [2], type: 10, raw: [0x00, 0x3C, 0x00, 0xC0]))
    #expect(half is Half && half.decoded().scalars == [1, -2])
    let brain = try constant(O.tensor("w", [1], type: 16, raw: [0x80, 0x3F]))
    #expect((brain as? Half)?.format == .bfloat16 && brain.decoded().scalars == [1])
    let double = try constant(O.tensor("w", [], type: 11, raw: O.bytes(of: (0.5).bitPattern)))
    #expect(double.decoded() == Tensor([], [0.5]))
    #expect(
      try constant(typed(3, 5, [-1, 7])).decoded() == Tensor([2], integers: [-1, 7], type: .int8)
    )
    #expect(
      try constant(typed(9, 5, [1, 0])).decoded() == Tensor([2], integers: [1, 0], type: .bool)
    )
    #expect(try constant(typed(13, 11, [5])).decoded() == Tensor([1], integers: [5], type: .uint64))
    #expect(try constant(typed(7, 7, [-9])).decoded() == Tensor([1], integers: [-9]))
    #expect(try constant(typed(10, 5, [0x3C00])).decoded().scalars == [1])
    #expect(
      message { _ = try constant(typed(2, 5, [256])) }.hasSuffix("expected uint8 elements, got 256")
    )
    #expect(message { _ = try constant(typed(8, 5, [1])) }.contains("got type 8"))
    #expect(
      message { _ = try constant(O.tensor("w", [3], type: 1, raw: [0, 0, 0, 0])) }
        == "initializer \"w\": expected 12 bytes for float32 [3], got 4"
    )
    #expect(
      message { _ = try constant(O.tensor("w", [-1], type: 1, raw: [])) }
        .hasPrefix("initializer \"w\": expected a shape")
    )
    #expect(
      message { _ = try constant(O.tensor("w", [1 << 32, 1 << 32], type: 1, raw: [])) }
        .hasPrefix("initializer \"w\": expected a shape")
    )
  }

  @Test("a constant that several nodes take becomes one node")
  func sharedConstant() throws {
    let model = try load(
      outputs: ["a", "b"],
      nodes: [
        O.node("Concat", ["x", "w"], ["a"], attributes: [("axis", .int(0))]),
        O.node("Concat", ["w", "x"], ["b"], attributes: [("axis", .int(0))]),
      ],
      initializers: [O.floats("w", [1, 4], [1, 2, 3, 4])]
    )
    #expect(model.nodes.map { type(of: $0.op).name } == ["Constant", "Concatenate", "Concatenate"])
    #expect(model.nodes[0].name == "w")
    #expect(model.parameters["w.value"]?.decoded().scalars == [1, 2, 3, 4])
  }

  // MARK: Shapes

  @Test("shape arithmetic with an open batch is folded into a reshape")
  func shapeArithmetic() throws {
    let model = try load(
      inputs: [O.input("x", ["N", 3, 4])],
      nodes: [
        O.node("Shape", ["x"], ["s"]),
        O.node("Gather", ["s", "zero"], ["n"], attributes: [("axis", .int(0))]),
        O.node("Unsqueeze", ["n", "axes"], ["n1"]),
        O.node("Concat", ["n1", "rest"], ["target"], attributes: [("axis", .int(0))]),
        O.node("Reshape", ["x", "target"], ["y"]),
      ],
      initializers: [
        O.integers("zero", [], [0]), O.integers("axes", [1], [0]), O.integers("rest", [1], [12]),
      ]
    )
    #expect(model.nodes.map { type(of: $0.op).name } == ["Reshape"])
    #expect(try model.infer(["x": [5, 3, 4]]).values["y"]?.shape == [5, 12])
    #expect(model.inputs[0].dimensions[0] == .named("N"))
  }

  @Test("a network that takes one image only has its batch fixed")
  func fixedBatch() throws {
    let model = try load(
      inputs: [O.input("x", ["N", 3, 4])],
      nodes: [O.node("Reshape", ["x", "target"], ["y"])],
      initializers: [O.integers("target", [2], [1, 12])]
    )
    #expect(model.inputs == [ModelInput("x", [1, 3, 4])])
  }

  @Test("open image sizes stay open")
  func openImage() throws {
    let model = try load(
      inputs: [O.input("x", ["N", 1, "H", "W"])],
      nodes: [O.node("Conv", ["x", "w"], ["y"])],
      initializers: [O.floats("w", [1, 1, 3, 3], [Float](repeating: 1, count: 9))]
    )
    #expect(model.inputs[0].dimensions == [.named("N"), .fixed(1), .named("H"), .named("W")])
    #expect(try model.infer(["x": [1, 1, 9, 8]]).values["y"]?.shape == [1, 1, 7, 6])
  }

  @Test("weights that are reshaped before use are folded")
  func foldedWeights() throws {
    let model = try load(
      nodes: [
        O.node("Reshape", ["w", "shape"], ["w2"]),
        O.node("Gemm", ["x", "w2"], ["y"]),
      ],
      initializers: [
        O.floats("w", [2, 2, 3], (0..<12).map { Float($0) }), O.integers("shape", [2], [4, 3]),
      ]
    )
    #expect(model.nodes.count == 1)
    #expect(model.parameters["y.weight"]?.shape == [3, 4])
    #expect(model.parameters["y.weight"]?.decoded().scalars[1] == 3)
  }

  @Test("float16 weights behind a cast and integers behind their scale keep their encoding")
  func encodings() throws {
    let model = try load(
      nodes: [
        O.node("Cast", ["h"], ["w"], attributes: [("to", .int(1))]),
        O.node("Gemm", ["x", "w"], ["m"]),
        O.node(
          "DequantizeLinear",
          ["q", "scale", "zero"],
          ["w2"],
          attributes: [("axis", .int(0))]
        ),
        O.node("Gemm", ["m", "w2"], ["y"], attributes: [("transB", .int(1))]),
      ],
      initializers: [
        O.tensor("h", [4, 2], type: 10, raw: (0..<8).flatMap { [0, 0x3C + $0] }),
        O.tensor("q", [2, 2], type: 3, raw: [1, 2, 3, 0xFF]), O.floats("scale", [2], [0.5, 2]),
        O.tensor("zero", [2], type: 3, raw: [0, 1]),
      ]
    )
    #expect(model.parameters["m.weight"]?.shape == [2, 4])
    let integer = try #require(model.parameters["y.weight"] as? UniformInteger)
    #expect(integer.integers == [1, 2, 3, -1])
    #expect(integer.decoded().scalars == [0.5, 1, 4, -4])
  }

  @Test("a bomb of constants is left alone or refused", .timeLimit(.minutes(1)))
  func bombs() {
    // Each node doubles what the one before made; 40 of them would be a terabyte.
    var nodes: [O.Message] = []
    var name = "w"
    for step in 0..<40 {
      nodes.append(
        O.node("Concat", [name, name], ["c\(step)"], attributes: [("axis", .int(0))])
      )
      name = "c\(step)"
    }
    nodes.append(O.node("Relu", [name], ["y"]))
    let text = message {
      _ = try load(
        nodes: nodes,
        initializers: [O.floats("w", [1000], .init(repeating: 1, count: 1000))]
      )
    }
    #expect(text.contains("at most 2^40 elements"))
    let huge = message {
      _ = try load(
        nodes: [O.node("ConstantOfShape", ["w"], ["c"]), O.node("Relu", ["c"], ["y"])],
        initializers: [O.integers("w", [2], [1 << 30, 1 << 8])]
      )
    }
    #expect(huge != "")
  }

  // MARK: Metadata

  @Test("producer and operator set are kept")
  func metadata() throws {
    var bytes = O.model(
      inputs: [O.input("x", [1])],
      outputs: ["y"],
      nodes: [O.node("Relu", ["x"], ["y"])]
    )
    bytes +=
      O.message {
        $0.add(2, "tool")
        $0.add(3, "1.2")
        $0.add(6, "a description")
      }.bytes
    let model = try ONNXImporter().model(from: bytes)
    #expect(
      model.metadata == ["producer": "tool 1.2", "opset": "13", "description": "a description"]
    )
    #expect(model.name == "test")
  }

  @Test(
    "what is no ONNX file is refused by name",
    arguments: [[], [1, 2, 3], [UInt8](repeating: 0x3A, count: 64)]
  )
  func otherBytes(_ bytes: [UInt8]) {
    #expect(
      message { _ = try ONNXImporter().model(from: bytes) }.hasPrefix(
        "message: expected an ONNX model"
      )
    )
  }
}
