import Foundation
import SqueezeFormats
import SqueezeGraph
import SqueezeOperators
import SqueezeParameters
import SqueezeTensor
import SqueezeTestSupport
import Testing

@Suite("safetensors")
struct SafetensorsTests {
  private static let tensors: [String: Tensor] = {
    var random = SeededGenerator(seed: 1)
    var tensors: [String: Tensor] = [:]
    for type in ElementType.allCases {
      let tensor = random.tensor(TensorSpec([2, 3], type))
      let halves = tensor.scalars.map {
        HalfPrecision.float(bfloat16Bits: UInt16($0.bitPattern >> 16))
      }
      let isHalf = type == .float16 || type == .bfloat16
      tensors[type.rawValue] = isHalf ? Tensor([2, 3], halves, type: type) : tensor
    }
    tensors["empty"] = Tensor([0, 4], [])
    tensors["scalar"] = Tensor([], [2.5])
    return tensors
  }()

  private static func file(_ header: String, _ body: [UInt8]) -> [UInt8] {
    let text = [UInt8](header.utf8)
    return ONNXBytes.bytes(of: UInt64(text.count)) + text + body
  }

  @Test("every element type comes back bit-identical")
  func roundTrip() throws {
    let file = Safetensors(tensors: Self.tensors, metadata: ["format": "pt"])
    let read = try Safetensors(bytes: file.bytes)
    #expect(read.tensors.keys.sorted() == Self.tensors.keys.sorted())
    for (name, tensor) in Self.tensors {
      #expect(read.tensors[name]?.isBitIdentical(to: tensor) == true, "\(name)")
    }
    #expect(read.metadata == ["format": "pt"])
    #expect(read.bytes == file.bytes)
  }

  @Test("a file as the format's description gives it is read")
  func example() throws {
    let header =
      #"{"a":{"dtype":"I8","shape":[2],"data_offsets":[4,6]},"#
      + #""b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#
    let read = try Safetensors(bytes: Self.file(header, [0, 0, 0x80, 0x3F, 0xFF, 5]))
    #expect(read.tensors["b"] == Tensor([1], [1]))
    #expect(read.tensors["a"] == Tensor([2], integers: [-1, 5], type: .int8))
  }

  @Test(
    "damaged files are refused",
    arguments: [
      (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#, "the bytes of float32 [2]"),
      (#"{"a":{"dtype":"F8","shape":[4],"data_offsets":[0,4]}}"#, "one of F32"),
      (#"{"a":{"dtype":"U8","shape":[-4],"data_offsets":[0,4]}}"#, "the bytes of uint8 [-4]"),
      (
        #"{"a":{"dtype":"U8","shape":[9223372036854775807,9],"data_offsets":[0,4]}}"#,
        "the bytes of uint8"
      ),
      (#"{"a":{"dtype":"U8","shape":[5],"data_offsets":[0,5]}}"#, "bytes from 0, within 4"),
      (#"{"a":{"dtype":"U8","shape":[3],"data_offsets":[1,4]}}"#, "bytes from 0"),
      (#"{"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]}}"#, "3 bytes of tensors"),
      (#"{"a":{"dtype":"U8","shape":[3],"data_offsets":[0]}}"#, "2 data offsets"),
      (#"{"a":{"dtype":"BOOL","shape":[4],"data_offsets":[0,4]}}"#, "bool elements"),
      (
        #"{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"#
          + #""b":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}}"#, "bytes from 4"
      ),
      (#"{"a":7}"#, "JSON that describes tensors"), ("{", "JSON that describes tensors"),
    ]
  )
  func damaged(_ header: String, _ expected: String) {
    let text = message { _ = try Safetensors(bytes: Self.file(header, [1, 2, 3, 4])) }
    #expect(text.contains("expected \(expected)"), "\(text)")
  }

  @Test("a long header is refused before it is read")
  func longHeader() {
    let bytes = ONNXBytes.bytes(of: UInt64.max) + [0x7B, 0x7D]
    #expect(
      message { _ = try Safetensors(bytes: bytes) }
        == "header: expected at most 2 bytes, got \(UInt64.max)"
    )
  }

  @Test("a model's weights go into its structure")
  func model() throws {
    let model = smallModel()
    var structure = model
    structure.parameters = [:]
    let read = try Safetensors(bytes: Safetensors(model).bytes).model(structure: structure)
    #expect(ModelComparison(model, read).difference == nil)
    #expect(read.parameters["conv2.bias"] is Half)
  }

  @Test("PyTorch's names serve the nodes of its ONNX exporter")
  func fallback() throws {
    let structure = Model(
      inputs: [ModelInput("x", [1, 3])],
      outputs: ["y"],
      nodes: [
        Node(
          "/classifier/classifier.1/Gemm",
          FullyConnected(outputFeatures: 2),
          inputs: ["x"],
          outputs: ["y"]
        )
      ]
    )
    let tensors = [
      "classifier.1.weight": Tensor([2, 3], [1, 2, 3, 4, 5, 6]),
      "classifier.1.bias": Tensor([2], [7, 8]),
    ]
    let model = try Safetensors(tensors: tensors).model(structure: structure)
    #expect(model.parameters["/classifier/classifier.1/Gemm.bias"]?.decoded().scalars == [7, 8])
    let wrong = ["classifier.1.weight": Tensor([3, 2], [1, 2, 3, 4, 5, 6])]
    #expect(
      message { _ = try Safetensors(tensors: wrong).model(structure: structure) }
        == "parameter \"/classifier/classifier.1/Gemm.weight\": expected a tensor of that name, got none"
    )
  }

  @Test("10,000 damaged files give a tensor file or an error")
  func fuzz() {
    let bytes = Safetensors(tensors: Self.tensors).bytes
    var errors = 0
    for mutation in Mutations(of: bytes, count: 10_000) {
      do throws(FormatError) { _ = try Safetensors(bytes: mutation) } catch { errors += 1 }
    }
    #expect(errors > 4000)
  }
}
