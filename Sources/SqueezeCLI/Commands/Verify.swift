import ArgumentParser
import Squeeze

/// `squeeze verify`: whether two models are the same.
struct Verify: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Say whether two models have equal graphs and bit-identical parameters.",
    discussion: """
      Parameters are compared as decoded, so a codebook and the dense floats it stands for are the \
      same. Exit code 0 where they are, 1 where they differ.

      EXAMPLES
        squeeze verify model.onnx model.sqz
        squeeze verify compressed.net model.sqz --structure squeezenet.onnx
      """
  )

  @Argument(help: "A model.")
  var first: String
  @Argument(help: "Another model.")
  var second: String
  @OptionGroup var structure: StructureOptions
  @OptionGroup var output: OutputOptions

  private struct Result: Encodable {
    var identical: Bool
    var difference: String?
    var parameters: Int
    var parameters_sha256: [String]
  }

  func run() throws {
    let (a, b) = (try structure.load(first), try structure.load(second))
    let difference = ModelComparison(a, b).difference?.description
    let result = Result(
      identical: difference == nil,
      difference: difference,
      parameters: a.parameters.values.reduce(0) { $0 + $1.shape.count },
      parameters_sha256: [a.parametersSHA256, b.parametersSHA256]
    )
    if output.json {
      try Console.json(result)
    } else if let difference {
      Console.print("different: \(difference)")
    } else {
      Console.print(
        "identical: equal graphs, \(Units.grouped(result.parameters)) parameters bit for bit"
      )
    }
    if difference != nil { throw ExitCode.failure }
  }
}
