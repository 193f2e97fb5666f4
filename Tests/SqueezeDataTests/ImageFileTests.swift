import SqueezeData
import Testing

@Suite struct ImageFileTests {
  @Test func savedPicturesLoad() throws {
    let folder = try TemporaryFolder()
    let image = smooth(width: 40, height: 30, channels: 3)
    try ImageFile.save(image, to: folder.path + "/a.png")
    try ImageFile.save(image, to: folder.path + "/a.JPG")
    #expect(try ImageFile.load(folder.path + "/a.png") == image)
    #expect(try ImageFile.load(folder.path + "/a.JPG") != image)  // lossy, hence really a JPEG
    #expect(throws: ImageError.self) { try ImageFile.save(image, to: folder.path + "/no/a.png") }
  }

  @Test func otherFilesAreRefusedByName() throws {
    let folder = try TemporaryFolder()
    try folder.write("GIF89a", to: "a.gif")
    try folder.write("", to: "empty")
    let path = folder.path + "/a.gif"
    #expect(
      throws: ImageError(path, expected: "a JPEG or PNG file", actual: "bytes 47 49 46 38 …")
    ) { try ImageFile.load(path) }
    for name in ["empty", "missing", ""] {
      let error = try #require(throws: ImageError.self) {
        try ImageFile.load(folder.path + "/" + name)
      }
      #expect(error.file == folder.path + "/" + name)
    }
    #expect(throws: ImageError(path, expected: "at most 3 bytes", actual: "6")) {
      try ImageFile.load(path, limits: ImageLimits(fileBytes: 3))
    }
  }
}
