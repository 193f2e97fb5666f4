import ArgumentParser
import Squeeze

/// `squeeze models`: the published networks that can be built.
struct Models: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "models",
    abstract: "List the published networks, and what each costs.",
    discussion: """
      Parameters, MACs and bytes of float32 weights at the published input; squeeze new builds a \
      network for any other.

      EXAMPLES
        squeeze models
        squeeze models --json
      """
  )

  @OptionGroup var output: OutputOptions

  private struct Entry: Encodable {
    var name: String
    var title: String
    var parameters: Int
    var macs: Int
    var input_shape: [Int]
    var classes: Int
    var base_width: Int?
    var bytes: Int
    var source: String
  }

  func run() throws {
    let entries = try NetworkCatalog.all.map { network in
      let options = network.published
      let cost = try network.structure(options).cost()
      return Entry(
        name: network.name,
        title: network.title,
        parameters: cost.parameters,
        macs: cost.macs,
        input_shape: options.shape.dimensions,
        classes: options.classes,
        base_width: options.baseWidth,
        bytes: 4 * (cost.parameters + cost.statistics),
        source: network.source
      )
    }
    if output.json { return try Console.json(entries) }
    let table = Table(
      [
        .init("network"), .init("input"), .init("parameters", .right), .init("MACs", .right),
        .init("size", .right), .init("source"),
      ],
      rows: entries.map {
        [
          $0.name, "\(Shape($0.input_shape))", Units.grouped($0.parameters), Units.count($0.macs),
          Units.bytes($0.bytes), $0.source,
        ]
      }
    )
    Console.print(table.text, terminator: "")
  }
}
