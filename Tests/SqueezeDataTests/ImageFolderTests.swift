import SqueezeData
import Testing

@Suite struct ImageFolderTests {
  @Test func labelsAndOrderAreThoseOfNames() throws {
    let folder = try TemporaryFolder()
    let png = try PNGEncoder.encode(synthetic(width: 3, height: 2, channels: 1))
    for name in ["dog/2.png", "dog/10.PNG", "cat/b.png", "Ape/a.png", "dog/.hidden.png"] {
      try folder.write(png, to: name)
    }
    try folder.write("no picture", to: "dog/notes.txt")
    try folder.write("no class", to: "README.md")
    let dataset = try ImageFolder(folder.path)
    #expect(dataset.classes == ["Ape", "cat", "dog"])
    #expect(dataset.count == 4)
    let samples = try (0..<4).map { try dataset.sample($0) }
    #expect(samples.map(\.name) == ["Ape/a.png", "cat/b.png", "dog/10.PNG", "dog/2.png"])
    #expect(samples.map(\.label) == [0, 1, 2, 2])
    #expect(samples[0].image == synthetic(width: 3, height: 2, channels: 1))
  }

  @Test func damagedPicturesAreNamed() throws {
    let folder = try TemporaryFolder()
    try folder.write("text", to: "a/x.jpg")
    let dataset = try ImageFolder(folder.path)
    let error = try #require(throws: ImageError.self) { try dataset.sample(0) }
    #expect(error.file == folder.path + "/a/x.jpg")
  }

  @Test func aFolderWithoutPicturesIsRefused() throws {
    let folder = try TemporaryFolder()
    try folder.write("text", to: "a/x.txt")
    #expect(throws: DataError.self) { try ImageFolder(folder.path) }
    #expect(throws: DataError.self) { try ImageFolder(folder.path + "/missing") }
  }
}
