import SqueezeData
import SqueezeTestSupport
import Testing

@Suite struct CIFARBinaryTests {
  /// A record whose planes hold one level each, but for the last pixel.
  static func record(_ labels: [UInt8]) -> [UInt8] {
    labels
      + [10, 20, 30].flatMap { level in
        [UInt8](repeating: level, count: 1023) + [level + 5]
      }
  }

  @Test func planesBecomePixels() throws {
    let dataset = try CIFARBinary(Self.record([3]) + Self.record([9]), name: "a")
    #expect(dataset.count == 2)
    #expect(dataset.classes[9] == "truck")
    let sample = try dataset.sample(1)
    #expect(sample.label == 9)
    #expect(size(of: sample.image) == [32, 32, 3])
    #expect(Array(sample.image.pixels.prefix(6)) == [10, 20, 30, 10, 20, 30])
    #expect(Array(sample.image.pixels.suffix(3)) == [15, 25, 35])
  }

  @Test func theFineLabelOfCIFAR100Counts() throws {
    let dataset = try CIFARBinary(Self.record([1, 99]), variant: .cifar100, name: "a")
    #expect(try dataset.sample(0).label == 99)
    #expect(try dataset.sample(0).image.pixels[0] == 10)
    #expect(dataset.classes.count == 100)
  }

  @Test func recordsMustBeWhole() throws {
    #expect(throws: DataError("a", expected: "records of 3073 bytes", actual: "3072 bytes")) {
      try CIFARBinary(Array(Self.record([3]).dropLast()), name: "a")
    }
    #expect(throws: DataError("a, record 1", expected: "a label below 10", actual: "10")) {
      try CIFARBinary(Self.record([3]) + Self.record([10]), name: "a")
    }
    #expect(throws: DataError.self) { try CIFARBinary([], name: "a") }
    #expect(throws: DataError.self) { try CIFARBinary(files: []) }
    #expect(throws: DataError.self) {
      try CIFARBinary(Self.record([1]), classes: ["one"], name: "a")
    }
  }

  @Test func damageIsNoticed() throws {
    try fuzz(Self.record([3]), throwing: DataError.self) {
      _ = try CIFARBinary($0, name: "fuzz").sample(0)
    }
  }

  // Record k is image k/10 of class k%10; the CRC-32 was computed with NumPy.
  @Test(
    "the CIFAR-10 sample opens",
    .enabled(if: TestData.has("cifar10"), "needs cifar10")
  )
  func sample() throws {
    let dataset = try DatasetLocator.open(TestData.path("cifar10/test_first500_decoded.bin"))
    #expect(dataset.count == 500)
    #expect(dataset.classes == CIFARBinary.cifar10Classes)
    #expect(try (0..<500).allSatisfy { try dataset.sample($0).label == $0 % 10 })
    #expect(try crc32(dataset.sample(7).image.pixels) == 0x46F8_910C)
  }
}
