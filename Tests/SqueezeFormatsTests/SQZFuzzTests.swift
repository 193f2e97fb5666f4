import SqueezeEntropy
import SqueezeFormats
import SqueezeGraph
import SqueezeOperators
import SqueezeParameters
import SqueezeTensor
import SqueezeTestSupport
import Testing

@Suite("native container, damaged")
struct SQZFuzzTests {
  /// One layer, so that reading it thousands of times is quick.
  private static let tiny: Model = {
    var random = SeededGenerator(seed: 5)
    return Model(
      inputs: [ModelInput("x", [1, 4])],
      outputs: ["y"],
      nodes: [Node("y", FullyConnected(outputFeatures: 3), inputs: ["x"])],
      parameters: [
        "y.weight": MaskedCodebook(
          shape: [3, 4],
          indices: (0..<12).map { _ in UInt16.random(in: 0...4, using: &random) },
          centroids: [-0.5, 0.25, 0.125, -0.75]
        ),
        "y.bias": UniformInteger(
          shape: [3],
          integers: [100, -7, 3],
          scales: [0.1],
          zeroPoints: [2]
        ),
      ]
    )
  }()

  /// Ways to write it: every coder, and every row a stream of its own.
  private static let writers =
    SQZWriter.Coder.allCases.map { SQZWriter(coder: $0) }
    + [SQZWriter(coder: .mixing, streamLength: 4), SQZWriter(coder: .rans, streamLength: 1)]

  @Test(
    "damaged files give an error, 10,000 of the usual writer",
    .timeLimit(.minutes(5)),
    arguments: [(1 << 20, 10_000), (4, 1000)]
  )
  func mutations(streamLength: Int, count: Int) throws {
    let bytes = try SQZWriter(coder: .mixing, streamLength: streamLength).bytes(of: Self.tiny)
    var survivors = 0
    for mutation in Mutations(of: bytes, count: count) where mutation != bytes {
      do throws(FormatError) {
        _ = try SQZReader(bytes: mutation).model()
        survivors += 1
      } catch {}
    }
    #expect(survivors == 0)
  }

  /// A container taken apart, so that its parts can be damaged and put together with a right checksum.
  private struct Container {
    var text: [UInt8]
    var coded: [UInt8]
    var records: [UInt8]
    var payloads: [UInt8]

    init(_ bytes: [UInt8]) throws {
      var reader = ByteReader(bytes[4...], of: "test")
      let counts = try (0..<3).map { _ in try reader.readVarint() }
      text = [UInt8](repeating: 0, count: counts[0])
      coded = Array(try reader.readSlice(counts[1]))
      records = Array(try reader.readSlice(counts[2]))
      _ = try reader.readUInt32()
      payloads = Array(reader.readRest())
    }

    /// The file with the directory's checksum made to fit.
    var bytes: [UInt8] {
      var file = ByteWriter()
      file.write(contentsOf: [0x53, 0x51, 0x5A, 2])
      file.writeVarint(text.count)
      file.writeVarint(coded.count)
      file.writeVarint(records.count)
      file.write(contentsOf: coded)
      file.write(contentsOf: records)
      file.write(CRC32C.checksum(file.bytes))
      file.write(contentsOf: payloads)
      return file.bytes
    }
  }

  @Test("damaged payloads give an error", .timeLimit(.minutes(5)))
  func payloads() throws {
    for writer in Self.writers {
      let bytes = try writer.bytes(of: Self.tiny)
      let container = try Container(bytes)
      #expect(container.bytes == bytes)
      var survivors = 0
      for mutation in Mutations(of: container.payloads, count: 300)
      where mutation.count == container.payloads.count && mutation != container.payloads {
        var damaged = container
        damaged.payloads = mutation
        do throws(FormatError) {
          let model = try SQZReader(bytes: damaged.bytes).model()
          if !ModelComparison(model, Self.tiny).areEqual { survivors += 1 }
        } catch {}
      }
      #expect(survivors == 0, "the hash of a decoded tensor finds what decoders do not")
    }
  }

  @Test(
    "directories damaged behind a right checksum give a model or an error",
    .timeLimit(.minutes(5))
  )
  func directory() throws {
    let container = try Container(SQZWriter(coder: .context).bytes(of: smallModel()))
    var errors = 0
    for mutation in Mutations(of: container.coded, count: 2000) {
      var damaged = container
      damaged.coded = mutation
      let bytes = damaged.bytes
      do throws(FormatError) { _ = try SQZReader(bytes: bytes).model() } catch { errors += 1 }
    }
    #expect(errors > 1500)
  }

  @Test("records damaged behind a right checksum give an error", .timeLimit(.minutes(5)))
  func records() throws {
    for streamLength in [1 << 20, 4] {
      let writer = SQZWriter(coder: .context, streamLength: streamLength)
      let container = try Container(writer.bytes(of: Self.tiny))
      var survivors = 0
      for mutation in Mutations(of: container.records, count: 500)
      where mutation != container.records {
        var damaged = container
        damaged.records = mutation
        let bytes = damaged.bytes
        do throws(FormatError) {
          let model = try SQZReader(bytes: bytes).model()
          if !ModelComparison(model, Self.tiny).areEqual { survivors += 1 }
        } catch {}
      }
      #expect(survivors == 0)
    }
  }
}
