import SqueezeCompress
import SqueezeGraph
import SqueezeOperators
import SqueezeParameters
import SqueezeTensor
import Testing

@Suite struct CodebookQuantizationTests {
  @Test("a layer gets few values, biases stay as they are")
  func shares() throws {
    let model = try smallNetwork()
    let shared = try CodebookQuantization(centroidCount: 5, centroidCounts: ["b.weight": 3])
      .apply(to: model)
    for (key, count) in [("a.weight", 5), ("b.weight", 3), ("scores.weight", 5)] {
      let codebook = try #require(shared.parameters[key] as? Codebook)
      #expect(codebook.free.count == count)
      #expect(Set(codebook.decoded().scalars).count == count)
    }
    #expect(shared.parameters["a.bias"] is Dense)
    _ = try shared.infer([:])
  }

  @Test(
    "pruned weights stay exactly zero in every encoding",
    arguments: [ScalarClustering.lloyd(.linear), .lloyd(.density), .exact]
  )
  func keepsMasks(_ clustering: ScalarClustering) throws {
    var random = SeededGenerator(seed: 4)
    let weights = random.tensor(TensorSpec([6, 7]))
    let mask = weights.scalars.map { abs($0) > 0.6 }
    let masked = Masked(weights, mask: mask)
    let method = CodebookQuantization(centroidCount: 4, clustering: clustering)
    let pruned: [any ParameterEncoding] = [
      masked, Dense(masked.decoded()), try method.codebook(of: masked, "w"),
      StraightThroughInteger(weights, scales: [0.1], zeroPoints: [0], mask: mask),
    ]
    for encoding in pruned {
      let shared = try #require(try method.codebook(of: encoding, "w") as? MaskedCodebook)
      #expect(shared.keptElements == mask)
      #expect(shared.free.count == 4)
      for (scalar, isKept) in zip(shared.decoded().scalars, mask) where !isKept {
        #expect(scalar == 0)
      }
    }
  }

  @Test("a layer without any kept weight is all zero")
  func allPruned() throws {
    let masked = Masked(Tensor([2, 2], [1, 2, 3, 4]), mask: [false, false, false, false])
    let shared = try CodebookQuantization().codebook(of: masked, "w")
    #expect(shared.decoded().scalars == [0, 0, 0, 0])
    #expect(shared.free.isEmpty)
  }

  @Test("more centroids than values lose nothing")
  func lossless() throws {
    let weights = Tensor([2, 3], [0.5, -1, 0, 2, 0.5, -1])
    let shared = try CodebookQuantization(centroidCount: 16, clustering: .exact)
      .codebook(of: Dense(weights), "w")
    #expect(shared.decoded() == weights)
  }

  @Test("what cannot be shared is refused")
  func errors() throws {
    let model = try smallNetwork()
    #expect(throws: QuantizationError.self) {
      try CodebookQuantization(centroidCount: 0).apply(to: model)
    }
    #expect(throws: QuantizationError.self) {
      try CodebookQuantization(centroidCounts: ["none.weight": 3]).apply(to: model)
    }
    #expect(throws: QuantizationError.self) {
      try CodebookQuantization().codebook(of: Dense(Tensor([2], [1, .nan])), "w")
    }
  }
}
