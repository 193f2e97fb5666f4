import SqueezeOperators
import SqueezeTensor
import Testing

@Suite struct ResizeTests {
  @Test("agrees with ONNX Runtime", arguments: golden)
  func agreesWithONNXRuntime(_ problem: NodeCase) throws {
    let y = try problem.run()
    #expect(Tolerance(relative: 1e-5, absolute: 1e-5).accepts(y[0], expected: problem.outputs[0]))
  }

  @Test func aSizeOfZeroKeepsTheInputs() throws {
    let op = Resize(.sizes([0, 0, 4, 1]), interpolation: .nearest(.floor))
    #expect(try op.checkedOutputs(for: [TensorSpec([7, 2, 2, 3])])[0].shape == [7, 2, 4, 1])
    #expect(op.channelFlow == .preserves)
  }

  @Test func emptyInputsStayEmpty() throws {
    let op = Resize(.scales([1, 1, 2, 2]), interpolation: .linear)
    #expect(try op(Tensor(zeros: [0, 1, 2, 2]))[0].shape == [0, 1, 4, 4])
  }

  @Test func refusesWhatItCannotResize() {
    let x = TensorSpec([1, 1, 2, 3])
    #expect(Resize(.scales([1, 1])).refusal(x) == "Resize: expected 4 scales, got 2")
    let zero = Resize(.scales([1, 1, 0, 1])).refusal(x)
    #expect(
      zero == "Resize: expected scales above 0 that give at most 2^40 positions, got 0.0"
    )
    for scale in [Float.nan, .infinity, -1, 1e30] {
      #expect(Resize(.scales([1, 1, scale, 1])).refusal(x) != nil)
    }
    #expect(
      Resize(.sizes([0, 0, -1, 1])).refusal(x) == "Resize: expected sizes in 0...2^40, got -1"
    )
    #expect(Resize(.sizes([1 << 39, 4, 1, 1])).refusal(x) != nil)
    #expect(
      Resize(.sizes([0, 0, 2, 2])).refusal(TensorSpec([1, 1, 0, 2]))
        == "Resize: expected elements to resize along axis 2, got [1, 1, 0, 2]"
    )
    let linear = Resize(.sizes([0, 0, 2, 2]), interpolation: .linear)
    #expect(
      linear.refusal(TensorSpec([1, 1, 2, 2], .uint8))
        == "Resize: expected a real input, got uint8 [1, 1, 2, 2]"
    )
  }

  @Test func cubicInterpolationIsNamedAsUnsupported() {
    let problem = NodeCase(
      "Resize",
      opset: 13,
      [.value(ramp([1, 1, 2, 2])), .absent, .constant(Tensor([4], [1, 1, 2, 2]))],
      ["mode": .string("cubic")]
    )
    let expected = ONNXError.unsupported(node: "node", type: "Resize", reason: "mode cubic")
    #expect(throws: expected) { try problem.read() }
  }

  @Test func sizesThatFollowAnOpenInputBecomeScales() throws {
    var node = NodeCase(
      "Resize",
      opset: 13,
      [.value(ramp([2, 3, 4, 6])), .absent, .absent, .constant(list(2, 3, 8, 3))]
    ).node()
    node.inputs[0].otherShape = [3, 3, 8, 10]
    node.inputs[3].otherIntegers = [3, 3, 16, 5]
    var builder = ONNXBuilder(node)
    try Resize.read(node, into: &builder)
    #expect(builder.nodes[0].op as? Resize == Resize(.scales([1, 1, 2, 0.5])))
    node.inputs[3].otherIntegers = [3, 3, 16, 6]
    #expect(throws: ONNXError.self) { try Resize.read(node, into: &builder) }
  }

  /// `0 1 2 / 3 4 5` in other sizes.
  static let golden: [NodeCase] = [
    NodeCase(
      "Resize",
      opset: 13,
      [
        .value(Tensor([1, 1, 2, 3], [0, 1, 2, 3, 4, 5])), .absent, .absent,
        .constant(Tensor([4], integers: [1, 1, 3, 5])),
      ],
      ["mode": .string("linear"), "coordinate_transformation_mode": .string("half_pixel")],
      outputs: [
        Tensor([1, 1, 3, 5], [0, 0.4, 1, 1.6, 2, 1.5, 1.9, 2.5, 3.1, 3.5, 3, 3.4, 4, 4.6, 5])
      ]
    ),
    NodeCase(
      "Resize",
      opset: 13,
      [
        .value(Tensor([1, 1, 2, 3], [0, 1, 2, 3, 4, 5])), .absent,
        .constant(Tensor([4], [1, 1, 2.5, 0.7])),
      ],
      ["mode": .string("linear"), "coordinate_transformation_mode": .string("half_pixel")],
      outputs: [
        Tensor(
          [1, 1, 5, 2],
          [
            0.214286, 1.642857, 0.514286, 1.942857, 1.714286, 3.142857, 2.914286, 4.342857,
            3.214286, 4.642857,
          ]
        )
      ]
    ),
    NodeCase(
      "Resize",
      opset: 13,
      [
        .value(Tensor([1, 1, 2, 3], [0, 1, 2, 3, 4, 5])), .absent, .absent,
        .constant(Tensor([4], integers: [1, 1, 3, 5])),
      ],
      ["mode": .string("linear"), "coordinate_transformation_mode": .string("pytorch_half_pixel")],
      outputs: [
        Tensor([1, 1, 3, 5], [0, 0.4, 1, 1.6, 2, 1.5, 1.9, 2.5, 3.1, 3.5, 3, 3.4, 4, 4.6, 5])
      ]
    ),
    NodeCase(
      "Resize",
      opset: 13,
      [
        .value(Tensor([1, 1, 2, 3], [0, 1, 2, 3, 4, 5])), .absent,
        .constant(Tensor([4], [1, 1, 2.5, 0.7])),
      ],
      ["mode": .string("linear"), "coordinate_transformation_mode": .string("pytorch_half_pixel")],
      outputs: [
        Tensor(
          [1, 1, 5, 2],
          [
            0.214286, 1.642857, 0.514286, 1.942857, 1.714286, 3.142857, 2.914286, 4.342857,
            3.214286, 4.642857,
          ]
        )
      ]
    ),
    NodeCase(
      "Resize",
      opset: 13,
      [
        .value(Tensor([1, 1, 2, 3], [0, 1, 2, 3, 4, 5])), .absent, .absent,
        .constant(Tensor([4], integers: [1, 1, 3, 5])),
      ],
      ["mode": .string("linear"), "coordinate_transformation_mode": .string("align_corners")],
      outputs: [Tensor([1, 1, 3, 5], [0, 0.5, 1, 1.5, 2, 1.5, 2, 2.5, 3, 3.5, 3, 3.5, 4, 4.5, 5])]
    ),
    NodeCase(
      "Resize",
      opset: 13,
      [
        .value(Tensor([1, 1, 2, 3], [0, 1, 2, 3, 4, 5])), .absent,
        .constant(Tensor([4], [1, 1, 2.5, 0.7])),
      ],
      ["mode": .string("linear"), "coordinate_transformation_mode": .string("align_corners")],
      outputs: [Tensor([1, 1, 5, 2], [0, 2, 0.75, 2.75, 1.5, 3.5, 2.25, 4.25, 3, 5])]
    ),
    NodeCase(
      "Resize",
      opset: 13,
      [
        .value(Tensor([1, 1, 2, 3], [0, 1, 2, 3, 4, 5])), .absent, .absent,
        .constant(Tensor([4], integers: [1, 1, 3, 5])),
      ],
      ["mode": .string("linear"), "coordinate_transformation_mode": .string("asymmetric")],
      outputs: [
        Tensor([1, 1, 3, 5], [0, 0.6, 1.2, 1.8, 2, 2, 2.6, 3.2, 3.8, 4, 3, 3.6, 4.2, 4.8, 5])
      ]
    ),
    NodeCase(
      "Resize",
      opset: 13,
      [
        .value(Tensor([1, 1, 2, 3], [0, 1, 2, 3, 4, 5])), .absent,
        .constant(Tensor([4], [1, 1, 2.5, 0.7])),
      ],
      ["mode": .string("linear"), "coordinate_transformation_mode": .string("asymmetric")],
      outputs: [
        Tensor(
          [1, 1, 5, 2],
          [0, 1.428571, 1.2, 2.628572, 2.4, 3.828571, 3, 4.428572, 3, 4.428572]
        )
      ]
    ),
    NodeCase(
      "Resize",
      opset: 13,
      [
        .value(Tensor([1, 1, 2, 3], [0, 1, 2, 3, 4, 5])), .absent, .absent,
        .constant(Tensor([4], integers: [1, 1, 3, 6])),
      ],
      [
        "mode": .string("nearest"), "coordinate_transformation_mode": .string("half_pixel"),
        "nearest_mode": .string("round_prefer_floor"),
      ],
      outputs: [Tensor([1, 1, 3, 6], [0, 0, 1, 1, 2, 2, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5])]
    ),
    NodeCase(
      "Resize",
      opset: 13,
      [
        .value(Tensor([1, 1, 2, 3], [0, 1, 2, 3, 4, 5])), .absent, .absent,
        .constant(Tensor([4], integers: [1, 1, 3, 6])),
      ],
      [
        "mode": .string("nearest"), "coordinate_transformation_mode": .string("half_pixel"),
        "nearest_mode": .string("round_prefer_ceil"),
      ],
      outputs: [Tensor([1, 1, 3, 6], [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 3, 3, 4, 4, 5, 5])]
    ),
    NodeCase(
      "Resize",
      opset: 13,
      [
        .value(Tensor([1, 1, 2, 3], [0, 1, 2, 3, 4, 5])), .absent, .absent,
        .constant(Tensor([4], integers: [1, 1, 3, 6])),
      ],
      [
        "mode": .string("nearest"), "coordinate_transformation_mode": .string("asymmetric"),
        "nearest_mode": .string("floor"),
      ],
      outputs: [Tensor([1, 1, 3, 6], [0, 0, 1, 1, 2, 2, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5])]
    ),
    NodeCase(
      "Resize",
      opset: 13,
      [
        .value(Tensor([1, 1, 2, 3], [0, 1, 2, 3, 4, 5])), .absent, .absent,
        .constant(Tensor([4], integers: [1, 1, 3, 6])),
      ],
      [
        "mode": .string("nearest"), "coordinate_transformation_mode": .string("align_corners"),
        "nearest_mode": .string("ceil"),
      ],
      outputs: [Tensor([1, 1, 3, 6], [0, 1, 1, 2, 2, 2, 3, 4, 4, 5, 5, 5, 3, 4, 4, 5, 5, 5])]
    ),
    NodeCase(
      "Resize",
      opset: 18,
      [
        .value(Tensor([1, 1, 2, 3], [0, 1, 2, 3, 4, 5])), .absent,
        .constant(Tensor([2], [2, 1.5])),
      ],
      ["mode": .string("linear"), "axes": .ints([3, 2])],
      outputs: [
        Tensor(
          [1, 1, 3, 6],
          [
            0, 0.25, 0.75, 1.25, 1.75, 2, 1.5, 1.75, 2.25, 2.75, 3.25, 3.5, 3, 3.25, 3.75, 4.25,
            4.75, 5,
          ]
        )
      ]
    ),
    NodeCase(
      "Resize",
      opset: 18,
      [
        .value(Tensor([1, 1, 2, 3], [0, 1, 2, 3, 4, 5])), .absent, .absent,
        .constant(Tensor([2], integers: [3, 4])),
      ],
      ["axes": .ints([2, 3])],
      outputs: [Tensor([1, 1, 3, 4], [0, 1, 1, 2, 0, 1, 1, 2, 3, 4, 4, 5])]
    ),
    NodeCase(
      "Resize",
      opset: 11,
      [
        .value(Tensor([1, 1, 2, 3], [0, 1, 2, 3, 4, 5])), .constant(Tensor([0], [])),
        .constant(Tensor([4], [1, 1, 2, 2])),
      ],
      [:],
      outputs: [
        Tensor(
          [1, 1, 4, 6],
          [0, 0, 1, 1, 2, 2, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 3, 3, 4, 4, 5, 5]
        )
      ]
    ),
    NodeCase(
      "Resize",
      opset: 19,
      [
        .value(Tensor([1, 1, 2, 3], [0, 1, 2, 3, 4, 5])), .absent,
        .constant(Tensor([4], [1, 1, 1.3, 1.7])),
      ],
      [
        "mode": .string("linear"),
        "coordinate_transformation_mode": .string("half_pixel_symmetric"),
      ],
      outputs: [
        Tensor(
          [1, 1, 2, 5],
          [
            0.346154, 0.757919, 1.346154, 1.934389, 2.346154, 2.653846, 3.065611, 3.653846,
            4.242082, 4.653846,
          ]
        )
      ]
    ),
    NodeCase(
      "Resize",
      opset: 10,
      [
        .value(Tensor([1, 1, 2, 3], [0, 1, 2, 3, 4, 5])), .constant(Tensor([4], [1, 1, 2, 1.5])),
      ],
      [:],
      outputs: [Tensor([1, 1, 4, 4], [0, 0, 1, 2, 0, 0, 1, 2, 3, 3, 4, 5, 3, 3, 4, 5])]
    ),
    NodeCase(
      "Resize",
      opset: 10,
      [
        .value(Tensor([1, 1, 2, 3], [0, 1, 2, 3, 4, 5])), .constant(Tensor([4], [1, 1, 0.5, 0.7])),
      ],
      [:],
      outputs: [Tensor([1, 1, 1, 2], [0, 2])]
    ),
    NodeCase(
      "Upsample",
      opset: 7,
      [.value(Tensor([1, 1, 2, 3], [0, 1, 2, 3, 4, 5]))],
      ["scales": .floats([1.0, 1.0, 2.0, 1.5])],
      outputs: [Tensor([1, 1, 4, 4], [0, 0, 1, 2, 0, 0, 1, 2, 3, 3, 4, 5, 3, 3, 4, 5])]
    ),
    NodeCase(
      "Upsample",
      opset: 9,
      [
        .value(Tensor([1, 1, 2, 3], [0, 1, 2, 3, 4, 5])), .constant(Tensor([4], [1, 1, 2, 1.5])),
      ],
      ["mode": .string("linear")],
      outputs: [
        Tensor(
          [1, 1, 4, 4],
          [
            0, 0.666667, 1.333333, 2, 1.5, 2.166667, 2.833333, 3.5, 3, 3.666667, 4.333333, 5, 3,
            3.666667, 4.333333, 5,
          ]
        )
      ]
    ),
  ]
}
