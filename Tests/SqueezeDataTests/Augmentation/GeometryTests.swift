import Foundation
import SqueezeData
import SqueezeTensor
import Testing

/// Augmentations that move pixels.
@Suite struct GeometryTests {
  @Test func twoFlipsAreTheIdentity() throws {
    let input = ramp([3, 5, 7])
    let map = (0..<35).map { $0 }
    for flip: any Augmentation in [HorizontalFlip(chance: 1), VerticalFlip(chance: 1)] {
      let once = try augment(input, map: map, flip)
      #expect(once.input != input)
      let twice = try augment(input, map: map, flip, flip)
      #expect(twice.input == input)
      #expect(twice.map == map)
    }
  }

  @Test func flipsMirror() throws {
    let input = Tensor([1, 2, 3], [1, 2, 3, 4, 5, 6])
    let across = try augment(input, map: [1, 2, 3, 4, 5, 6], HorizontalFlip(chance: 1))
    #expect(across.input.scalars == [3, 2, 1, 6, 5, 4])
    #expect(across.map == [3, 2, 1, 6, 5, 4])
    let down = try augment(input, map: [1, 2, 3, 4, 5, 6], VerticalFlip(chance: 1))
    #expect(down.input.scalars == [4, 5, 6, 1, 2, 3])
    #expect(down.map == [4, 5, 6, 1, 2, 3])
    #expect(try augment(input, HorizontalFlip(chance: 0)).input == input)
    let signal = try augment(Tensor([1, 3], [1, 2, 3]), HorizontalFlip(chance: 1))
    #expect(signal.input.scalars == [3, 2, 1])
  }

  @Test func aFlipHappensAsOftenAsItShould() throws {
    let input = Tensor([1, 1, 2], [1, 2])
    let flips = try (0..<400).filter {
      try augment(input, seed: UInt64($0), HorizontalFlip(chance: 0.25)).input != input
    }
    #expect((60...140).contains(flips.count))
  }

  @Test func alternatingFlipsShowBothSidesInTwoEpochs() throws {
    let count = 64
    let pictures = Tensor([count, 1, 1, 2], (0..<count * 2).map { Float($0) })
    let examples = try TensorExamples(pictures, .classes([Int](repeating: 0, count: count)))
    let loader = try BatchLoader(
      examples,
      batchSize: count,
      augmentations: [HorizontalFlip.alternating],
      seed: 3
    )
    let epochs = try (0..<4).map { try loader.batch(0, epoch: $0).inputs.scalars }
    #expect(epochs[0] == epochs[2])
    #expect(epochs[1] == epochs[3])
    var mirrored = 0
    for i in stride(from: 0, to: count * 2, by: 2) {
      #expect(epochs[0][i] == epochs[1][i + 1])
      #expect(epochs[0][i + 1] == epochs[1][i])
      if epochs[0][i] > epochs[0][i + 1] { mirrored += 1 }
    }
    #expect((16...48).contains(mirrored))
  }

  /// Every geometric augmentation that takes whole pixels, on a picture that shows its own map.
  @Test(
    "the map follows the picture",
    arguments: [
      [HorizontalFlip(), VerticalFlip()], [RandomCrop(padding: 3)],
      [RandomCrop(height: 4, width: 6, padding: 1, border: .reflect)], [Pad(2, border: .edge)],
      [Pad(3), RandomCrop(height: 9, width: 9), HorizontalFlip()],
      [RandomCrop(padding: 2, border: .edge), VerticalFlip()],
    ] as [[any Augmentation]]
  )
  func mapFollows(_ augmentations: [any Augmentation]) throws {
    let map = (0..<63).map { ($0 * 37) % 63 + 1 }
    let picture = Tensor([1, 1, 7, 9], map.map { Float($0) })
    let examples = try TensorExamples(
      picture,
      .maps(Tensor([1, 7, 9], integers: map)),
      pixelWeights: Tensor([1, 7, 9], map.map { Float($0) })
    )
    for seed in 0..<20 {
      let loader = try BatchLoader(
        examples,
        batchSize: 1,
        augmentations: augmentations,
        seed: UInt64(seed)
      )
      let batch = try loader.batch(0, epoch: 0)
      #expect(batch.targets == .maps(batch.inputs.reshaped(Shape(dropping1: batch.inputs.shape))))
      #expect(batch.pixelWeights?.scalars == batch.inputs.scalars)
    }
  }

  @Test func cropsLieInsideAndReachEverywhere() throws {
    let input = ramp([2, 6, 8])
    var corners: Set<Int> = []
    for seed in 0..<200 {
      let crop = try augment(input, seed: UInt64(seed), RandomCrop(height: 4, width: 5)).input
      #expect(crop.shape == [2, 4, 5])
      let first = Int(crop.scalars[0])
      corners.insert(first)
      for (i, value) in crop.scalars.enumerated() {
        let (channel, row, column) = (i / 20, i / 5 % 4, i % 5)
        #expect(Int(value) == first + channel * 48 + row * 8 + column)
      }
    }
    #expect(corners == Set((0..<3).flatMap { row in (0..<4).map { row * 8 + $0 } }))
  }

  @Test func cropOfPaddedPicturesShifts() throws {
    let input = ramp([1, 4, 4])
    var seen: Set<[Float]> = []
    for seed in 0..<300 {
      let cropped = try augment(input, seed: UInt64(seed), RandomCrop(padding: 1)).input
      #expect(cropped.shape == input.shape)
      seen.insert(cropped.scalars)
    }
    #expect(seen.count == 9)
    #expect(seen.contains(input.scalars))
    #expect(seen.contains([0, 0, 0, 0, 0, 0, 1, 2, 0, 4, 5, 6, 0, 8, 9, 10]))
  }

