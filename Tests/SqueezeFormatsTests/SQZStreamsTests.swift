import SqueezeFormats
import SqueezeGraph
import SqueezeOperators
import SqueezeParameters
import SqueezeTensor
import SqueezeTestSupport
import Testing

@Suite("native container, parallel streams")
struct SQZStreamsTests {
  @Test(
    "parameters cut into streams come back on any number of threads",
    arguments: SQZWriter.Coder.allCases
  )
  func roundTrip(_ coder: SQZWriter.Coder) throws {
    let model = smallModel()
    for streamLength in [1, 36, 100, 225] {
      let bytes = try SQZWriter(coder: coder, streamLength: streamLength).bytes(of: model)
      let reader = try SQZReader(bytes: bytes)
      let weight = try #require(reader.entries.first { $0.key == "fc.weight" })
      #expect(weight.streams == min(450 / streamLength, 5))
      for threads in [1, 2, 7] {
        let read = try reader.model(threads: threads)
        #expect(ModelComparison(model, read).difference == nil)
        #expect(read.parameters["fc.weight"]?.stored == model.parameters["fc.weight"]?.stored)
      }
    }
  }

  @Test("the first damaged parameter is named, whatever thread finds it")
  func firstError() throws {
    var bytes = try SQZWriter(coder: .raw).bytes(of: smallModel())
    let reader = try SQZReader(bytes: bytes)
    // A payload of `conv1.weight` and everything after it is damaged.
    for position in reader.directoryByteCount + 40..<bytes.count { bytes[position] ^= 0x55 }
    let damaged = try SQZReader(bytes: bytes)
    for threads in [1, 4] {
      #expect(
        message { _ = try damaged.model(threads: threads) }
          .hasPrefix("parameter \"conv1.weight\": ")
      )
    }
  }

  @Test("every encoding of some rows comes back in streams")
  func encodings() throws {
    for encoding in everyEncoding() {
      let model = model(of: encoding)
      let bytes = try SQZWriter(coder: .mixing, streamLength: 1).bytes(of: model)
      let read = try #require(try SQZReader(bytes: bytes).model().parameters["value.value"])
      #expect(read.decoded().isBitIdentical(to: encoding.decoded()), "\(encoding)")
    }
  }
}
