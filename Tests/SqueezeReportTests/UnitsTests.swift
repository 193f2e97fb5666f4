import SqueezeReport
import Testing

@Suite struct UnitsTests {
  @Test(
    "bytes are decimal",
    arguments: zip(
      [0, 999, 1000, 522_000, 4_993_696, 999_999, 12_345_678_901],
      ["0 B", "999 B", "1.00 KB", "522 KB", "4.99 MB", "1.00 MB", "12.3 GB"]
    )
  )
  func bytes(_ count: Int, _ text: String) { #expect(Units.bytes(count) == text) }

  @Test(
    "counts keep all digits in groups",
    arguments: zip([0, 999, 1248424, -1000], ["0", "999", "1,248,424", "-1,000"])
  )
  func grouped(_ count: Int, _ text: String) { #expect(Units.grouped(count) == text) }

  @Test(
    "times choose their unit",
    arguments: zip([4.2e-5, 0.0123, 4.5, 125], ["42.0 µs", "12.3 ms", "4.50 s", "2 min 5 s"])
  )
  func seconds(_ seconds: Double, _ text: String) { #expect(Units.seconds(seconds) == text) }

  @Test func countsAndPercents() {
    #expect(Units.count(860_977_504) == "861 M")
    #expect(Units.percent(446.0 / 700) == "63.71 %")
  }
}
