import SqueezeParameters
import SqueezeTensor
import Testing

@Suite struct StraightThroughBinaryTests {
  @Test func decodesToSignsTimesTheMeanMagnitude() {
    let encoding = StraightThroughBinary(Tensor([2, 2], [0.5, -1.5, 0, 0.25]))
    #expect(encoding.decoded().scalars == [1, -1, 0.125, 0.125])
    #expect(encoding.rounded.signs == [true, false, true, true])
    #expect(encoding.rounded.free == [1, 0.125])
  }

  @Test("the gradient is that of the formula")
  func gradient() {
    let weights: [Float] = [0.5, -1.5, 0.25, -0.75]
    let slopes: [Float] = [1, 2, -3, 5]
    let encoding = StraightThroughBinary(Tensor([1, 4], weights))
    // α = 3/4; Σ g · sign = 1 − 2 − 3 − 5 = −9; the second weight lies beyond ±1.
    let expected: [Float] = [
      0.75 * 1 - 9.0 / 4, 9.0 / 4, 0.75 * -3 - 9.0 / 4, 0.75 * 5 + 9.0 / 4,
    ]
    for (a, b) in zip(encoding.pullback(Tensor([1, 4], slopes)), expected) {
      #expect(abs(a - b) < 1e-6)
    }
  }

  @Test("beyond ±1 the gradient is that of the magnitude, by central differences")
  func magnitude() {
    let encoding = StraightThroughBinary(Tensor([1, 3], [2, -3, 4]))
    let slopes: [Float] = [1, -2, 0.5]
    let pulled = encoding.pullback(Tensor([1, 3], slopes))
    for i in 0..<3 {
      var (up, down) = (encoding, encoding)
      up.free[i] += 0.25
      down.free[i] -= 0.25
      let change = zip(up.decoded().scalars, down.decoded().scalars).map { $0 - $1 }
      let slope = zip(change, slopes).reduce(Float(0)) { $0 + $1.0 * $1.1 } / 0.5
      #expect(abs(slope - pulled[i]) < 1e-5)
    }
  }

  @Test func aSmallStepAcrossZeroFlipsTheSign() {
    var encoding = StraightThroughBinary(Tensor([1, 2], [0.01, -1]))
    #expect(encoding.decoded().scalars[0] > 0)
    encoding.free[0] -= 0.02
    #expect(encoding.decoded().scalars[0] < 0)
  }
}
