import SqueezeGraph
import SqueezeModels
import SqueezeTensor
import Testing

@Suite struct StripeNetworkTests {
  /// Ideal stripes in every direction, between black and white.
  @Test("it tells the direction of stripes", arguments: StripeNetwork.directions.indices)
  func tellsTheDirection(_ index: Int) throws {
    let model = StripeNetwork.model(imageSize: 32)
    let picture = stripes(StripeNetwork.directions[index], size: 32)
    let scores = try ReferenceRuntime().run(model, inputs: ["picture": picture])
    let probabilities = try #require(scores["direction"]).scalars
    #expect(probabilities.indices.max { probabilities[$0] < probabilities[$1] } == index)
    #expect(probabilities[index] > 0.9)
    #expect(model.labels[index].contains("\(StripeNetwork.directions[index])"))
  }

  private func stripes(_ direction: Double, size: Int) -> Tensor {
    let (sine, cosine) = Self.unit(direction)
    let map = (0..<size * size).map { position -> Float in
      let (x, y) = (Double(position % size), Double(size - 1 - position / size))
      let across = (-x * sine + y * cosine) / StripeNetwork.period
      let phase = across - across.rounded(.down)
      return phase < 0.5 ? 1 : -1
    }
    return Tensor([1, 3, size, size], map + map + map)
  }

  /// Sine and cosine of the eight directions, to four digits.
  private static func unit(_ direction: Double) -> (Double, Double) {
    let (a, b, c) = (0.3827, 0.7071, 0.9239)
    return switch direction {
    case 0: (0, 1)
    case 22.5: (a, c)
    case 45: (b, b)
    case 67.5: (c, a)
    case 90: (1, 0)
    case 112.5: (c, -a)
    case 135: (b, -b)
    default: (a, -c)
    }
  }
}
