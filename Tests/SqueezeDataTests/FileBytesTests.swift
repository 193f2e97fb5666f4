import SqueezeData
import Testing

@Suite struct FileBytesTests {
  @Test func filesAreReadWhole() throws {
    let folder = try TemporaryFolder()
    let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 * 7) }
    try folder.write(bytes, to: "a")
    try folder.write("", to: "empty")
    #expect(try FileBytes.read(folder.path + "/a") == bytes)
    #expect(try FileBytes.read(folder.path + "/a", limit: 100_000) == bytes)
    #expect(try FileBytes.read(folder.path + "/empty") == [])
  }

  @Test func othersAreRefused() throws {
    let folder = try TemporaryFolder()
    try folder.write([1, 2, 3], to: "a")
    let path = folder.path + "/a"
    #expect(throws: DataError(path, expected: "at most 2 bytes", actual: "3")) {
      try FileBytes.read(path, limit: 2)
    }
    #expect(throws: DataError.self) { try FileBytes.read(folder.path) }
    let error = try #require(throws: DataError.self) { try FileBytes.read(path + "missing") }
    #expect(error.actual == "No such file or directory")
  }
}
