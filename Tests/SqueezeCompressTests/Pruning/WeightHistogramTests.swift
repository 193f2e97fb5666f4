import SqueezeCompress
import SqueezeParameters
import SqueezeTensor
import Testing

@Suite struct WeightHistogramTests {
  @Test("Bins, zeros and what fits nowhere are counted apart")
  func counts() {
    let values: [Float] = [-1, -0.5, 0, 0, 0.1, 0.6, 1, .nan, .infinity]
    let histogram = WeightHistogram(values, bins: 4)
    #expect(histogram.counts == [1, 1, 1, 2])
    #expect(histogram.zeros == 2 && histogram.notFinite == 2 && histogram.outside == 0)
    #expect(histogram.total == values.count)
    #expect(histogram.lower == -1 && histogram.upper == 1)
    #expect(histogram.centres == [-0.75, -0.25, 0.25, 0.75])
    #expect(abs(histogram.mean - 0.04) < 1e-7)
    let narrow = WeightHistogram(values, bins: 2, range: -0.5...0.5)
    #expect(narrow.counts == [1, 1] && narrow.outside == 3)
  }

  @Test("All zeros, and nothing at all")
  func degenerate() {
    #expect(WeightHistogram([0, 0], bins: 3).counts == [0, 0, 0])
    #expect(WeightHistogram([], bins: 3).total == 0)
    let masked = Masked(Tensor([3], [1, 2, -4]), mask: [true, false, true])
    let histogram = WeightHistogram(masked, bins: 2)
    #expect(histogram.zeros == 1 && histogram.counts == [1, 1] && histogram.upper == 4)
  }
}
