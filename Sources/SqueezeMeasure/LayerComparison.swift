import SqueezeEngine
import SqueezeTensor

/// How long a layer takes in several ways, measured turn by turn.
///
/// Only the steps that compute count, not those that bring input and output of the model into the form
/// that the neighbours in a network would have them in.
public struct LayerComparison: Sendable {
  /// What one way took.
  public struct Way: Sendable {
    public var name: String
    public var kernels: [String]
    /// The median time in seconds.
    public var seconds: Double
    /// The least time in seconds: what a machine with nothing else to do takes.
    public var fastest: Double
    /// How many times faster it is than the first way: the median of the ratios turn by turn.
    public var speedup: Double
  }

  public var name: String
  public var ways: [Way]

  /// Measures a layer.
  ///
  /// - Throws: what compiling or running throws.
  public init(of layer: CompressedLayer, turns: Int, threads: Int) throws {
    precondition(turns > 0, "\(turns) turns")
    name = layer.name
    let compiled = try layer.ways.map {
      try CompiledModel($0.model, threadCount: threads, avoiding: $0.avoided)
    }
    let computing = compiled.map { model in
      model.steps.indices.filter { !model.steps[$0].operatorName.isEmpty }
    }
    var random = SeededGenerator(seed: 1)
    let inputs = compiled[0].inputs.mapValues { random.tensor($0) }
    var times = [[Double]](repeating: [], count: compiled.count)
    for turn in 0..<turns + 2 {
      for (way, model) in compiled.enumerated() {
        _ = try model.profile(inputs)
        // The second run finds weights and code in the caches as far as they fit there.
        let all = try model.profile(inputs).times
        let seconds = computing[way].reduce(0) { $0 + all[$1].inSeconds }
        if turn >= 2 { times[way].append(seconds) }
      }
    }
    func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
    ways = layer.ways.indices.map { way in
      Way(
        name: layer.ways[way].name,
        kernels: computing[way].map { compiled[way].steps[$0].kernel },
        seconds: median(times[way]),
        fastest: times[way].min() ?? 0,
        speedup: median(zip(times[0], times[way]).map { $0 / $1 })
      )
    }
  }
}
