import SqueezeOperators
import SqueezeTensor
import Testing

@Suite struct SlidingWindowTests {

  @Test func roundingUpDropsWindowsThatStartInThePadding() throws {
    // Sizes of ONNX Runtime 1.32 for 7 positions.
    for (kernel, stride, begin, end, size) in [
      (3, 3, 1, 1, 3), (3, 2, 1, 1, 4), (4, 3, 2, 2, 3), (3, 4, 0, 0, 2), (2, 3, 1, 1, 3),
      (2, 4, 1, 1, 2), (5, 3, 1, 0, 2),
    ] {
      let window = SlidingWindow(
        kernelSize: [kernel],
        stride: [stride],
        padding: .explicit(begin: [begin], end: [end]),
        rounding: .up
      )
      #expect(try window.outputSize("Test", [1, 1, 7]) == [size], "\(window)")
    }
  }

  @Test func samePaddingGivesOneOutputPerStride() throws {
    for size in 1...12 {
      for (kernel, stride) in [(1, 1), (3, 1), (4, 2), (2, 3), (5, 4), (1, 3)] {
        for padding in [SlidingWindow.Padding.sameUpper, .sameLower] {
          let window = SlidingWindow(kernelSize: [kernel], stride: [stride], padding: padding)
          #expect(try window.outputSize("Test", [1, 1, size]) == [(size + stride - 1) / stride])
          let (begin, end) = window.resolvedPadding(for: [size])
          #expect((0...1).contains(padding == .sameUpper ? end[0] - begin[0] : begin[0] - end[0]))
        }
      }
    }
  }

  @Test func aSignalIsAnImageOfOneRow() {
    let window = SlidingWindow(
      kernelSize: [3],
      stride: [2],
      padding: .explicit(begin: [1], end: [2])
    )
    #expect(window.planar.kernelSize == [1, 3])
    #expect(window.planar.stride == [1, 2])
    #expect(window.planar.padding == .explicit(begin: [0, 1], end: [0, 2]))
    #expect(Shape([2, 3, 5]).planar == [2, 3, 1, 5])
  }
}
