import SqueezeCompress
import SqueezeGraph
import SqueezeOperators
import SqueezeTensor
import Testing

@Suite("Second-order rounding")
struct SecondOrderRoundingTests {
  /// A layer, inputs whose channels depend on each other, and the layer's own outputs for them.
  struct Layer {
    var node: Node
    var weight: Tensor
    var inputs: [Tensor]
    var covariance: InputCovariance

    init(_ op: any Operator, _ weight: Shape, _ input: Shape, seed: UInt64) throws {
      node = Node("layer", op, inputs: ["x"])
      var random = SeededGenerator(seed: seed)
      var weight = random.tensor(TensorSpec(weight))
      for i in stride(from: 0, to: weight.count, by: 3) { weight.scalars[i] = 0 }
      self.weight = weight
      inputs = (0..<6).map { _ in
        var x = random.tensor(TensorSpec(input))
        // A running mean along the elements makes neighbours alike.
        for i in 1..<x.count { x.scalars[i] = 0.3 * x.scalars[i] + 0.7 * x.scalars[i - 1] + 0.05 }
        return x
      }
      covariance = InputCovariance(try #require(LayerPatches(node, weight: weight.shape)))
      for input in inputs { covariance.add(input) }
    }

    /// `Σ (y(Δw) + shift)²` over outputs, with the best shift per row where `isCentered`, per position.
    func outputError(_ integers: [Int32], step: Float, isCentered: Bool) throws -> Double {
      let errors = zip(weight.scalars, integers).map { $0 - Float($1) * step }
      let delta = Tensor(weight.shape, errors)
      let rows = weight.shape[0]
      var (sums, squares) = ([Double](repeating: 0, count: rows), 0.0)
      var count = 0
      for input in inputs {
        let y = try node.op.forward([input], parameters: [delta])[0]
        let isVector = node.op is FullyConnected
        let inner = isVector ? 1 : y.shape.count(from: 2)
        count += y.count / rows
        for (i, value) in y.scalars.enumerated() {
          sums[i / inner % rows] += Double(value)
          squares += Double(value) * Double(value)
        }
      }
      let means = sums.map { $0 / Double(count) }
      return squares / Double(count) - (isCentered ? means.reduce(0) { $0 + $1 * $1 } : 0)
    }
  }

  static func layers(seed: UInt64) throws -> [Layer] {
    [
      try Layer(
        Convolution(outputChannels: 5, window: SlidingWindow(3, padding: 1), hasBias: false),
        [5, 4, 3, 3],
        [1, 4, 7, 6],
        seed: seed
      ),
      try Layer(
        Convolution(outputChannels: 6, window: SlidingWindow(1), hasBias: false),
        [6, 11, 1, 1],
        [2, 11, 4, 3],
        seed: seed
      ),
      try Layer(
        Convolution(
          outputChannels: 6,
          window: SlidingWindow(3, stride: 2, dilation: 2),
          groups: 2,
          hasBias: false
        ),
        [6, 2, 3, 3],
        [1, 4, 11, 9],
        seed: seed
      ),
      try Layer(
        Convolution(
          outputChannels: 8,
          window: SlidingWindow(3, padding: 1),
          groups: 8,
          hasBias: false
        ),
        [8, 1, 3, 3],
        [1, 8, 6, 5],
        seed: seed
      ),
      try Layer(
        Convolution(
          outputChannels: 4,
          window: SlidingWindow(kernelSize: [5], stride: [2]),
          hasBias: false
        ),
        [4, 3, 5],
        [2, 3, 17],
        seed: seed
      ),
      try Layer(FullyConnected(outputFeatures: 4, hasBias: false), [4, 13], [9, 13], seed: seed),
    ]
  }

  @Test("the predicted error is that of the layer's outputs", arguments: [UInt64(1), 2])
  func predictsOutputError(seed: UInt64) throws {
    for layer in try Self.layers(seed: seed) {
      for isCentered in [false, true] {
        let rounding = SecondOrderRounding(
          layer.weight,
          covariance: layer.covariance,
          isCentered: isCentered
        )
        let result = rounding.nearest(steps: [0.4])
        let measured = try layer.outputError(result.integers, step: 0.4, isCentered: isCentered)
        // The damping counts as an error of its own.
        #expect(result.error >= measured * 0.9999 - 1e-6)
        #expect(result.error <= measured * 1.5 + 1e-3)
      }
    }
  }

