import SqueezeData
import SqueezeTensor
import SqueezeTestSupport
import Testing

@Suite struct SegmentationExamplesTests {
  /// Two pictures of 6×4 whose left half is class 1, one of them with a void corner.
  private func folder(classes: String = "sky\nroad\nvoid\n") throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    for name in ["a", "b"] {
      let map = (0..<24).map { UInt8($0 % 6 < 3 ? 1 : name == "b" && $0 == 5 ? 2 : 0) }
      let picture = Image(width: 6, height: 4, channels: 1, pixels: map.map { $0 * 100 })
      try folder.write(try PNGEncoder.encode(picture), to: "images/\(name).png")
      let labels = Image(width: 6, height: 4, channels: 1, pixels: map)
      try folder.write(try PNGEncoder.encode(labels), to: "labels/\(name).png")
    }
    try folder.write(classes, to: "classes.txt")
    try folder.write("a\n", to: "train.txt")
    try folder.write("name\tsize\nb\t24\na\t24\n", to: "val.txt")
    return folder
  }

  private func open(
    _ folder: TemporaryFolder,
    split: String? = "val",
    height: Int = 4,
    width: Int = 6
  ) throws -> SegmentationExamples {
    let preprocessing = Preprocessing(order: .grey)
    return try SegmentationExamples(
      folder.path,
      split: split,
      preprocessing: preprocessing,
      height: height,
      width: width
    )
  }

  @Test func readsPicturesAndMaps() throws {
    let folder = try folder()
    let examples = try open(folder)
    #expect(examples.classes == ["sky", "road"])
    #expect(examples.ignoredClass == 2)
    #expect(examples.count == 2)
    #expect(examples.exampleName(0) == "b")
    let batch = try BatchLoader(examples, batchSize: 2).batch(0, epoch: 0)
    #expect(batch.inputs.shape == [2, 1, 4, 6])
    guard case .maps(let maps) = batch.targets else {
      Issue.record("no maps")
      return
    }
    #expect(maps.shape == [2, 4, 6])
    #expect(maps.scalars[5] == 2)
    #expect(batch.inputs.scalars == maps.scalars.map { $0 * 100 })
    #expect(try open(folder, split: "train").count == 1)
    #expect(try open(folder, split: nil).count == 2)
  }

  @Test func pictureAndMapAreResizedTogether() throws {
    let folder = try folder()
    let examples = try open(folder, height: 8, width: 12)
    let example = try examples.example(1)
    #expect(example.shape == [1, 8, 12])
    guard case .map(let map) = example.target, case .levels(let levels) = example.input else {
      Issue.record("no map")
      return
    }
    #expect(map == (0..<96).map { $0 % 12 < 6 ? 1 : 0 })
    for (level, label) in zip(levels, map) { #expect(abs(Int(level) - Int(label) * 100) <= 30) }
  }

  @Test func whatIsMissingOrWrongIsNamed() throws {
    let folder = try folder(classes: "0\tsky\n1\troad\n")
    let examples = try open(folder)
    #expect(examples.classes == ["sky", "road"])
    #expect(examples.ignoredClass == nil)
    let error = try #require(throws: LabelError.self) { try examples.example(0) }
    #expect(error.label == 2 && error.place.hasSuffix("b.png"))
    // Even where unreadable samples are skipped.
    let loader = try BatchLoader(examples, batchSize: 2, unreadable: .skip)
    #expect(throws: LabelError.self) { try loader.batch(0, epoch: 0) }

    let small = Image(width: 2, height: 2, channels: 1, pixels: [0, 0, 0, 0])
    try folder.write(try PNGEncoder.encode(small), to: "labels/a.png")
    #expect(throws: DataError.self) { try examples.example(1) }
    try folder.write("a\nmissing\n", to: "val.txt")
    let missing = try #require(throws: DataError.self) { try open(folder) }
    #expect(missing.expected.contains("missing"))
    try folder.write("", to: "val.txt")
    #expect(throws: DataError.self) { try open(folder) }
    #expect(throws: DataError.self) { try open(folder, split: "nothing") }
    #expect(throws: DataError.self) { try open(folder, height: 0) }
  }

  @Test("the shared data opens", .enabled(if: TestData.has("camvid")))
  func sharedData() throws {
    for (name, split, count, classes) in [
      ("camvid", "train", 367, 11), ("oct/ivoct", "train", 127, 5), ("oct/retina", "val", 55, 9),
    ] {
      let examples = try SegmentationExamples(
        TestData.path(name),
        split: split,
        height: 96,
        width: 128
      )
      #expect([examples.count, examples.classes.count] == [count, classes])
      #expect(examples.ignoredClass == (name == "camvid" ? 11 : nil))
      for index in 0..<3 {
        let example = try examples.example(index)
        #expect(example.shape == [3, 96, 128])
      }
    }
  }
}