  @Test(
    "borders",
    arguments: [
      (Border.zero, [-7, -7, 1, 2, 3, -7, -7]), (.reflect, [3, 2, 1, 2, 3, 2, 1]),
      (.edge, [1, 1, 1, 2, 3, 3, 3]),
    ] as [(Border, [Float])]
  )
  func borders(_ border: Border, _ expected: [Float]) throws {
    let normalization = Normalization(mean: [-7])
    let padded = try augment(
      Tensor([1, 3], [1, 2, 3]),
      normalization: normalization,
      Pad(2, border: border)
    )
    #expect(padded.input.scalars.map { $0 - 7 } == expected)
    let far = try augment(Tensor([1, 1, 2], [4, 5]), Pad(4, border: .reflect)).input
    #expect(far.scalars.prefix(10) == [4, 5, 4, 5, 4, 5, 4, 5, 4, 5])
    #expect(
      try augment(Tensor([1, 1, 1], [4]), Pad(2, border: .reflect)).input.scalars.allSatisfy {
        $0 == 4
      }
    )
  }

  @Test func whatIsUncoveredHasTheIgnoredClass() throws {
    let sample = try augment(
      Tensor([1, 1, 2], [5, 6]),
      map: [1, 2],
      ignoredClass: 9,
      Pad(1)
    )
    #expect(sample.map == [9, 9, 9, 9, 9, 1, 2, 9, 9, 9, 9, 9])
  }

  @Test func affineWithoutChangeIsTheIdentity() throws {
    let input = ramp([3, 6, 5])
    #expect(try augment(input, map: (0..<30).map { $0 }, Affine()).input == input)
  }

  /// A ramp is its own map within the pixel that the nearest label is away.
  @Test func affineMovesTheMapAlong() throws {
    let (height, width) = (20, 24)
    let labels = (0..<height * width).map { 40 + $0 / width + 2 * ($0 % width) }
    let input = Tensor([1, height, width], labels.map { Float($0) })
    let affine = Affine(degrees: 30, scale: 0.2, shearDegrees: 10, shift: 0.1, border: .edge)
    for seed in 0..<20 {
      let moved = try augment(input, map: labels, seed: UInt64(seed), affine)
      for (value, label) in zip(moved.input.scalars, moved.map) {
        #expect(abs(value - Float(label)) <= 1.51)
      }
      #expect(moved.map != labels)
    }
  }

  @Test func aRoundSpotMayTurn() throws {
    let size = 21
    let spot = (0..<size * size).map { i -> Float in
      let (x, y) = (Float(i % size - 10), Float(i / size - 10))
      return exp(-(x * x + y * y) / 30)
    }
    let input = Tensor([1, size, size], spot)
    for seed in 0..<10 {
      let turned = try augment(input, seed: UInt64(seed), Affine(degrees: 180)).input
      for (a, b) in zip(turned.scalars, spot) { #expect(abs(a - b) < 0.05) }
    }
  }

  @Test func aShiftUncoversZeros() throws {
    let input = ramp([1, 9, 9])
    let shifted = try augment(input, seed: 3, Affine(shift: 0.3, border: .zero)).input
    #expect(shifted != input)
    #expect(shifted.scalars.contains(0))
    #expect(shifted.scalars.allSatisfy { (0...80).contains($0) })
  }

  @Test func cutoutCoversOneSquareWithTheMean() throws {
    let normalization = Normalization(scale: 1, mean: [3, 4], deviation: [2, 2])
    for seed in 0..<50 {
      let input = Tensor([2, 10, 12], [Float](repeating: 9, count: 240))
      let cut = try augment(input, seed: UInt64(seed), normalization: normalization, Cutout(4))
        .input
      let covered = (0..<240).filter { cut.scalars[$0] == 0 }
      let first = covered.filter { $0 < 120 }
      #expect(covered.count == 2 * first.count)
      #expect((4...16).contains(first.count))
      let rows = Set(first.map { $0 / 12 })
      let columns = Set(first.map { $0 % 12 })
      #expect(rows.count * columns.count == first.count)
      #expect(rows.count <= 4 && columns.count <= 4)
    }
  }

  @Test func picturesAndSignalsAreNotConfused() throws {
    let signal = Tensor([1, 5], [1, 2, 3, 4, 5])
    for wrong: any Augmentation in [VerticalFlip(), Affine(degrees: 1), ColourJitter()] {
      #expect(throws: DataError.self) { try augment(signal, wrong) }
    }
    for wrong: any Augmentation in [TimeShift(2), Stretch(0.1)] {
      #expect(throws: DataError.self) { try augment(ramp([1, 3, 3]), wrong) }
    }
    #expect(throws: DataError.self) { try augment(ramp([1, 3, 3]), RandomCrop(height: 9)) }
    #expect(throws: DataError.self) { try augment(ramp([1, 3, 3]), Sometimes(0.5, Pad(1))) }
    #expect(throws: DataError.self) { try augment(ramp([1, 3, 3]), Cutout(0)) }
  }
}

extension Shape {
  /// The shape `[N, H, W]` of `[N, 1, H, W]`.
  fileprivate init(dropping1 shape: Shape) { self.init([shape[0], shape[2], shape[3]]) }
}
