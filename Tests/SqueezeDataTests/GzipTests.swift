import SqueezeData
import Testing

@Suite struct GzipTests {
  static let content = (0..<3000).map { UInt8(truncatingIfNeeded: $0 * $0 / 50) }

  @Test func contentComesBack() throws {
    let archive = gzip(Self.content)
    #expect(Gzip.recognises(archive))
    #expect(try Gzip.inflate(archive, limit: 3000) == Self.content)
    #expect(try Gzip.inflate(gzip([]), limit: 0) == [])
    let two = try Gzip.inflate(archive + gzip([1, 2, 3]), limit: 4000)
    #expect(two == Self.content + [1, 2, 3])
  }

  @Test func bombsStopAtTheLimit() {
    let bomb = gzip([UInt8](repeating: 0, count: 5_000_000))
    #expect(bomb.count < 10_000)
    #expect(
      throws: DataError("bomb", expected: "at most 1000000 bytes of content", actual: "more")
    ) { try Gzip.inflate(bomb, limit: 1_000_000, name: "bomb") }
    #expect(throws: DataError.self) { try Gzip.inflate(gzip(Self.content), limit: 2999) }
  }

  @Test func damageIsNoticed() throws {
    try fuzz(gzip(Array(Self.content.prefix(600))), throwing: DataError.self) {
      _ = try Gzip.inflate($0, limit: 2000)
    }
    #expect(throws: DataError.self) { try Gzip.inflate(gzip([1]) + [0], limit: 10) }
  }
}
