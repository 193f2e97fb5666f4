import Foundation
import SqueezeFormats
import SqueezeGraph
import SqueezeOperators
import SqueezeParameters
import SqueezeTensor
import Testing

/// What small and sparse networks cost beside their weights.
@Suite("small networks in the native container")
struct SmallNetworkTests {
  /// Normal numbers with a scale per row and per column, pruned by magnitude to a share of kept
  /// weights, which share 16 evenly spaced values.
  private static func pruned(
    _ rows: Int,
    _ columns: Int,
    keep: Double,
    columnScale: (Int) -> Double,
    _ random: inout SeededGenerator
  ) -> MaskedCodebook {
    func normal() -> Double {
      (0..<12).reduce(-6) { sum, _ in sum + .random(in: 0..<1, using: &random) }
    }
    let rowScales = (0..<rows).map { _ in exp(0.4 * normal()) }
    let weights = (0..<rows * columns).map { element in
      normal() * rowScales[element / columns] * columnScale(element % columns)
    }
    let cut = weights.map(abs).sorted(by: >)[Int(keep * Double(weights.count))]
    let largest = weights.map(abs).max() ?? 1
    let step = 2 * largest / 15
    return MaskedCodebook(
      shape: [rows, columns],
      indices: weights.map { abs($0) > cut ? UInt16(1 + (($0 + largest) / step).rounded()) : 0 },
      centroids: (0..<16).map { Float(-largest + Double($0) * step) }
    )
  }

  /// LeNet-300-100 with 5 % of its weights, more of them in the middle of the picture.
  private static let leNet: Model = {
    var random = SeededGenerator(seed: 11)
    var model = Model(
      name: "lenet-300-100",
      inputs: [ModelInput("data", [.named("N"), .fixed(1), .fixed(28), .fixed(28)])],
      outputs: ["prob"],
      nodes: [
        Node("flat", Reshape([0, -1]), inputs: ["data"]),
        Node("ip1", FullyConnected(outputFeatures: 300), inputs: ["flat"]),
        Node("relu1", ReLU(), inputs: ["ip1"]),
        Node("ip2", FullyConnected(outputFeatures: 100), inputs: ["relu1"]),
        Node("relu2", ReLU(), inputs: ["ip2"]),
        Node("ip3", FullyConnected(outputFeatures: 10), inputs: ["relu2"]),
        Node("prob", Softmax(), inputs: ["ip3"]),
      ],
      preprocessing: .unit,
      labels: (0..<10).map(String.init)
    )
    for (name, rows, columns, keep) in [
      ("ip1", 300, 784, 0.05), ("ip2", 100, 300, 0.06), ("ip3", 10, 100, 0.3),
    ] {
      model.parameters["\(name).weight"] = pruned(
        rows,
        columns,
        keep: keep,
        columnScale: { column in
          guard columns == 784 else { return 1 }
          let (x, y) = (Double(column % 28) - 13.5, Double(column / 28) - 13.5)
          return exp(-(x * x + y * y) / 72) + 0.05
        },
        &random
      )
      model.parameters["\(name).bias"] = Half(random.tensor(TensorSpec([rows])))
    }
    return model
  }()

  /// Bytes of independent symbols, the table free of charge: what Huffman and rANS can reach at most.
  private static func entropy(_ symbols: [UInt16]) -> Double {
    var counts: [UInt16: Int] = [:]
    for symbol in symbols { counts[symbol, default: 0] += 1 }
    return counts.values.reduce(0) { sum, count in
      sum - Double(count) * log2(Double(count) / Double(symbols.count)) / 8
    }
  }

  @Test("graph, names and checks of LeNet-300-100 take a third of a kilobyte")
  func directory() throws {
    let sizes = try SQZSizes(of: Self.leNet)
    #expect(sizes.directoryByteCount < 340)
    let biases = sizes.parameters.filter { $0.key.hasSuffix("bias") }
    #expect(biases.reduce(0) { $0 + $1.byteCount } < 410 * 2)
    // 266,200 weights and 410 biases, floats before.
    #expect(266_610 * 4 / sizes.byteCount >= 80)
  }

  @Test("contexts beat the entropy of independent symbols; rANS and Huffman stay above it")
  func sparseCoders() throws {
    let weight = try #require(Self.leNet.parameters["ip1.weight"])
    let bound = Self.entropy(weight.stored.symbols)
    func bytes(_ coder: SQZWriter.Coder) throws -> Double {
      Double(try SQZWriter(coder: coder).byteCount(of: weight))
    }
    #expect(try bytes(.mixing) < 0.85 * bound)
    #expect(try bytes(.context) < 0.87 * bound)
    #expect(try bytes(.rans) > bound)
    #expect(try bytes(.rans) < 1.03 * bound)
    #expect(try bytes(.huffman) > 1.5 * bound, "a whole bit for every zero")
  }

  @Test("sixteen-bit floats take less than two bytes, masked floats little more than the kept ones")
  func floats() throws {
    var random = SeededGenerator(seed: 12)
    for format in [Half.Format.float16, .bfloat16] {
      for count in [64, 1000, 20_000] {
        let half = Half(random.tensor(TensorSpec([count])), format: format)
        let bytes = try SQZWriter().byteCount(of: half)
        let limit = format == .float16 ? 2 * count : 3 * count / 2
        #expect(bytes <= limit + 8, "\(format) \(count)")
      }
    }
    let tensor = random.tensor(TensorSpec([100, 300]))
    let mask = (0..<30_000).map { _ in Int.random(in: 0..<20, using: &random) == 0 }
    let kept = mask.count { $0 }
    let bytes = try SQZWriter().byteCount(of: Masked(tensor, mask: mask))
    #expect(bytes < kept * 4 + 30_000 * 3 / 8 / 8)  // 0.29 bits each tell where they are
  }

  @Test("scales and zero points that agree take a few bytes")
  func lists() throws {
    func bytes(_ zeroPoints: [Int32], _ scales: [Float]) throws -> Int {
      try SQZWriter(coder: .raw).byteCount(
        of: UniformInteger(
          shape: [zeroPoints.count, 1],
          integers: zeroPoints.map { _ in 3 },
          scales: scales,
          zeroPoints: zeroPoints,
          axis: 0
        )
      )
    }
    let scales = (0..<256).map { Float(1 + $0 % 7) / 1024 }
    let zero = try bytes(Array(repeating: 0, count: 256), scales)
    let shifted = try bytes(Array(repeating: 128, count: 256), scales)
    let varied = try bytes((0..<256).map { Int32($0 % 100) }, scales)
    #expect(shifted - zero <= 3)
    #expect(varied - zero >= 100)
  }
}
