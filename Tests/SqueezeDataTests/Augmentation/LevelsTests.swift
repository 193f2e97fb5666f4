import SqueezeData
import SqueezeTensor
import Testing

/// Augmentations that change what pixels show.
@Suite struct LevelsTests {
  /// A sample of grey levels after augmentation, not normalized.
  private func jitter(
    _ levels: [Int],
    _ shape: Shape,
    seed: Int,
    _ augmentation: any Augmentation
  ) throws -> [Float] {
    let tensor = Tensor(Shape([1] + shape.dimensions), integers: levels, type: .uint8)
    let examples = try TensorExamples(tensor, .classes([0]))
    let loader = try BatchLoader(
      examples,
      batchSize: 1,
      augmentations: [augmentation],
      seed: UInt64(seed)
    )
    return try loader.batch(0, epoch: 0).inputs.scalars
  }

  private let colours = (0..<3 * 16).map { ($0 * 53 + 20) % 256 }

  @Test func noChangeIsTheIdentity() throws {
    let same = try jitter(colours, [3, 4, 4], seed: 1, ColourJitter())
    #expect(same == colours.map { Float($0) })
  }

  @Test func levelsStayInRange() throws {
    let strong = ColourJitter(brightness: 0.9, contrast: 0.9, saturation: 0.9, hueDegrees: 180)
    for seed in 0..<30 {
      let changed = try jitter(colours, [3, 4, 4], seed: seed, strong)
      #expect(changed.allSatisfy { (0...255).contains($0) })
      #expect(changed != colours.map { Float($0) })
    }
  }