  @Test(
    "no layer is worse than with nearest levels, most are better",
    arguments: [UInt64(3), 4, 5]
  )
  func neverWorse(seed: UInt64) throws {
    var (plain, compensated) = (0.0, 0.0)
    for layer in try Self.layers(seed: seed) {
      for keepsZeros in [false, true] {
        let rounding = SecondOrderRounding(
          layer.weight,
          covariance: layer.covariance,
          isCentered: false,
          keepsZeros: keepsZeros
        )
        for step in [Float(0.1), 0.5] {
          let (nearest, best) = (rounding.nearest(steps: [step]), rounding.rounded(steps: [step]))
          #expect(best.error <= nearest.error * 1.0001)
          plain += try layer.outputError(nearest.integers, step: step, isCentered: false)
          compensated += try layer.outputError(best.integers, step: step, isCentered: false)
        }
      }
    }
    #expect(compensated < 0.7 * plain)
  }

  @Test("zeros stay where asked, and only there they must")
  func zeros() throws {
    for layer in try Self.layers(seed: 6) {
      let kept = SecondOrderRounding(
        layer.weight,
        covariance: layer.covariance,
        isCentered: true,
        keepsZeros: true
      ).rounded(steps: [0.2])
      for (weight, integer) in zip(layer.weight.scalars, kept.integers) where weight == 0 {
        #expect(integer == 0)
      }
      #expect(kept.integers.contains { $0 != 0 })
    }
  }

  @Test("inputs that never come leave nearest levels")
  func silentInputs() throws {
    let node = Node("f", FullyConnected(outputFeatures: 2, hasBias: false), inputs: ["x"])
    let weight = Tensor([2, 3], [0.9, -1.6, 2.4, 0.2, 0, -0.7])
    var covariance = InputCovariance(try #require(LayerPatches(node, weight: weight.shape)))
    covariance.add(Tensor(zeros: [4, 3]))
    let rounding = SecondOrderRounding(weight, covariance: covariance, isCentered: true)
    #expect(rounding.rounded(steps: [1]).integers == [1, -2, 2, 0, 0, -1])
  }

  @Test("a dearer bit gives fewer bits and more error")
  func bitPrice() throws {
    for layer in try Self.layers(seed: 7).prefix(3) {
      let rounding = SecondOrderRounding(
        layer.weight,
        covariance: layer.covariance,
        isCentered: false
      )
      let costs = LevelCosts(rounding.nearest(steps: [0.2]).integers)
      func bits(_ result: SecondOrderRounding.Result) -> Double {
        result.integers.reduce(0) { $0 + Double(costs.bits[Int($1) + costs.limit]) }
      }
      let cheap = rounding.rounded(steps: [0.2], bitWeight: 1e-6, costs: costs)
      let dear = rounding.rounded(steps: [0.2], bitWeight: 0.05, costs: costs)
      #expect(bits(dear) < bits(cheap))
      #expect(dear.error > cheap.error)
    }
  }

  @Test("more columns than are correlated go in blocks; positions beyond the limit are sampled")
  func blocks() throws {
    let node = Node("f", FullyConnected(outputFeatures: 2, hasBias: false), inputs: ["x"])
    var random = SeededGenerator(seed: 8)
    let weight = random.tensor(TensorSpec([2, 1500]))
    var covariance = InputCovariance(try #require(LayerPatches(node, weight: weight.shape)))
    #expect(covariance.blocks.map(\.columns) == [0..<750, 750..<1500])
    covariance.add(random.tensor(TensorSpec([1000, 1500])))
    #expect(covariance.count == InputCovariance.positionLimit)
    let rounding = SecondOrderRounding(weight, covariance: covariance, isCentered: true)
    let (nearest, best) = (rounding.nearest(steps: [0.5]), rounding.rounded(steps: [0.5, 0.25]))
    #expect(best.error <= nearest.error)
    for (i, integer) in best.integers.enumerated() {
      let step: Float = i < 1500 ? 0.5 : 0.25
      #expect(abs(weight.scalars[i] - Float(integer) * step) < 4 * step)
    }
  }
}
