import SqueezeData
import SqueezeTestSupport
import Testing

@Suite struct ImageManifestTests {
  @Test func filesAreBesideOrInImages() throws {
    let folder = try TemporaryFolder()
    let images = (1...2).map { synthetic(width: $0, height: 3, channels: 3) }
    try folder.write(PNGEncoder.encode(images[0]), to: "images/a.png")
    try folder.write(PNGEncoder.encode(images[1]), to: "b.png")
    try folder.write("index\tfile\tlabel\r\n2\ta.png\tcat\r\n0\tb.png\tape\r\n", to: "labels.txt")
    var dataset = try ImageManifest(folder.path)
    #expect(dataset.classes == ["0", "1", "2"])
    #expect(dataset.count == 2)
    #expect(try dataset.sample(0) == Sample(name: "a.png", image: images[0], label: 2))
    #expect(try dataset.sample(1) == Sample(name: "b.png", image: images[1], label: 0))
    try folder.write("ape\nbee\ncat\n", to: "classes.txt")
    dataset = try ImageManifest(folder.path)
    #expect(dataset.classes == ["ape", "bee", "cat"])
    try folder.write("ape\nbee\n", to: "classes.txt")
    #expect(throws: DataError.self) { try ImageManifest(folder.path) }
  }

  @Test func classNamesComeFromATable() throws {
    let table = "index\twnid\tlabel\n2\tn2\tcat\n0\tn0\tape\n"
    let names = try ImageManifest.classNames(Array(table.utf8), file: "classes.txt")
    #expect(names == ["ape", "1", "cat"])
    for bad in ["index\tlabel\n0\ta\n0\tb\n", "index\tlabel\n-1\ta\n", "index\tcolour\n0\ta\n"] {
      #expect(throws: DataError.self) {
        try ImageManifest.classNames(Array(bad.utf8), file: "classes.txt")
      }
    }
  }

  @Test(
    "entries that cannot be used are named",
    arguments: [
      ("file\tlabel\na\t1\n", "labels.txt"), ("", "labels.txt"), ("file\tindex\n", "labels.txt"),
      ("file\tindex\na\t1\nb\n", "labels.txt:3"), ("file\tindex\na\tx\n", "labels.txt:2"),
      ("file\tindex\na\t-1\n", "labels.txt:2"), ("file\tindex\na\t99999999\n", "labels.txt:2"),
      ("file\tindex\n/etc/a\t1\n", "labels.txt:2"), ("file\tindex\n../a\t1\n", "labels.txt:2"),
      ("file\tindex\n\t1\n", "labels.txt:2"),
    ]
  )
  func refused(_ text: String, _ place: String) throws {
    let error = try #require(throws: DataError.self) {
      try ImageManifest.entries(Array(text.utf8), file: "labels.txt")
    }
    #expect(error.place == place)
  }

  @Test func damageIsNoticed() throws {
    let text = "file\tindex\tlabel\n" + (0..<9).map { "\($0).jpg\t\($0)\tname \($0)\n" }.joined()
    try fuzz(Array(text.utf8), cutsMayParse: true, throwing: DataError.self) {
      _ = try ImageManifest.entries($0, file: "labels.txt")
    }
    try fuzz(Array(text.utf8), cutsMayParse: true, throwing: DataError.self) {
      _ = try ImageManifest.classNames($0, file: "classes.txt")
    }
  }

  @Test(
    "the ImageNet sample opens",
    .enabled(if: TestData.has("imagenet1k-sample"), "needs imagenet1k-sample")
  )
  func imageNetSample() throws {
    let dataset = try DatasetLocator.open(TestData.path("imagenet1k-sample"))
    #expect(dataset is ImageManifest)
    #expect(dataset.count == 700)
    #expect(dataset.classes.count == 1000)
    #expect(dataset.classes[1] == "goldfish")
    let sample = try dataset.sample(0)
    #expect(sample.label == 1)
    #expect(sample.name == "0001_n01443537.jpg")
  }
}
