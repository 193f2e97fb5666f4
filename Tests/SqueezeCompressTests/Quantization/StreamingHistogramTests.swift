import SqueezeCompress
import SqueezeTensor
import Testing

@Suite struct StreamingHistogramTests {
  private static func numbers(_ count: Int, scale: Float = 1) -> [Float] {
    var random = SeededGenerator(seed: 6)
    return (0..<count).map { _ in
      let x = random.uniform(-1, 1)
      return random.uniform() < 0.2 ? 0 : scale * x * x * x
    }
  }

  @Test("counts depend neither on order nor on batches")
  func order() {
    let numbers = Self.numbers(5000)
    var whole = StreamingHistogram()
    whole.add(numbers)
    var parts = StreamingHistogram()
    for number in numbers.reversed() { parts.add([number]) }
    #expect((whole == parts) as Bool)
    var (first, second) = (StreamingHistogram(), StreamingHistogram())
    first.add(numbers.filter { abs($0) < 0.01 })
    second.add(numbers.filter { abs($0) >= 0.01 })
    first.merge(second)
    #expect((first == whole) as Bool)
    #expect(whole.count == 5000)
    #expect(whole.zeroCount == numbers.count { $0 == 0 })
  }

  @Test("bins hold what they say", arguments: [1e-30, 1, 3.7e6, 1e30] as [Float])
  func bins(_ scale: Float) {
    let numbers = Self.numbers(2000, scale: scale)
    var histogram = StreamingHistogram()
    histogram.add(numbers)
    let (lower, upper) = (numbers.min() ?? 0, numbers.max() ?? 0)
    #expect(histogram.range == lower...upper)
    // Between a quarter and all of one half of the bins is used.
    #expect(max(-lower, upper) > histogram.width * Float(StreamingHistogram.binCount) / 8)
    for (value, count) in histogram.occupied {
      let own = numbers.count { abs($0 - value) <= histogram.width / 2 * 1.001 && $0 != 0 }
      #expect(own >= count)
    }
    #expect(histogram.occupied.reduce(histogram.zeroCount) { $0 + $1.count } == numbers.count)
  }

  @Test("a number that is not finite is named and nothing is counted")
  func notFinite() {
    var histogram = StreamingHistogram()
    #expect(histogram.add([1, .infinity, 2]) == .infinity)
    #expect(histogram.add([.nan])?.isNaN == true)
    #expect(histogram == StreamingHistogram())
  }
}

@Suite struct GridSearchTests {
  /// Numbers in 0…1 after a ReLU, with a few far out.
  private static let numbers: [Float] = {
    var random = SeededGenerator(seed: 8)
    var numbers = (0..<20_000).map { _ in max(0, random.uniform(-1, 1)) }
    for i in 0..<4 { numbers[i * 17] = 12 + Float(i) }
    return numbers
  }()

  private static func range(
    _ rule: RangeRule,
    _ numbers: [Float],
    steps: Int = 255
  ) -> ClosedRange<Float> {
    var histogram = StreamingHistogram()
    histogram.add(numbers)
    return histogram.range(rule, steps: steps)
  }

  private static func error(_ range: ClosedRange<Float>, steps: Int) -> Double {
    let scale = (range.upperBound - range.lowerBound) / Float(steps)
    return numbers.reduce(0) { sum, x in
      let rounded = scale * (min(max(x, range.lowerBound), range.upperBound) / scale).rounded()
      return sum + Double((rounded - x) * (rounded - x))
    }
  }

  @Test func minMaxIsWhatOccurs() {
    #expect(Self.range(.minMax, [0.5, -2, 3]) == -2...3)
    #expect(Self.range(.minMax, [4, 3]) == 0...4)
    #expect(Self.range(.minMax, []) == 0...0)
  }

  @Test func aPercentileLeavesItsShareOutside() {
    for percent in [90, 99, 99.99] {
      let range = Self.range(.percentile(percent), Self.numbers)
      let outside = Double(Self.numbers.count { !range.contains($0) })
      #expect(outside <= (1 - percent / 100) * Double(Self.numbers.count) + 1e-6)
    }
    #expect(Self.range(.percentile(99.9), Self.numbers).upperBound < 1.1)
    #expect(Self.range(.percentile(100), Self.numbers).upperBound >= 14.99)
  }

  @Test("the range of least error is better than every other", arguments: [3, 15, 255])
  func leastError(_ steps: Int) {
    let errors = RangeRule.all.map {
      Self.error(Self.range($0, Self.numbers, steps: steps), steps: steps)
    }
    for error in errors { #expect(errors[2] <= error * 1.02) }
  }

  @Test("on both sides of zero ends move apart")
  func twoSided() {
    var random = SeededGenerator(seed: 5)
    var numbers = (0..<20_000).map { _ in random.uniform(-0.5, 1) }
    numbers[0] = -40
    let range = Self.range(.meanSquaredError, numbers, steps: 15)
    #expect(range.lowerBound > -10 && range.lowerBound < -0.3)
    #expect(range.upperBound > 0.8)
  }

  @Test("divergence leaves outliers out and keeps what is even")
  func divergence() {
    let range = Self.range(.divergence, Self.numbers)
    #expect(range.upperBound < 6 && range.upperBound > 0.9)
    let even = (0..<10_000).map { Float($0) / 10_000 }
    #expect(Self.range(.divergence, even).upperBound > 0.9)
  }

  @Test("the range holds 0 where all numbers lie on one side", arguments: RangeRule.all)
  func oneSided(_ rule: RangeRule) {
    let numbers = (0..<3000).map { 5 + Float($0) / 3000 }
    for sign in [1, -1] as [Float] {
      let range = Self.range(rule, numbers.map { sign * $0 })
      #expect(range.contains(0))
      #expect(range.upperBound - range.lowerBound > 4.9)
    }
  }

  @Test func rulesHaveNames() {
    for rule in RangeRule.all { #expect(RangeRule(rule.description) == rule) }
    #expect(RangeRule("percentile:99.5") == .percentile(99.5))
    for text in ["", "percentile:0", "percentile:101", "median"] { #expect(RangeRule(text) == nil) }
  }
}
