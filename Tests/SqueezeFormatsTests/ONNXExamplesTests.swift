import Foundation
import SqueezeFormats
import SqueezeGraph
import SqueezeOperators
import SqueezeTensor
import SqueezeTestSupport
import Testing

/// Where the examples go.
private let exampleFolder = ProcessInfo.processInfo.environment["SQUEEZE_EXPORT_EXAMPLES"]
  .map { URL(fileURLWithPath: $0, isDirectory: true) }

/// Writes every catalogue example for `Benchmarks/check_operators.py`, which runs ONNX Runtime on it.
@Suite(
  "ONNX examples for other runtimes",
  .enabled(
    if: exampleFolder != nil,
    "writes files only where SQUEEZE_EXPORT_EXAMPLES names a folder"
  )
)
struct ONNXExamplesTests {
  /// A tensor in a file: float32, or int64 for integers of any type, row-major, little endian.
  private struct TensorFile: Encodable {
    var name: String
    var type: String
    var shape: [Int]
    var file: String
  }

  private struct Example: Encodable {
    var name: String
    var description: String
    var model: String
    var inputs: [TensorFile]
    var outputs: [TensorFile]
  }

  @Test("every example is written with its inputs and outputs")
  func write() throws {
    let folder = try #require(exampleFolder)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    var examples: [Example] = []
    var counts: [String: Int] = [:]
    for problem in OperatorCatalog.problems(seeds: 0..<1) where problem.op is any ONNXConvertible {
      let operatorName = type(of: problem.op).name
      let name = "\(operatorName)_\(counts[operatorName, default: 0])"
      counts[operatorName, default: 0] += 1
      let model = try problem.model()
      try ModelFile.save(model, to: folder.appendingPathComponent("\(name).onnx"))
      func files(_ tensors: [String: Tensor]) throws -> [TensorFile] {
        try tensors.sorted { $0.key < $1.key }.map { key, tensor in
          let file = "\(name).\(key).bin"
          try Data(Self.bytes(of: tensor)).write(to: folder.appendingPathComponent(file))
          return TensorFile(
            name: key,
            type: tensor.type.rawValue,
            shape: tensor.shape.dimensions,
            file: file
          )
        }
      }
      examples.append(
        Example(
          name: name,
          description: "\(problem)",
          model: "\(name).onnx",
          inputs: try files(problem.namedInputs),
          outputs: try files(ReferenceRuntime().run(model, inputs: problem.namedInputs))
        )
      )
    }
    #expect(counts.count > 50)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    try encoder.encode(examples).write(to: folder.appendingPathComponent("examples.json"))
  }

  private static func bytes(of tensor: Tensor) -> [UInt8] {
    tensor.type.isReal
      ? tensor.scalars.flatMap { ONNXBytes.bytes(of: $0.bitPattern) }
      : tensor.integers.flatMap { ONNXBytes.bytes(of: UInt64(bitPattern: Int64($0))) }
  }
}
