import ArgumentParser
import Squeeze

/// `squeeze benchmark-layers`: layers that run from compressed weights beside dense ones.
struct BenchmarkLayers: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "benchmark-layers",
    abstract: "Measure layers with binary, sparse and integer weights beside dense ones.",
    discussion: """
      Ways of one layer take turns; a speedup is the median of the ratios turn by turn.

      EXAMPLES
        squeeze benchmark-layers
        squeeze benchmark-layers --turns 50 --json
      """,
    shouldDisplay: false
  )

  @Option(help: "How many turns count.")
  var turns = 31
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard turns >= 1 else { throw ValidationError("--turns: expected at least 1, got \(turns)") }
  }

  private struct Result: Encodable {
    struct Way: Encodable {
      var way: String
      var kernels: [String]
      var median_us: Double
      var min_us: Double
      var speedup: Double
    }
    var layer: String
    var threads: Int
    var ways: [Way]
  }

  func run() throws {
    var results: [Result] = []
    for layer in try CompressedLayer.examples() {
      let comparison = try LayerComparison(of: layer, turns: turns, threads: threads.threads)
      let ways = comparison.ways.map {
        Result.Way(
          way: $0.name,
          kernels: $0.kernels,
          median_us: $0.seconds * 1e6,
          min_us: $0.fastest * 1e6,
          speedup: $0.speedup
        )
      }
      results.append(Result(layer: comparison.name, threads: threads.threads, ways: ways))
      guard !output.json else { continue }
      Console.print(comparison.name)
      for way in comparison.ways {
        let times = "\(Units.seconds(way.seconds)) (fastest \(Units.seconds(way.fastest)))"
        let kernels = way.kernels.joined(separator: ", ")
        Console.print("  \(way.name)  \(times)  \(Units.rounded(way.speedup))×  \(kernels)")
      }
    }
    if output.json { try Console.json(results) }
  }
}
