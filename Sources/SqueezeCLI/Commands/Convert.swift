import ArgumentParser
import Foundation
import Squeeze

/// `squeeze convert`: the same model in another format.
struct Convert: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert",
    abstract: "Write a model in another format, without loss.",
    discussion: """
      Reads .onnx, .sqz, .net (Deep Compression) and .safetensors; writes .onnx, .sqz and \
      .safetensors. A .net or .safetensors file holds weights only: name a model with their graph \
      by --structure. Every parameter keeps its bits; check with squeeze verify.

      EXAMPLES
        squeeze convert model.onnx model.sqz
        squeeze convert compressed.net model.sqz --structure squeezenet.onnx
        squeeze convert model.sqz model.onnx
        squeeze convert model.onnx model.sqz --coder rans
        squeeze convert model.onnx model.sqz --preprocess imagenet --labels classes.txt
      """
  )

  @Argument(help: "The model to read.")
  var input: String
  @Argument(help: "The file to write; its extension chooses the format.")
  var destination: String
  @OptionGroup var structure: StructureOptions
  @Option(
    help: ArgumentHelp(
      """
      How .sqz codes weights: automatic (smallest that decodes in a quarter of a second), mixing \
      (smallest), context, rans (fastest), huffman or raw.
      """,
      valueName: "coder"
    ),
    transform: coder(named:)
  )
  var coder: SQZWriter.Coder = .standard
  @OptionGroup var preprocess: PreprocessOptions
  @Option(help: ArgumentHelp("Class names to keep in the file.", valueName: "file"))
  var labels: String?
  @Flag(help: "Allow ONNX weights in files beside the model, inside its folder.")
  var externalData = false
  @OptionGroup var output: OutputOptions

  private struct Result: Encodable {
    var input: String
    var output: String
    var input_bytes: Int
    var output_bytes: Int
    var ratio: Double
    var coder: String?
    var parameters: Int
  }

  func run() throws {
    var model = try structure.load(input, allowsExternalData: externalData)
    if let preprocessing = try preprocess.preprocessing() { model.preprocessing = preprocessing }
    if let labels { model.labels = try LabelFile.read(labels) }
    try ModelFile.save(model, to: URL(fileURLWithPath: destination), coder: coder)
    let (before, after) = (Files.byteCount(input), Files.byteCount(destination))
    let isContainer = destination.hasSuffix(".sqz")
    let result = Result(
      input: input,
      output: destination,
      input_bytes: before,
      output_bytes: after,
      ratio: Double(before) / Double(after),
      coder: isContainer ? coder.rawValue : nil,
      parameters: model.parameters.values.reduce(0) { $0 + $1.shape.count }
    )
    if output.json { return try Console.json(result) }
    Console.print("\(input)  \(Units.grouped(before)) bytes")
    Console.print("\(destination)  \(Units.grouped(after)) bytes")
    let factor = before >= after ? result.ratio : 1 / result.ratio
    Console.print(
      "\(Units.rounded(factor))× \(before >= after ? "smaller" : "larger")"
        + (isContainer ? ", coder \(coder.rawValue)" : "")
    )
  }
}

/// The coder of a name.
private func coder(named name: String) throws -> SQZWriter.Coder {
  guard let coder = SQZWriter.Coder(rawValue: name) else {
    let names = SQZWriter.Coder.allCases.map(\.rawValue).joined(separator: ", ")
    throw ValidationError("expected one of \(names)")
  }
  return coder
}
