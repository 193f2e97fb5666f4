import SqueezeParameters
import SqueezeTensor
import Testing

@Suite struct UniformIntegerTests {
  @Test func decodesPerTensorAndPerChannel() {
    let tensor = UniformInteger(
      shape: [2, 2],
      integers: [0, 10, 20, 30],
      scales: [0.5],
      zeroPoints: [10]
    )
    #expect(tensor.decoded() == Tensor([2, 2], [-5, 0, 5, 10]))
    let channels = UniformInteger(
      shape: [2, 2],
      integers: [0, 10, 20, 30],
      scales: [1, 2],
      zeroPoints: [0, 10],
      axis: 1
    )
    #expect(channels.decoded() == Tensor([2, 2], [0, 0, 20, 40]))
  }

  @Test func theZeroPointIsTheSymbolOfZero() throws {
    let encoding = UniformInteger(
      shape: [3],
      integers: [2, 5, 9],
      scales: [1],
      zeroPoints: [5],
      bits: 4,
      isSigned: false
    )
    let table = try #require(try UniformInteger.symbolTable(of: encoding.stored))
    #expect(table.zero == 3)
    #expect(table.values == [-3, -2, -1, 0, 1, 2, 3, 4])
  }

  @Test(
    "hostile attributes are refused",
    arguments: [(0, 0, 0), (33, 0, 1), (8, 5, 2), (8, 0, 9999)]
  )
  func refusesHostileAttributes(_ bits: Int, _ low: Int, _ high: Int) {
    let stored = StoredParameter(
      shape: [1],
      attributes: ["bits": bits, "low": low, "high": high, "axis": -1],
      floats: [[1]],
      integers: [[0]],
      symbols: [0]
    )
    #expect(throws: EncodingError.self) { try UniformInteger(stored: stored) }
    #expect(throws: EncodingError.self) { try UniformInteger.symbolTable(of: stored) }
  }
}
