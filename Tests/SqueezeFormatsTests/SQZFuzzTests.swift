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

  @Test("10,000 damaged files give an error", .timeLimit(.minutes(1)))
  func mutations() throws {
    let bytes = try SQZWriter().bytes(of: Self.tiny)
    var survivors = 0
    for mutation in Mutations(of: bytes, count: 10_000) where mutation != bytes {
      do throws(FormatError) {
        _ = try SQZReader(bytes: mutation).model()
        survivors += 1
      } catch {}
    }
    #expect(survivors == 0)
  }

  /// A container taken apart, so that its parts can be damaged and put together with right checksums.
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

    /// The file with the directory's checksum, and those of the payloads, made to fit.
    func bytes() throws -> [UInt8] {
      var records = ByteWriter()
      var old = ByteReader(self.records[...], of: "test")
      var position = 0
      while old.remaining >= 13 {
        let length = min(try old.readVarint(), payloads.count - position)
        _ = try old.readUInt32()
        records.writeVarint(length)
        records.write(CRC32C.checksum(payloads[position..<position + length]))
        records.write(try old.readUInt64())
        position += length
      }
      var file = ByteWriter()
      file.write(contentsOf: [0x53, 0x51, 0x5A, 1])
      file.writeVarint(text.count)
      file.writeVarint(coded.count)
      file.writeVarint(records.count)
      file.write(contentsOf: coded)
      file.write(contentsOf: records.bytes)
      file.write(CRC32C.checksum(file.bytes))
      file.write(contentsOf: payloads)
      return file.bytes
    }
  }

  @Test("payloads damaged behind right checksums give an error", .timeLimit(.minutes(1)))
  func repairedPayloads() throws {
    for coder in SQZWriter.Coder.allCases {
      let bytes = try SQZWriter(coder: coder).bytes(of: Self.tiny)
      let container = try Container(bytes)
      #expect(try container.bytes() == bytes)
      var survivors = 0
      for mutation in Mutations(of: container.payloads, count: 600)
      where mutation.count == container.payloads.count && mutation != container.payloads {
        var damaged = container
        damaged.payloads = mutation
        let bytes = try damaged.bytes()
        do throws(FormatError) {
          let model = try SQZReader(bytes: bytes).model()
          if !ModelComparison(model, Self.tiny).areEqual { survivors += 1 }
        } catch {}
      }
      #expect(survivors == 0, "the hash of a decoded tensor finds what a repaired checksum hides")
    }
  }

  @Test(
    "directories damaged behind a right checksum give a model or an error",
    .timeLimit(.minutes(1))
  )
  func repairedDirectory() throws {
    let container = try Container(SQZWriter().bytes(of: smallModel()))
    var errors = 0
    for mutation in Mutations(of: container.coded, count: 2000) {
      var damaged = container
      damaged.coded = mutation
      let bytes = try damaged.bytes()
      do throws(FormatError) { _ = try SQZReader(bytes: bytes).model() } catch { errors += 1 }
    }
    #expect(errors > 1500)
  }
}
