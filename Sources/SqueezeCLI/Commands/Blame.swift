import ArgumentParser
import Foundation
import Squeeze

/// `squeeze blame`: which layer made a model worse.
struct Blame: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "blame",
    abstract: "Find the layers that make a changed model differ from the original.",
    discussion: """
      Runs both on the same inputs. Every layer is looked at in two ways: alone, with only its parameters \
      exchanged in the original, and up to there, in the changed model as it is. A layer with a large error \
      alone is a cause; one with a large error only up to there inherited it. Errors are relative, \
      |b − a| / |a|, worst first.

      EXAMPLES
        squeeze blame net.onnx small.sqz --data pictures/ --preprocess imagenet
        squeeze blame net.sqz small.sqz --limit 32 --json
      """
  )

  @Argument(help: "The model as it should be.")
  var original: String
  @Argument(help: "The changed model.")
  var changed: String
  @Option(help: ArgumentHelp("Pictures to run on; random inputs otherwise.", valueName: "path"))
  var data: String?
  @Option(help: "Run on so many pictures.")
  var limit = 64
  @OptionGroup var preprocess: PreprocessOptions
  @OptionGroup var structure: StructureOptions
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    if limit < 1 { throw ValidationError("--limit: expected at least 1, got \(limit)") }
  }

  private struct Result: Encodable {
    struct Layer: Encodable {
      var node: String
      var key: String
      var alone: Double?
      var alone_at_output: Double?
      var up_to: Double?
    }
    var samples: Int
    var at_output: Double
    var layers: [Layer]
  }

  func run() throws {
    let (a, b) = (try structure.load(original), try structure.load(changed))
    var inputs: [[String: Tensor]]
    if let data {
      let classifier = try Classifier(
        a,
        preprocessing: try preprocess.preprocessing(),
        threadCount: threads.threads
      )
      let name = a.inputs[0].name
      inputs = try classifier.inputs(of: try DatasetLocator.open(data), limit: limit)
        .map { [name: $0] }
    } else {
      Console.note(
        "no --data: runs on \(min(limit, 8)) random inputs, which say less than real ones"
      )
      inputs = a.randomInputs(min(limit, 8), shapes: a.shapes(batch: 1))
    }
    var bar = ProgressBar("blame")
    let blame = try LayerBlame(a, b, inputs: inputs, threads: threads.threads) { share in
      bar.show(Int(share * 1000), of: 1000)
    }
    if output.json {
      return try Console.json(
        Result(
          samples: blame.samples,
          at_output: blame.atOutput,
          layers: blame.rows.map {
            .init(
              node: $0.node,
              key: $0.key,
              alone: $0.alone,
              alone_at_output: $0.aloneAtOutput,
              up_to: $0.upTo
            )
          }
        )
      )
    }
    Console.print(blame.table.text)
    Console.print(
      "The output of the changed model is off by \(Units.percent(blame.atOutput)) over "
        + "\(blame.samples) samples."
    )
  }
}
