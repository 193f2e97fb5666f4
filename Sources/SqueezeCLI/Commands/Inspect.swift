import ArgumentParser
import Foundation
import Squeeze

/// `squeeze inspect`: what a model costs.
struct Inspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say what a model costs, node by node.",
    discussion: """
      Counts parameters, multiply–accumulates (MACs; 1 MAC = 2 FLOPs), bytes of weights as stored in \
      their encodings, activations, and memory traffic with every value moved once. These are \
      counts from the graph, nothing is run.

      EXAMPLES
        squeeze inspect squeezenet.onnx
        squeeze inspect squeezenet.onnx --input 1,3,227,227 --json
        squeeze inspect model.sqz --svg cost.svg
      """
  )

  @Argument(help: "The model: .onnx, .sqz, or .net or .safetensors with --structure.")
  var model: String
  @OptionGroup var inputs: InputOptions
  @OptionGroup var structure: StructureOptions
  @Option(help: ArgumentHelp("Draw where the model spends into an SVG file.", valueName: "file"))
  var svg: String?
  @OptionGroup var output: OutputOptions

  func run() throws {
    let loaded = try structure.load(model)
    let shapes = try inputs.shapes(for: loaded)
    let compiled = try CompiledModel(loaded, shapes: shapes)
    let report = CostReport(
      model: model,
      cost: try loaded.cost(for: shapes),
      fileBytes: Files.byteCount(model),
      planBytes: compiled.peakActivationBytes
    )
    if let svg {
      try Files.write(CostPicture(model, report.cost).svg, to: svg)
      Console.note("wrote \(svg)")
    }
    if output.json { return try Console.json(report.json) }
    Console.print(report.table.text)
    Console.print(report.histogram.text)
    Console.print(report.summary, terminator: "")
  }
}
