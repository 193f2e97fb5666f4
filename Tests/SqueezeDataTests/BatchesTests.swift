import SqueezeData
import SqueezeTensor
import Testing

@Suite struct BatchesTests {
  /// Pictures of one level, their number; number `damaged` cannot be read.
  struct Levels: Dataset {
    var name: String { "levels" }
    var count: Int
    var classes: [String] { ["even", "odd"] }
    var damaged: Set<Int> = []
    var side = 2

    func sample(_ index: Int) throws -> Sample {
      if damaged.contains(index) {
        throw ImageError("\(index).png", expected: "a picture", actual: "none")
      }
      let pixels = [UInt8](repeating: UInt8(index), count: side * side)
      let image = Image(width: side, height: side, channels: 1, pixels: pixels)
      return Sample(name: "\(index).png", image: image, label: index % 2)
    }
  }

  static func batches(
    _ dataset: Levels,
    size: Int,
    limit: Int? = nil,
    threads: Int
  ) throws -> Batches {
    let preprocessor = try ImagePreprocessor(Preprocessing(order: .grey), height: 2, width: 2)
    return Batches(dataset, preprocessor: preprocessor, size: size, limit: limit, threads: threads)
  }

  @Test("samples keep their order", arguments: [1, 2, 3, 8])
  func order(_ threads: Int) throws {
    let batches = try Self.batches(Levels(count: 23), size: 5, threads: threads)
    #expect(batches.count == 5)
    var seen: [Float] = []
    for index in 0..<batches.count {
      let batch = try batches.batch(index)
      let count = index == 4 ? 3 : 5
      #expect(batch.inputs.shape == [count, 1, 2, 2])
      #expect(batch.labels == (0..<count).map { (index * 5 + $0) % 2 })
      #expect(batch.names == (0..<count).map { "\(index * 5 + $0).png" })
      seen += batch.inputs.scalars
    }
    #expect(seen == (0..<23).flatMap { [Float](repeating: Float($0), count: 4) })
  }

  @Test func aLimitStopsEarly() throws {
    func count(_ limit: Int?) throws -> [Int] {
      let batches = try Self.batches(Levels(count: 23), size: 5, limit: limit, threads: 1)
      return [batches.sampleCount, batches.count]
    }
    #expect(try count(7) == [7, 2])
    #expect(try count(0) == [0, 0])
    #expect(try count(99) == [23, 5])
    #expect(try count(nil) == [23, 5])
  }

  @Test("the first error of a batch is thrown", arguments: [1, 4])
  func errors(_ threads: Int) throws {
    let dataset = Levels(count: 10, damaged: [6, 8])
    let batches = try Self.batches(dataset, size: 5, threads: threads)
    #expect(throws: Never.self) { try batches.batch(0) }
    let error = try #require(throws: ImageError.self) { try batches.batch(1) }
    #expect(error.file == "6.png")
  }

  @Test func picturesThatDoNotFitAreNamed() throws {
    let preprocessor = try ImagePreprocessor(
      Preprocessing(shorterSide: 3, order: .grey),
      height: 4,
      width: 4
    )
    let batches = Batches(Levels(count: 3), preprocessor: preprocessor, size: 2)
    let error = try #require(throws: DataError.self) { try batches.batch(0) }
    #expect(error.place == "levels/0.png")
  }
}
