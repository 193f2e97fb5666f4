import SqueezeData
import Testing

@Suite struct DatasetLocatorTests {
  static func png(_ width: Int) throws -> [UInt8] {
    try PNGEncoder.encode(synthetic(width: width, height: 2, channels: 3))
  }

  @Test func foldersOfClassesAndSplits() throws {
    let folder = try TemporaryFolder()
    try folder.write(Self.png(3), to: "a/1.png")
    #expect(try DatasetLocator.open(folder.path).classes == ["a"])
    try folder.write(Self.png(3), to: "nested/train/a/1.png")
    try folder.write(Self.png(3), to: "nested/train/a/2.png")
    try folder.write(Self.png(3), to: "nested/val/a/1.png")
    let nested = folder.path + "/nested"
    #expect(try DatasetLocator.open(nested).name == "val")
    #expect(try DatasetLocator.open(nested, split: "train").count == 2)
    let error = try #require(throws: DataError.self) {
      try DatasetLocator.open(nested, split: "other")
    }
    #expect(error.expected == "a split other")
    #expect(error.actual == "the folders train, val")
    // A class may be called like a split.
    try folder.write(Self.png(3), to: "classes/test/1.png")
    try folder.write(Self.png(3), to: "classes/rest/1.png")
    #expect(try DatasetLocator.open(folder.path + "/classes").classes == ["rest", "test"])
  }

  @Test func manifestsGoFirst() throws {
    let folder = try TemporaryFolder()
    try folder.write(Self.png(3), to: "images/1.png")
    try folder.write("file\tindex\n1.png\t5\n", to: "labels.txt")
    for path in [folder.path, folder.path + "/", folder.path + "/labels.txt"] {
      #expect(try DatasetLocator.open(path).sample(0).label == 5)
    }
    #expect(throws: DataError.self) { try DatasetLocator.open(folder.path, split: "train") }
  }

  @Test func idxFilesByFolderOrFile() throws {
    let folder = try TemporaryFolder()
    for (prefix, label) in [("train", UInt8(1)), ("t10k", 2)] {
      try folder.write(
        IDXDatasetTests.idx([1, 2, 2], [1, 2, 3, 4]),
        to: "\(prefix)-images.idx3-ubyte"
      )
      try folder.write(IDXDatasetTests.idx([1], [label]), to: "\(prefix)-labels.idx1-ubyte")
    }
    #expect(try DatasetLocator.open(folder.path).sample(0).label == 2)
    #expect(try DatasetLocator.open(folder.path, split: "train").sample(0).label == 1)
    let file = folder.path + "/train-images.idx3-ubyte"
    #expect(try DatasetLocator.open(file).sample(0).label == 1)
  }

  @Test func cifarBatches() throws {
    let folder = try TemporaryFolder()
    try folder.write(CIFARBinaryTests.record([1]), to: "data_batch_1.bin")
    try folder.write(CIFARBinaryTests.record([2]), to: "data_batch_2.bin")
    try folder.write(CIFARBinaryTests.record([3]), to: "test_batch.bin")
    let train = try DatasetLocator.open(folder.path, split: "train")
    #expect(try (0..<train.count).map { try train.sample($0).label } == [1, 2])
    #expect(try DatasetLocator.open(folder.path).sample(0).label == 3)
    #expect(throws: DataError.self) { try DatasetLocator.open(folder.path, split: "val") }
    let names = (0..<10).map { "name \($0)" }
    try folder.write(names.joined(separator: "\n"), to: "batches.meta.txt")
    #expect(try DatasetLocator.open(folder.path).classes == names)

    let hundred = try TemporaryFolder()
    try hundred.write(CIFARBinaryTests.record([1, 77]), to: "train.bin")
    let fine = (0..<100).map { "name \($0)" }.joined(separator: "\n")
    try hundred.write(fine, to: "fine_label_names.txt")
    let dataset = try DatasetLocator.open(hundred.path)
    #expect(try dataset.classes[dataset.sample(0).label] == "name 77")
  }

  @Test func otherPathsAreToldWhatIsUnderstood() throws {
    let folder = try TemporaryFolder()
    try folder.write("text", to: "notes.txt")
    for path in [folder.path, folder.path + "/notes.txt", folder.path + "/missing"] {
      let error = try #require(throws: DataError.self) { try DatasetLocator.open(path) }
      #expect(error.place == path)
      #expect(error.expected == DatasetLocator.understood)
    }
  }
}
