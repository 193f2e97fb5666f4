import SqueezeFormats
import SqueezeGraph
import SqueezeTensor
import Testing

@Suite("sizes of a native container")
struct SQZSizesTests {
  @Test("the sizes add up to the file, before it is written and after")
  func sum() throws {
    let model = smallModel()
    for coder in SQZWriter.Coder.allCases {
      let writer = SQZWriter(coder: coder)
      let bytes = try writer.bytes(of: model)
      let sizes = try SQZSizes(of: model, writer: writer)
      #expect(sizes.byteCount == bytes.count)
      #expect(sizes == SQZSizes(of: try SQZReader(bytes: bytes)))
      #expect(sizes.parameters.map(\.key).first == "conv1.weight")
      let sum = sizes.parameters.reduce(0) { $0 + $1.byteCount }
      #expect(sum + sizes.directoryByteCount == bytes.count)
      #expect(sizes["nobody.weight"] == nil)
      let raw = try #require(sizes.parameters.first { $0.key == "fc.weight" })
      #expect(raw.scalarCount == 450)
      if coder == .raw { #expect(raw.bitsPerScalar >= 8 && raw.bitsPerScalar < 9) }
    }
  }

  @Test("one parameter alone has the size that it has in the file")
  func single() throws {
    let model = smallModel()
    let sizes = try SQZSizes(of: model)
    for (key, encoding) in model.parameters {
      #expect(try SQZWriter().byteCount(of: encoding) == sizes[key])
    }
  }
}
