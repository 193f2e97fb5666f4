import SqueezeData
import SqueezeTestSupport
import Testing

@Suite struct IDXDatasetTests {
  static func idx(_ shape: [UInt8], _ bytes: [UInt8]) -> [UInt8] {
    [0, 0, 8, UInt8(shape.count)] + shape.flatMap { [0, 0, 0, $0] } + bytes
  }

  @Test func aPairIsOneDataset() throws {
    let folder = try TemporaryFolder()
    let levels = (0..<18).map { UInt8($0 * 14) }
    try folder.write(Self.idx([3, 2, 3], levels), to: "train-images-idx3-ubyte")
    try folder.write(gzip(Self.idx([3], [4, 0, 2])), to: "train-labels-idx1-ubyte.gz")
    let dataset = try IDXDataset(folder.path)
    #expect(dataset.count == 3)
    #expect(dataset.classes == ["0", "1", "2", "3", "4"])
    let sample = try dataset.sample(2)
    #expect(sample.label == 2)
    #expect(size(of: sample.image) == [3, 2, 1])
    #expect(sample.image.pixels == Array(levels[12...]))
    #expect(throws: DataError.self) { try IDXDataset(folder.path, split: "test") }
    #expect(throws: Never.self) { try IDXDataset(folder.path, split: "train") }
  }

  @Test func picturesAndLabelsMustMatch() throws {
    func dataset(_ images: [UInt8], _ labels: [UInt8]) throws -> IDXDataset {
      try IDXDataset(
        images: IDXArray(images, file: "images"),
        labels: IDXArray(labels, file: "labels"),
        name: "a",
        file: "images"
      )
    }
    #expect(throws: DataError("images", expected: "[2] labels", actual: "[3]")) {
      try dataset(Self.idx([2, 1, 1], [1, 2]), Self.idx([3], [1, 2, 3]))
    }
    #expect(throws: DataError.self) { try dataset(Self.idx([2], [1, 2]), Self.idx([2], [1, 2])) }
    #expect(throws: DataError.self) { try dataset(Self.idx([0, 1, 1], []), Self.idx([0], [])) }
  }

  @Test func sizesBeyondTheFileAreRefused() {
    let large: [UInt8] = [0, 0, 8, 255] + [UInt8](repeating: 255, count: 1020)
    #expect(throws: DataError.self) { try IDXArray(large, file: "a") }
    #expect(throws: DataError.self) { try IDXArray([0, 0, 9, 0, 1], file: "a") }
    #expect(throws: DataError.self) {
      try IDXArray(gzip([UInt8](repeating: 0, count: 9999)), file: "a", limit: 999)
    }
  }

  @Test func damageIsNoticed() throws {
    let file = Self.idx([4, 3, 3], (0..<36).map { $0 })
    try fuzz(file, throwing: DataError.self) { _ = try IDXArray($0, file: "fuzz") }
    try fuzz(gzip(file), throwing: DataError.self) { _ = try IDXArray($0, file: "fuzz") }
  }

  // Labels and the CRC-32 of the first picture, read with NumPy.
  @Test(
    "MNIST opens",
    .enabled(if: TestData.has("mnist"), "needs mnist"),
    arguments: [
      ("train", 60_000, [5, 0, 4, 1, 9, 2, 1, 3, 1, 4], 0x90A9_2752 as UInt32),
      ("test", 10_000, [7, 2, 1, 0, 4, 1, 4, 9, 5, 9], 0x7EB3_CD06),
    ]
  )
  func mnist(_ split: String, _ count: Int, _ labels: [Int], _ crc: UInt32) throws {
    let dataset = try DatasetLocator.open(TestData.path("mnist"), split: split)
    #expect(dataset is IDXDataset)
    #expect(dataset.count == count)
    #expect(dataset.classes.count == 10)
    let samples = try (0..<10).map { try dataset.sample($0) }
    #expect(samples.map(\.label) == labels)
    #expect(size(of: samples[0].image) == [28, 28, 1])
    #expect(crc32(samples[0].image.pixels) == crc)
  }
}
