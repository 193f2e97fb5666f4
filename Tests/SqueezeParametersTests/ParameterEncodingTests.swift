import SqueezeParameters
import SqueezeTensor
import Testing

@Suite struct ParameterEncodingTests {
  @Test("the stored form restores the tensor bit by bit", arguments: Samples.all.indices)
  func storedFormRestores(_ index: Int) throws {
    let encoding = Samples.all[index]
    let stored = encoding.stored
    let type = type(of: encoding)
    let restored = try type.init(stored: stored)
    #expect(restored.decoded().isBitIdentical(to: encoding.decoded()))
    #expect(restored.stored == stored)
    if let table = try type.symbolTable(of: stored) {
      #expect(stored.symbols.count == stored.shape.count)
      #expect(stored.symbols.allSatisfy { Int($0) < table.values.count })
      #expect(table.values == table.values.sorted())
    } else {
      #expect(stored.symbols.isEmpty)
    }
  }

  @Test("the pullback is the slope of the decoded tensor", arguments: Samples.all.indices)
  func pullsBack(_ index: Int) {
    func check(_ encoding: some ParameterEncoding) {
      // Rounding has no slope; what stands for it has tests of its own.
      guard !(encoding is Half), !(encoding is any LatentEncoding) else { return }
      let decoded = encoding.decoded()
      var random = SeededGenerator(seed: 7)
      let slope = random.tensor(TensorSpec(decoded.shape))
      func dot(_ tensor: Tensor) -> Double {
        zip(tensor.scalars, slope.scalars).reduce(0) { $0 + Double($1.0) * Double($1.1) }
      }
      let pulled = encoding.pullback(slope)
      #expect(pulled.count == encoding.free.count)
      for i in encoding.free.indices {
        var (up, down) = (encoding, encoding)
        up.free[i] += 0.5
        down.free[i] -= 0.5
        let numeric = dot(up.decoded()) - dot(down.decoded())
        #expect(abs(numeric - Double(pulled[i])) <= 1e-4 * max(1, abs(numeric)))
      }
    }
    check(Samples.all[index])
  }

  @Test("without latent weights the tensor is the same", arguments: Samples.all.indices)
  func rounds(_ index: Int) {
    guard let latent = Samples.all[index] as? any LatentEncoding else { return }
    #expect(latent.rounded.decoded().isBitIdentical(to: latent.decoded()))
  }

  @Test("what a mask leaves out is exactly zero", arguments: Samples.all.indices)
  func masks(_ index: Int) {
    var encoding = Samples.all[index]
    guard let mask = encoding.keptElements else { return }
    #expect(mask.count == encoding.shape.count)
    encoding.free = encoding.free.map { $0 + 0.3 }
    for (scalar, isKept) in zip(encoding.decoded().scalars, mask) where !isKept {
      #expect(scalar.bitPattern == 0)
    }
  }

  @Test("damaged parts give a typed error", arguments: Samples.all.indices)
  func refusesDamage(_ index: Int) {
    let encoding = Samples.all[index]
    let type = type(of: encoding)
    var damaged: [StoredParameter] = []
    for shape: Shape in [[1 << 50, 1 << 50], [-1], [7, 7]] {
      var stored = encoding.stored
      stored.shape = shape
      damaged.append(stored)
    }
    var stored = encoding.stored
    stored.floats.append([1])
    damaged.append(stored)
    stored = encoding.stored
    stored.symbols.append(65_535)
    damaged.append(stored)
    for stored in damaged {
      #expect(throws: EncodingError.self) { try type.init(stored: stored) }
    }
  }

  @Test func everyEncodingIsFoundByItsName() {
    for type in EncodingCatalog.all { #expect(EncodingCatalog.encoding(named: type.name) == type) }
    #expect(EncodingCatalog.encoding(named: "nothing") == nil)
    #expect(Set(EncodingCatalog.all.map { $0.name }).count == EncodingCatalog.all.count)
    let sampled = Set(Samples.all.map { type(of: $0).name })
    #expect(sampled == Set(EncodingCatalog.all.map { $0.name }))
  }
}
