import SqueezeCompress
import SqueezeGraph
import SqueezeParameters
import SqueezeTensor
import Testing

@Suite struct SparsityPatternTests {
  private func mask(_ pattern: SparsityPattern, _ sparsity: Double, _ key: String) throws -> [Bool]
  {
    let model = try PruningNetworks.layers()
    let pruned = try MagnitudePruning(.uniform(sparsity), pattern: pattern).apply(to: model)
    return try #require(pruned.parameters[key]?.keptElements)
  }

  @Test("Of four consecutive input channels two stay, the larger ones")
  func twoOfFour() throws {
    let model = try PruningNetworks.layers()
    let weight = try #require(model.parameters["conv.weight"]).decoded().scalars
    let mask = try mask(.nOfM(kept: 2, of: 4), 0, "conv.weight")  // [8, 4, 3, 3]
    for output in 0..<8 {
      for position in 0..<9 {
        let group = (0..<4).map { (output * 4 + $0) * 9 + position }
        let kept = group.filter { mask[$0] }.map { abs(weight[$0]) }
        let gone = group.filter { !mask[$0] }.map { abs(weight[$0]) }
        #expect(kept.count == 2 && (kept.min() ?? 0) >= (gone.max() ?? 0))
      }
    }
  }

  @Test("Transposed convolutions have their input channels first")
  func transposed() throws {
    let mask = try mask(.nOfM(kept: 1, of: 4), 0, "up.weight")  // [8, 6, 2, 2]
    for output in 0..<6 {
      for position in 0..<4 {
        for half in 0..<2 {
          let group = (0..<4).map { ((half * 4 + $0) * 6 + output) * 4 + position }
          #expect(group.count { mask[$0] } == 1)
        }
      }
    }
  }

  @Test("A group that is not full keeps its share, and more can be pruned on top")
  func partGroups() throws {
    let part = try mask(.nOfM(kept: 1, of: 4), 0, "a.weight")  // [20, 6]
    for row in 0..<20 {
      #expect((0..<4).count { part[row * 6 + $0] } == 1)
      #expect((4..<6).count { part[row * 6 + $0] } == 1)
    }
    let more = try mask(.nOfM(kept: 2, of: 4), 0.8, "b.weight")
    #expect(more.count { !$0 } == 160)
    #expect(SparsityPattern.nOfM(kept: 1, of: 4).leastSparsity == 0.75)
  }

  @Test("Blocks live and die together")
  func blocks() throws {
    let mask = try mask(.blocks(outputs: 4, inputs: 2), 0.5, "conv.weight")
    #expect(mask.count { !$0 } == 144)
    for output in 0..<8 {
      for input in 0..<4 {
        for position in 0..<9 {
          let corner = ((output / 4 * 4) * 4 + input / 2 * 2) * 9 + position
          #expect(mask[(output * 4 + input) * 9 + position] == mask[corner])
        }
      }
    }
    // 20 × 6 in blocks of 8 × 4: edges make smaller blocks; the target is met to half a block.
    let edges = try self.mask(.blocks(outputs: 8, inputs: 4), 0.5, "a.weight")
    #expect(abs(edges.count { !$0 } - 60) <= 16)
  }

  @Test("Whole kernels live and die together")
  func kernels() throws {
    let mask = try mask(.kernels, 0.25, "up.weight")
    #expect(mask.count { !$0 } == 48)
    for kernel in 0..<48 { #expect(Set(mask[kernel * 4..<kernel * 4 + 4]).count == 1) }
  }

  @Test("The blocks that go are those of the lowest mean score")
  func lowestBlocks() throws {
    var model = try PruningNetworks.layers()
    let shape: Shape = [20, 6]
    let values = (0..<120).map { element in
      let size = Float(element / 12 + 1)
      return element % 2 == 0 ? size : -size
    }
    model.parameters["a.weight"] = Dense(Tensor(shape, values))
    let pruned = try MagnitudePruning(
      .uniform(0.3),
      pattern: .blocks(outputs: 2, inputs: 6),
      keys: ["a.weight"]
    ).apply(to: model)
    let mask = try #require(pruned.parameters["a.weight"]?.keptElements)
    #expect(mask == (0..<120).map { $0 >= 36 })
  }
}
