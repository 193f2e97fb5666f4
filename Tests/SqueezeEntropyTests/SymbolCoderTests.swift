import SqueezeEntropy
import Testing

/// What every symbol coder must do.
@Suite("SymbolCoder") struct SymbolCoderTests {
  @Test func theCatalogueKnowsEachCoderByNumberAndName() {
    #expect(SymbolCoderCatalog.all.map { $0.identifier } == [0, 1, 2, 3, 4])
    #expect(
      SymbolCoderCatalog.all.map { $0.name } == ["raw", "rans", "context", "mixing", "huffman"]
    )
    for coder in SymbolCoderCatalog.all {
      #expect(SymbolCoderCatalog.coder(identifier: coder.identifier) == coder)
      #expect(SymbolCoderCatalog.coder(named: coder.name) == coder)
    }
    #expect(SymbolCoderCatalog.coder(identifier: 5) == nil)
    #expect(SymbolCoderCatalog.coder(named: "zip") == nil)
  }

  @Test("decoding gives back what was encoded", arguments: SymbolCoderCatalog.all.indices)
  func roundTrip(number: Int) throws {
    let coder = SymbolCoderCatalog.all[number]
    for (seed, example) in PlaneCase.all.enumerated() {
      let plane = try example.plane(seed: UInt64(seed))
      let bytes = coder.encode(plane)
      let padded = [1, 2, 3] + bytes + [4]
      let slice = padded[3..<3 + bytes.count]
      #expect(try coder.decode(slice, layout: plane.layout) == plane.symbols, "\(example)")
    }
  }

  @Test("damage gives an error or a valid plane", arguments: SymbolCoderCatalog.all.indices)
  func damage(number: Int) throws {
    let coder = SymbolCoderCatalog.all[number]
    let examples = PlaneCase.all.enumerated().filter {
      $0.offset % 7 == 3 && $0.element.alphabet <= 1000
    }
    for (seed, example) in examples {
      let plane = try example.plane(seed: UInt64(seed))
      let bytes = coder.encode(plane)
      for copy in damaged(bytes, flips: 40, seed: UInt64(seed)).prefix(400) {
        #expect(survives(copy, coder, plane.layout), "\(example)")
      }
    }
  }

  @Test("noise gives an error or a valid plane", arguments: SymbolCoderCatalog.all.indices)
  func noise(number: Int) throws {
    var generator = SeededGenerator(5)
    let coder = SymbolCoderCatalog.all[number]
    for (seed, example) in PlaneCase.all.enumerated() where seed % 5 == 1 {
      let layout = try example.plane(seed: UInt64(seed)).layout
      let bytes = (0..<generator.below(200)).map { _ in
        UInt8(truncatingIfNeeded: generator.next() >> 32)
      }
      #expect(survives(bytes, coder, layout), "\(example)")
    }
  }

  @Test("missing and added bytes are errors", arguments: SymbolCoderCatalog.all.indices)
  func length(number: Int) throws {
    let coder = SymbolCoderCatalog.all[number]
    let example = PlaneCase(shape: [16, 12, 3, 3], alphabet: 256, zero: 128, spread: .sparse)
    let plane = try example.plane(seed: 1)
    let bytes = coder.encode(plane)
    #expect(throws: EntropyError.self) {
      try coder.decode(bytes[..<(bytes.count / 2)], layout: plane.layout)
    }
    #expect(throws: EntropyError.self) {
      try coder.decode((bytes + [0])[...], layout: plane.layout)
    }
  }

  /// The hashes of whole streams: a change of any of them is a change of the file format.
  @Test(
    "streams stay as they are",
    arguments: [
      ("raw", 0x486F_3AA2_643E_40F3), ("rans", 0xA5FC_ED1C_8705_3D4B),
      ("context", 0x2D1E_5F5E_99BF_49AF), ("mixing", 0xD2B2_C15A_2027_90BA),
      ("huffman", 0x867C_DCF8_B5E6_AAC3),
    ] as [(String, UInt64)]
  )
  func golden(name: String, hash: UInt64) throws {
    let coder = try #require(SymbolCoderCatalog.coder(named: name))
    var streams: [UInt8] = []
    for (seed, example) in PlaneCase.all.enumerated() where seed % 3 == 0 {
      streams += coder.encode(try example.plane(seed: UInt64(seed)))
    }
    #expect(Hash64.hash(streams) == hash)
  }
}
