import SqueezeParameters
import SqueezeTensor
import Testing

@Suite struct CodebookTests {
  @Test func countsIndexBitsAndCentroids() {
    let book = Codebook(shape: [5], indices: [0, 1, 1, 2, 0], centroids: [-1, 0, 1])
    #expect(book.storedBits == 3 * 32 + 5 * 2)
    #expect(book.decoded() == Tensor([5], [-1, 0, 0, 1, -1]))
  }

  @Test func keepsPrunedElementsAtZero() {
    var book = MaskedCodebook(shape: [4], indices: [0, 1, 2, 0], centroids: [3, -1])
    #expect(book.decoded() == Tensor([4], [0, 3, -1, 0]))
    #expect(book.sparsity == 0.5)
    book.free = [5, -2]
    #expect(book.decoded() == Tensor([4], [0, 5, -2, 0]))
  }

  @Test func storesCentroidsAscendingWithZeroAtItsPlace() throws {
    let book = MaskedCodebook(shape: [4], indices: [0, 1, 2, 3], centroids: [3, -1, 0.5])
    #expect(book.stored.floats == [[-1, 0.5, 3]])
    #expect(book.stored.symbols == [1, 3, 0, 2])
    let table = try #require(try MaskedCodebook.symbolTable(of: book.stored))
    #expect(table == SymbolTable(values: [-1, 0, 0.5, 3], zero: 1))
  }
}