  @Test func brightnessIsOneFactor() throws {
    let levels = (0..<16).map { 10 + $0 }
    var factors: Set<Float> = []
    for seed in 0..<30 {
      let changed = try jitter(levels, [1, 4, 4], seed: seed, ColourJitter(brightness: 0.3))
      let factor = changed[0] / 10
      factors.insert(factor)
      #expect((0.7...1.3).contains(factor))
      for (a, b) in zip(changed, levels) { #expect(abs(a - factor * Float(b)) < 1e-3) }
    }
    #expect(factors.count == 30)
  }

  @Test func contrastKeepsTheMean() throws {
    let levels = (0..<16).map { 100 + $0 }
    for seed in 0..<10 {
      let changed = try jitter(levels, [1, 4, 4], seed: seed, ColourJitter(contrast: 0.5))
      #expect(abs(changed.reduce(0, +) / 16 - 107.5) < 1e-3)
      #expect((0.5...1.5).contains((changed[15] - changed[0]) / 15))
    }
  }

  @Test func greyStaysGreyAndLumaStays() throws {
    let grey = [Int](repeating: 90, count: 12)
    let colour = [150, 140, 130, 120, 100, 100, 100, 100, 90, 110, 95, 105]
    func luma(_ x: [Float]) -> [Float] {
      (0..<4).map { 0.299 * x[$0] + 0.587 * x[4 + $0] + 0.114 * x[8 + $0] }
    }
    let before = luma(colour.map { Float($0) })
    for seed in 0..<20 {
      let change = ColourJitter(saturation: 0.5, hueDegrees: 180)
      for value in try jitter(grey, [3, 2, 2], seed: seed, change) {
        #expect(abs(value - 90) < 0.05)
      }
      let after = luma(try jitter(colour, [3, 2, 2], seed: seed, change))
      for (a, b) in zip(after, before) { #expect(abs(a - b) < 0.1) }
    }
  }

  @Test func noiseHasItsDeviationInNormalizedUnits() throws {
    let normalization = Normalization(scale: 0.5, mean: [2], deviation: [4])
    let input = Tensor([1, 100, 100], [Float](repeating: 4, count: 10_000))
    let noisy = try augment(input, normalization: normalization, Noise(deviation: 0.3)).input
      .scalars
    let mean = noisy.reduce(0, +) / 10_000
    let variance = noisy.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 10_000
    #expect(abs(mean) < 0.015)
    #expect(abs(variance.squareRoot() - 0.3) < 0.01)
  }

  @Test func gainIsOneFactor() throws {
    let input = Tensor([2, 3], [1, 2, 3, -4, 5, 6])
    let loud = try augment(input, Gain(0.5)).input.scalars
    #expect((0.5...1.5).contains(loud[0]))
    for (a, b) in zip(loud, input.scalars) { #expect(abs(a - loud[0] * b) < 1e-5) }
  }

  @Test func timeShiftMovesSignalAndMap() throws {
    let input = Tensor([2, 6], [1, 2, 3, 4, 5, 6, 11, 12, 13, 14, 15, 16])
    var shifts: Set<Float> = []
    for seed in 0..<60 {
      let moved = try augment(
        input,
        map: [1, 2, 3, 4, 5, 6],
        seed: UInt64(seed),
        TimeShift(2, border: .edge)
      )
      #expect(moved.map.map { Float($0) } == Array(moved.input.scalars[..<6]))
      #expect(moved.input.scalars[6...].map { $0 - 10 } == Array(moved.input.scalars[..<6]))
      shifts.insert(moved.input.scalars[3])
    }
    #expect(shifts == [2, 3, 4, 5, 6])
  }

  @Test func stretchKeepsTheMiddle() throws {
    let input = Tensor([1, 41], (0..<41).map { Float($0) })
    for seed in 0..<20 {
      let stretched = try augment(
        input,
        map: (0..<41).map { $0 },
        seed: UInt64(seed),
        Stretch(0.25)
      )
      let values = stretched.input.scalars
      #expect(values[20] == 20)
      #expect((1 / 1.25 - 0.01...1 / 0.75 + 0.01).contains(values[21] - 20))
      for (value, label) in zip(values, stretched.map) {
        #expect(abs(value - Float(label)) <= 0.501)
      }
    }
  }

  @Test func sometimesIsAShare() throws {
    let input = Tensor([1, 2], [3, 4])
    let changed = try (0..<400).filter {
      try augment(input, seed: UInt64($0), Sometimes(0.3, Gain(0.5))).input != input
    }
    #expect((80...160).contains(changed.count))
  }

  @Test func mixUpMixesInputsAndTargetsAlike() throws {
    // The input is the class, so the mixture of one is the mixture of the other.
    let inputs = Tensor([4, 1, 1, 1], [0, 1, 2, 3])
    let examples = try TensorExamples(inputs, .classes([0, 1, 2, 3]))
    var mixed = 0
    for seed in 0..<20 {
      let loader = try BatchLoader(
        examples,
        batchSize: 4,
        mixUp: MixUp(alpha: 1),
        seed: UInt64(seed)
      )
      let batch = try loader.batch(0, epoch: 0)
      guard case .probabilities(let rows) = batch.targets else {
        Issue.record("no probabilities")
        return
      }
      #expect(rows.shape == [4, 4])
      for sample in 0..<4 {
        let row = rows.scalars[4 * sample..<4 * sample + 4]
        #expect(abs(row.reduce(0, +) - 1) < 1e-6)
        let meant = zip(row, [0, 1, 2, 3] as [Float]).reduce(0) { $0 + $1.0 * $1.1 }
        #expect(abs(meant - batch.inputs.scalars[sample]) < 1e-5)
        #expect(row[row.startIndex + sample] > 0)
        if row.filter({ $0 > 0.01 }).count == 2 { mixed += 1 }
      }
    }
    #expect(mixed > 30)
  }

  @Test func mixUpMixesValuesAndRefusesMaps() throws {
    let inputs = Tensor([2, 1, 2], [0, 0, 1, 1])
    let values = try TensorExamples(inputs, .values(Tensor([2, 1], [10, 20])))
    let batch = try BatchLoader(values, batchSize: 2, mixUp: MixUp(alpha: 1)).batch(0, epoch: 0)
    guard case .values(let mixed) = batch.targets else {
      Issue.record("no values")
      return
    }
    for sample in 0..<2 {
      #expect(abs(mixed.scalars[sample] - 10 - 10 * batch.inputs.scalars[2 * sample]) < 1e-4)
    }
    let maps = try TensorExamples(inputs, .maps(Tensor([2, 2], integers: [0, 1, 0, 1])))
    let loader = try BatchLoader(maps, batchSize: 2, mixUp: MixUp())
    #expect(throws: DataError.self) { try loader.batch(0, epoch: 0) }
    #expect(throws: DataError.self) {
      try BatchLoader(values, batchSize: 2, mixUp: MixUp(alpha: 0))
    }
  }
}
