import Foundation
import SqueezeCompress
import Testing

@Suite("Bit price search")
struct BitPriceSearchTests {
  /// Bytes that fall with the logarithm of the price, down to a floor.
  private static func bytes(_ price: Double) -> Double {
    (1000 + 80_000 / (1 + exp(0.4 * (log(price) + 9)))).rounded()
  }

  @Test("bytes come close to the target from below", arguments: [2000, 15_000, 40_000, 75_000])
  func meetsBytes(target: Int) throws {
    let search = BitPriceSearch(target: .bytes(target), tolerance: 0.003)
    var count = 0
    let price = try search.price(startingAt: 1e-7) { price, part in
      count += 1
      #expect(part > 0 && part <= 1)
      return Self.bytes(price)
    }
    let bytes = Self.bytes(price)
    #expect(bytes <= Double(target) && bytes >= 0.99 * Double(target), "\(bytes)")
    #expect(count <= BitPriceSearch.limit)
  }

  @Test("a distortion comes close to the target from below", arguments: [1e-4, 0.01, 0.3])
  func meetsDistortion(target: Double) throws {
    let search = BitPriceSearch(target: .distortion(target), tolerance: 0.003)
    let distortion = { (price: Double) in 2e4 * pow(price, 0.8) }
    let price = try search.price(startingAt: 1e-7) { price, _ in distortion(price) }
    #expect(distortion(price) <= target && distortion(price) >= 0.99 * target)
  }

  @Test("more bytes than needed take all the search can use, fewer than possible are refused")
  func limits() throws {
    let generous = BitPriceSearch(target: .bytes(1_000_000), tolerance: 0.003)
    let price = try generous.price(startingAt: 1e-7) { price, _ in Self.bytes(price) }
    #expect(Self.bytes(price) > 75_000)
    let mean = BitPriceSearch(target: .bytes(900), tolerance: 0.003)
    #expect(throws: CalibrationError.self) {
      try mean.price(startingAt: 1e-7) { price, _ in Self.bytes(price) }
    }
  }
}
