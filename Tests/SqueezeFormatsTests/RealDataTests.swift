import Foundation
import SqueezeFormats
import SqueezeGraph
import SqueezeParameters
import SqueezeTensor
import SqueezeTestSupport
import Testing

/// Tests that need the real data; without it they are skipped by name.
@Suite(
  "real files",
  .enabled(if: TestData.isAvailable, "needs the data folder: SQUEEZE_DATA or ../shared/data")
)
struct RealDataTests {
  private static let folder = "squeezenet-deepcompression/"

  private static func squeezeNet() throws -> Model {
    try ModelFile.load(TestData.file("\(folder)squeezenet_v1.0.onnx"))
  }

  /// The inputs for which the reference outputs were computed.
  private static func referenceInput(_ shape: Shape, _ value: (Float, Int) -> Float) -> Tensor {
    Tensor(
      shape,
      (0..<shape.count).map { index in
        var bits = UInt32(truncatingIfNeeded: index) &* 2_654_435_761 &+ 1_013_904_223
        bits ^= bits >> 16
        return value(Float(bits & 0xFF_FFFF) / 0x1p24, index)
      }
    )
  }

  private static func floats(_ path: String) throws -> [Float] {
    let data = try Data(contentsOf: TestData.file(path))
    return stride(from: 0, to: data.count, by: 4).map { offset in
      Float(bitPattern: data[offset..<offset + 4].reversed().reduce(0) { $0 << 8 | UInt32($1) })
    }
  }

  // MARK: SqueezeNet

  @Test("the .net file holds the weights of the .onnx file, bit by bit")
  func net() throws {
    let structure = try Self.squeezeNet()
    let url = try TestData.file("\(Self.folder)compressed_SqueezeNet.net")
    let model = try ModelFile.load(url, structure: structure)
    #expect(ModelComparison(structure, model).difference == nil)
    let weights = model.parameters.values.compactMap { $0 as? MaskedCodebook }
    #expect(weights.count == 26)
    let kept = weights.reduce(0) { $0 + $1.indices.count { $0 != 0 } }
    #expect(kept == 415_921)
    #expect(try model.cost().parameters == 1_244_448 + 3_976)
  }

  @Test(
    "the container of the .net file is small, and bit-identical",
    arguments: [
      (SQZWriter.Coder.standard, 515_000), (.mixing, 515_000), (.context, 516_500),
      (.rans, 535_000), (.huffman, 560_000),
    ]
  )
  func container(_ coder: SQZWriter.Coder, _ limit: Int) throws {
    let structure = try Self.squeezeNet()
    let url = try TestData.file("\(Self.folder)compressed_SqueezeNet.net")
    let model = try ModelFile.load(url, structure: structure)
    let bytes = try SQZWriter(coder: coder).bytes(of: model)
    #expect(bytes.count <= limit)
    let reader = try SQZReader(bytes: bytes)
    #expect(reader.directoryByteCount <= 1300)
    #expect(ModelComparison(structure, try reader.model()).difference == nil)
  }

  @Test("dense floats that were once quantized get as small as the codebooks they came from")
  func denseContainer() throws {
    let model = try Self.squeezeNet()
    let bytes = try SQZWriter().bytes(of: model)
    #expect(bytes.count <= 515_000)
    let read = try SQZReader(bytes: bytes).model()
    #expect(ModelComparison(model, read).difference == nil)
    #expect(read.parameters.values.allSatisfy { $0 is Dense })
  }

  /// 832,667,936 MACs with the paper's 13×13 classifier (checked by hand in the tests of
  /// SqueezeNet), and 15·15 − 13·13 more positions of 512·1000 because this file pads it by 1.
  @Test("the file costs what a count by hand says")
  func cost() throws {
    let cost = try Self.squeezeNet().cost(for: ["data": [1, 3, 227, 227]])
    #expect(cost.parameters == 1_244_448 + 3_976)
    #expect(cost.macs == 832_667_936 + (15 * 15 - 13 * 13) * 512 * 1000)
    #expect(cost.macs == 861_339_936)
  }

  // MARK: Small models

  @Test("ONNX Runtime's small sigmoids are whole multiples of 2⁻²⁵", arguments: [8, 16, 32])
  func sigmoidGranularity(_ stride: Int) throws {
    let values = try Self.floats("onnx-small/ref/yunet_n_320.obj_\(stride).f32")
    #expect(values.allSatisfy { ($0 * 0x1p25).rounded() == $0 * 0x1p25 })
  }

  private static let models = [
    "cifar_base_kw", "cifar_keras", "cifar_resnet_2b", "cifar_small_nhwc", "convnet_maxpool",
    "gtsrb", "lenet5", "lenet_cifar", "mesonet", "mnist8", "mnist_pool", "mnist_sm",
    "mnist_tiny1674", "squeezenet_cifar10", "steel_v4_fp32", "steel_v4_int8",
    "ultraface_slim_320", "yunet_n_320",
  ]

  @Test("a small model computes what ONNX Runtime does, also after a round trip", arguments: models)
  func smallModel(_ name: String) throws {
    let model = try ModelFile.load(TestData.file("onnx-small/\(name).onnx"))
    let scale: Float = name.hasPrefix("yunet") ? 255 : 1
    var inputs: [String: Tensor] = [:]
    for input in model.inputs {
      inputs[input.name] = Self.referenceInput(input.shape()) { value, _ in value * scale }
    }
    let outputs = try ReferenceRuntime().run(model, inputs: inputs)
    #expect(outputs.count == model.outputs.count)
    for (output, tensor) in outputs {
      let file = output.replacing("/", with: "_").replacing(":", with: "_")
      let expected = try Self.floats("onnx-small/ref/\(name).\(file).f32")
      let isThinned = tensor.count > 40_000
      let actual =
        isThinned
        ? tensor.reals.enumerated().filter { $0.offset % 16 == 0 }.map(\.element)
        : tensor.reals
      #expect(actual.count == expected.count)
      let largest = expected.reduce(0) { max($0, abs($1)) }
      // ONNX Runtime's sigmoid is ½ + p(x)/q(x): near 0 it is a multiple of 2⁻²⁵ and up to 2⁻²³ off
      // (`sigmoidGranularity`), where outputs of 1e-4 and less still have all their digits here.
      let allowed = max(1e-4 * largest, 0x1p-23)
      let worst = zip(actual, expected).reduce(0) { max($0, abs($1.0 - $1.1)) }
      #expect(worst <= allowed, "\(output): \(worst) beyond \(allowed)")
    }
    let onnx = try ONNXImporter().model(from: ONNXExporter().bytes(of: model))
    #expect(ModelComparison(model, onnx).difference == nil)
    let container = try SQZReader(bytes: SQZWriter().bytes(of: model)).model()
    #expect(ModelComparison(model, container).difference == nil)
  }
}
