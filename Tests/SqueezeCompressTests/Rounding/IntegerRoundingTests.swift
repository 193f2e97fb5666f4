import SqueezeCompress
import SqueezeGraph
import SqueezeParameters
import SqueezeTensor
import Testing

@Suite("Integer rounding")
struct IntegerRoundingTests {
  private typealias Networks = PostTrainingCompressionTests

  private static func rounded(_ method: IntegerRounding) throws -> Model {
    try method.apply(
      to: try Networks.network(),
      calibratedOn: Networks.samples(20),
      using: ReferenceRuntime()
    )
  }

  @Test("weights lie on symmetric grids of the channels", arguments: [2, 3, 8])
  func grids(bits: Int) throws {
    let folded = try Self.rounded(IntegerRounding(bits: bits, method: .secondOrder))
    let limit = Int32(1) << (bits - 1) - 1
    for key in folded.weightKeys {
      let weight = try #require(folded.parameters[key] as? UniformInteger)
      #expect(weight.bits == bits && weight.axis == 0)
      #expect(weight.scales.count == weight.shape[0])
      #expect(weight.integers.allSatisfy { abs($0) <= limit })
    }
  }

  @Test("chosen levels keep the outputs better than the nearest ones")
  func methods() throws {
    // Activation maps before the mean over positions, where errors do not cancel.
    var model = try Networks.network()
    model.outputs = ["sr"]
    func distortion(_ method: IntegerRounding.Method) throws -> Double {
      let rounded = try IntegerRounding(bits: 3, method: method).apply(
        to: model,
        calibratedOn: Networks.samples(20),
        using: ReferenceRuntime()
      )
      return try Networks.divergence(rounded, from: model)
    }
    let nearest = try distortion(.nearest)
    let (second, learned) = (try distortion(.secondOrder), try distortion(.learned))
    #expect(second < nearest, "\(second) of \(nearest)")
    #expect(learned < nearest, "\(learned) of \(nearest)")
  }

  @Test(
    "learned rounding goes up or down by one level at most, and is never worse than the nearest"
  )
  func learned() throws {
    for layer in try SecondOrderRoundingTests.layers(seed: 11) {
      let rounding = SecondOrderRounding(
        layer.weight,
        covariance: layer.covariance,
        isCentered: false,
        keepsZeros: true
      )
      let learned = LearnedRounding(rounding).rounded(steps: [0.3])
      #expect(learned.error <= rounding.nearest(steps: [0.3]).error * 1.0001)
      for (weight, integer) in zip(layer.weight.scalars, learned.integers) {
        #expect(abs(weight / 0.3 - Float(integer)) < 1.0001)
        if weight == 0 { #expect(integer == 0) }
      }
    }
  }
}
