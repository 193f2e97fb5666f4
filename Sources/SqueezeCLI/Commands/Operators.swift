import ArgumentParser
import Squeeze

/// `squeeze operators`: what a model may contain.
struct Operators: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "operators",
    abstract: "List the operators, and the ONNX types each one reads.",
    discussion: """
      EXAMPLES
        squeeze operators
        squeeze operators --json
      """
  )

  @OptionGroup var output: OutputOptions

  private struct Entry: Encodable {
    var name: String
    var onnx: [String]
    var examples: Int
  }

  func run() throws {
    func exampleCount<Op: Operator>(_ type: Op.Type) -> Int { Op.examples.count }
    let entries = OperatorCatalog.all.map { type in
      Entry(
        name: type.name,
        onnx: type.onnxTypes,
        examples: exampleCount(type)
      )
    }
    if output.json { return try Console.json(entries) }
    let table = Table(
      [.init("operator"), .init("reads from ONNX"), .init("examples", .right)],
      rows: entries.map { [$0.name, $0.onnx.joined(separator: ", "), "\($0.examples)"] }
    )
    Console.print(table.text, terminator: "")
  }
}
