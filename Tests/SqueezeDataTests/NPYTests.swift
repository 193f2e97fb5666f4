import Foundation
import SqueezeData
import SqueezeTensor
import Testing

@Suite struct NPYTests {
  static func file(_ type: String, _ order: String, _ shape: String, _ data: [UInt8]) -> [UInt8] {
    let text = "{'descr': '\(type)', 'fortran_order': \(order), 'shape': \(shape), }\n"
    return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(text.utf8.count), 0] + Array(text.utf8)
      + data
  }

  /// Files numpy.save of NumPy 2.4 writes.
  static let numpy: [(String, Tensor)] = [
    (  // arange(6, float32).reshape(2, 3) - 2.5
      """
      k05VTVBZAQB2AHsnZGVzY3InOiAnPGY0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsIDMp
      LCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAACDA
      AADAvwAAAL8AAAA/AADAPwAAIEA=
      """,
      Tensor([2, 3], [-2.5, -1.5, -0.5, 0.5, 1.5, 2.5])
    ),
    (  // asfortranarray(arange(24, int16).reshape(2, 3, 4))
      """
      k05VTVBZAQB2AHsnZGVzY3InOiAnPGkyJywgJ2ZvcnRyYW5fb3JkZXInOiBUcnVlLCAnc2hhcGUnOiAoMiwgMywg
      NCksIH0gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAwA
      BAAQAAgAFAABAA0ABQARAAkAFQACAA4ABgASAAoAFgADAA8ABwATAAsAFwA=
      """,
      Tensor([2, 3, 4], integers: Array(0..<24), type: .int16)
    ),
    (  // array(7, uint8)
      """
      k05VTVBZAQB2AHsnZGVzY3InOiAnfHUxJywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKCksIH0g
      ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoH
      """,
      Tensor([], integers: [7], type: .uint8)
    ),
  ]

  @Test("NumPy's files are read", arguments: numpy)
  func reads(_ base64: String, _ tensor: Tensor) throws {
    let data = try #require(Data(base64Encoded: base64, options: .ignoreUnknownCharacters))
    #expect(try NPY.decode([UInt8](data), name: "a") == tensor)
  }

  @Test("what is written is read", arguments: ElementType.allCases)
  func roundTrip(_ type: ElementType) throws {
    var generator = SeededGenerator(seed: 3)
    for shape: Shape in [[], [5], [0], [2, 3, 4], [1, 0, 2]] {
      var tensor = generator.tensor(TensorSpec(shape, type))
      if type == .float16 {
        let halves = tensor.scalars.map { HalfPrecision.float16Bits($0) }
        tensor = Tensor(shape, halves.map { HalfPrecision.float(float16Bits: $0) }, type: type)
      }
      let bytes = NPY.encode(tensor)
      #expect((bytes.count - shape.count * (type == .bfloat16 ? 4 : type.byteCount)) % 64 == 0)
      let copy = try NPY.decode(bytes, name: "copy")
      #expect(copy.shape == shape)
      #expect(copy.scalars == tensor.scalars)
      #expect(copy.integers == tensor.integers)
      #expect(copy.type == (type == .bfloat16 ? .float32 : type))
    }
  }

  @Test func extremesSurvive() throws {
    let integers = Tensor([2], integers: [.min, .max], type: .int64)
    #expect(try NPY.decode(NPY.encode(integers), name: "a") == integers)
    let small = Tensor([2], integers: [-128, 127], type: .int8)
    #expect(try NPY.decode(NPY.encode(small), name: "a") == small)
    let reals = Tensor([4], [.nan, -0.0, .infinity, 1e-45])
    #expect(try NPY.decode(NPY.encode(reals), name: "a").isBitIdentical(to: reals))
    let folder = try TemporaryFolder()
    try NPY.save(reals, to: folder.path + "/a.npy")
    #expect(try NPY.load(folder.path + "/a.npy").isBitIdentical(to: reals))
  }

  @Test func othersAreRefusedByName() {
    func error(_ type: String, _ shape: String, _ data: [UInt8]) -> DataError? {
      #expect(throws: DataError.self) {
        try NPY.decode(Self.file(type, "False", shape, data), name: "a.npy")
      }
    }
    #expect(error(">f4", "(1,)", [0, 0, 0, 0])?.actual == ">f4")
    #expect(error("<c8", "(0,)", [])?.actual == "<c8")
    #expect(error("|u1", "(3,)", [1, 2])?.actual == "2 bytes")
    #expect(error("|u1", "(1,)", [1, 2])?.actual == "2 bytes")
    #expect(error("<u8", "(1,)", [UInt8](repeating: 255, count: 8))?.actual == "a larger one")
    #expect(error("|u1", "(4294967296, 4294967296, 0, 2)", [1]) != nil)
    #expect(error("|u1", "(99999999999, 99999999999)", [1]) != nil)
    #expect(error("|u1", "(-1,)", []) != nil)
    #expect(error("|u1", "(" + String(repeating: "1,", count: 33) + ")", [0]) != nil)
  }

  @Test func damageIsNoticed() throws {
    let tensor = Tensor([2, 3, 2], (0..<12).map { Float($0) })
    try fuzz(NPY.encode(tensor), throwing: DataError.self) { _ = try NPY.decode($0, name: "fuzz") }
  }
}
