import SqueezeTensor
import Testing

@Suite struct ShapeTests {
  @Test func countsAndStrides() {
    let shape: Shape = [2, 3, 5, 7]
    #expect(shape.rank == 4)
    #expect(shape.count == 210)
    #expect(shape.strides == [105, 35, 7, 1])
    #expect(shape.count(from: 2) == 35)
    #expect(shape.count(before: 2) == 6)
    #expect(shape.description == "[2, 3, 5, 7]")
    let scalar: Shape = []
    #expect(scalar.count == 1)
    #expect(scalar.strides == [])
    #expect(([4, 0, 2] as Shape).count == 0)
  }

  @Test func negativeAxesCountFromTheEnd() {
    let shape: Shape = [2, 3, 5]
    #expect((-4...3).map { shape.axis($0) } == [nil, 0, 1, 2, 0, 1, 2, nil])
    #expect(([] as Shape).axis(0) == nil)
  }

  @Test func countsFromOutsideAreChecked() {
    #expect(Shape([2, 3]).checkedCount == 6)
    #expect(Shape([]).checkedCount == 1)
    #expect(Shape([2, -1]).checkedCount == nil)
    #expect(Shape([0, -1]).checkedCount == nil)
    #expect(Shape([1 << 40]).checkedCount == 1 << 40)
    #expect(Shape([1 << 20, 1 << 20, 2]).checkedCount == nil)
    #expect(Shape([.max, .max, .max]).checkedCount == nil)
    #expect(Shape([1 << 20, 0, 7]).checkedCount == 0)
    // Strides of an empty shape must not overflow either.
    #expect(Shape([.max, .max, 0]).checkedCount == nil)
  }

  // The rules of NumPy's manual, "Broadcasting", with its examples.
  @Test(
    "shapes broadcast",
    arguments: [
      ([256, 256, 3], [3], [256, 256, 3]), ([8, 1, 6, 1], [7, 1, 5], [8, 7, 6, 5]),
      ([5, 4], [1], [5, 4]), ([15, 3, 5], [15, 1, 5], [15, 3, 5]),
      ([15, 3, 5], [3, 1], [15, 3, 5]),
      ([], [2, 3], [2, 3]), ([], [], []), ([1], [0], [0]), ([3], [4], nil),
      ([2, 1], [8, 4, 3], nil),
      ([0], [2], nil),
    ] as [(Shape, Shape, Shape?)]
  )
  func broadcast(_ a: Shape, _ b: Shape, _ result: Shape?) {
    #expect(a.broadcast(with: b) == result)
    #expect(b.broadcast(with: a) == result)
  }
}
