import SqueezeCompress
import SqueezeGraph
import SqueezeParameters
import SqueezeTensor
import Testing

@Suite struct MagnitudePruningTests {
  private func zeros(_ model: Model) -> Int {
    model.weightKeys.reduce(0) { $0 + PruningNetworks.zeros(model, $1) }
  }

  private func count(_ model: Model) -> Int {
    model.weightKeys.reduce(0) { $0 + (model.parameters[$1]?.shape.count ?? 0) }
  }

  @Test("A global sparsity is met exactly by the smallest magnitudes", arguments: [0, 0.1, 0.9, 1])
  func global(_ sparsity: Double) throws {
    let model = try PruningNetworks.layers()
    let pruned = try MagnitudePruning(sparsity: sparsity).apply(to: model)
    #expect(zeros(pruned) == Int((sparsity * Double(count(model))).rounded()))
    // No kept weight is smaller than a pruned one.
    var (largestPruned, smallestKept): (Float, Float) = (0, .infinity)
    for key in model.weightKeys {
      let before = try #require(model.parameters[key]).decoded().scalars
      let after = try #require(pruned.parameters[key] as? Masked)
      for (weight, kept) in zip(before, after.mask) {
        if kept {
          smallestKept = min(smallestKept, abs(weight))
        } else {
          largestPruned = max(largestPruned, abs(weight))
        }
      }
      #expect(zip(before, after.decoded().scalars).allSatisfy { $1 == 0 || $1 == $0 })
    }
    #expect(largestPruned <= smallestKept)
    // Biases are left alone.
    #expect(
      pruned.parameters["a.bias"]?.isEqual(to: model.parameters["a.bias"] ?? Dense(Tensor([0], [])))
        == true
    )
  }

  @Test("Each parameter gets its own sparsity")
  func perParameter() throws {
    let model = try PruningNetworks.layers()
    let uniform = try MagnitudePruning(.uniform(0.75)).apply(to: model)
    for key in model.weightKeys {
      let all = try #require(model.parameters[key]).shape.count
      #expect(PruningNetworks.zeros(uniform, key) == Int((0.75 * Double(all)).rounded()))
    }
    let chosen = try MagnitudePruning(.perParameter(["a.weight": 0.5])).apply(to: model)
    #expect(PruningNetworks.zeros(chosen, "a.weight") == 60)
    #expect(chosen.parameters["b.weight"] is Dense)
  }

  @Test("A threshold in standard deviations prunes what lies below it")
  func deviations() throws {
    let model = try PruningNetworks.layers()
    let weights = try #require(model.parameters["a.weight"]).decoded().scalars.map { Double($0) }
    let mean = weights.reduce(0, +) / Double(weights.count)
    let variance = weights.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(weights.count)
    let limit = variance.squareRoot() * 0.8
    let pruned = try MagnitudePruning(.deviations(0.8)).apply(to: model)
    #expect(PruningNetworks.zeros(pruned, "a.weight") == weights.count { abs($0) < limit })
  }

  @Test("Pruning more never revives a weight, pruning less changes nothing")
  func neverRevives() throws {
    var model = try PruningNetworks.layers()
    model = try MagnitudePruning(.uniform(0.5)).apply(to: model)
    let key = "conv.weight"
    let first = try #require(model.parameters[key]?.keptElements)
    // The survivors shrink below what was pruned.
    let survivors = try #require(model.parameters[key]).free
    model.parameters[key]?.free = survivors.map { $0 * 1e-6 }
    let less = try MagnitudePruning(.uniform(0.2)).apply(to: model)
    #expect(
      less.parameters[key]?.isEqual(to: model.parameters[key] ?? Dense(Tensor([0], []))) == true
    )
    let more = try MagnitudePruning(.uniform(0.9)).apply(to: model)
    let second = try #require(more.parameters[key]?.keptElements)
    #expect(zip(first, second).allSatisfy { $0 || !$1 })
    #expect(second.count { !$0 } == Int((0.9 * Double(second.count)).rounded()))
  }

  @Test("A global threshold leaves every parameter its least density")
  func minimumDensity() throws {
    var model = try PruningNetworks.layers()
    let weights = try #require(model.parameters["a.weight"]).free
    model.parameters["a.weight"]?.free = weights.map { $0 * 1e-3 }
    let bare = try MagnitudePruning(sparsity: 0.7).apply(to: model)
    #expect(bare.parameters["a.weight"]?.zeroFraction == 1)
    let kept = try MagnitudePruning(.global(0.7), minimumDensity: 0.2).apply(to: model)
    #expect(PruningNetworks.zeros(kept, "a.weight") == 96)
    #expect(zeros(kept) == zeros(bare))
    // Scores relative to the layer do without.
    for score in [WeightScore.relativeMagnitude, .layerAdaptive] {
      let fair = try MagnitudePruning(.global(0.7), score: score).apply(to: model)
      #expect(try #require(fair.parameters["a.weight"]).zeroFraction < 0.9)
      #expect(zeros(fair) == zeros(bare))
    }
  }

  @Test("A score of one's own decides")
  func customScore() throws {
    let model = try PruningNetworks.layers()
    let pruned = try MagnitudePruning(
      .uniform(0.5),
      score: .custom { _, weight in weight.scalars.indices.map { Float($0) - 50 } },
      keys: ["a.weight"]
    ).apply(to: model)
    let mask = try #require(pruned.parameters["a.weight"]?.keptElements)
    #expect(mask == (0..<120).map { $0 >= 60 })
    #expect(throws: PruningError.self) {
      try MagnitudePruning(.uniform(0.5), score: .custom { _, _ in [1] }).apply(to: model)
    }
  }

  @Test("Codebooks and integers stay what they are")
  func otherEncodings() throws {
    var model = try PruningNetworks.layers()
    let shape: Shape = [10, 20]
    let values = (0..<200).map { $0 % 5 }
    let centroids: [Float] = [-2, -0.5, 0.25, 1, 3]
    model.parameters["b.weight"] = Codebook(
      shape: shape,
      indices: values.map { UInt16($0) },
      centroids: centroids
    )
    var pruned = try MagnitudePruning(.uniform(0.4), keys: ["b.weight"]).apply(to: model)
    let codebook = try #require(pruned.parameters["b.weight"] as? MaskedCodebook)
    #expect(codebook.sparsity == 0.4)
    #expect(codebook.decoded().scalars == values.map { abs(centroids[$0]) < 1 ? 0 : centroids[$0] })
    pruned = try MagnitudePruning(.uniform(0.6), keys: ["b.weight"]).apply(to: pruned)
    #expect(pruned.parameters["b.weight"]?.zeroFraction == 0.6)

    model.parameters["b.weight"] = UniformInteger(
      shape: shape,
      integers: values.map { Int32($0) },
      scales: [0.5],
      zeroPoints: [2],
      bits: 4
    )
    pruned = try MagnitudePruning(.uniform(0.6), keys: ["b.weight"]).apply(to: model)
    let grid = try #require(pruned.parameters["b.weight"] as? UniformInteger)
    #expect(grid.decoded().scalars == values.map { abs($0 - 2) < 2 ? 0 : Float($0 - 2) / 2 })

    model.parameters["b.weight"] = Binary(Tensor(shape, values.map { Float($0) }))
    #expect(throws: PruningError.self) {
      try MagnitudePruning(.uniform(0.6), keys: ["b.weight"]).apply(to: model)
    }
  }

  @Test("Settings that make no sense are refused")
  func refuses() throws {
    let model = try PruningNetworks.layers()
    let wrong: [MagnitudePruning] = [
      MagnitudePruning(sparsity: 1.1), MagnitudePruning(.uniform(.nan)),
      MagnitudePruning(.perParameter(["b.weight": -1])),
      MagnitudePruning(.perParameter(["z": 0.5])),
      MagnitudePruning(.deviations(-1)), MagnitudePruning(.uniform(0.5), keys: ["nothing.weight"]),
      MagnitudePruning(.uniform(0.5), pattern: .nOfM(kept: 5, of: 4)),
      MagnitudePruning(.uniform(0.5), pattern: .blocks(outputs: 0, inputs: 1)),
      MagnitudePruning(.global(0.5), minimumDensity: 2),
    ]
    for method in wrong {
      #expect(throws: PruningError.self) { try method.apply(to: model) }
    }
  }
}
