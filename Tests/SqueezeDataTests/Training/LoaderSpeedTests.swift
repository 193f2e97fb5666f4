import SqueezeData
import SqueezeTensor
import Testing

/// Putting a batch together must stay far below the time of a training step.
///
/// The bounds are several times what was measured, for machines that are busy; the best of some runs
/// counts.
@Suite(.serialized) struct LoaderSpeedTests {
  private func best(_ loader: BatchLoader) throws -> Duration {
    for index in 0..<loader.batchCount { _ = try loader.batch(index, epoch: 0) }
    var best = Duration.seconds(100)
    for index in 0..<20 {
      let time = try ContinuousClock().measure {
        _ = try loader.batch(index % loader.batchCount, epoch: 0)
      }
      best = min(best, time)
    }
    return best
  }

  private func pictures(_ shape: Shape) throws -> CachedExamples {
    let levels = (0..<shape.count).map { $0 * 7 & 255 }
    let tensor = Tensor(shape, integers: levels, type: .uint8)
    let examples = try TensorExamples(
      tensor,
      .classes((0..<shape[0]).map { $0 % 10 }),
      normalization: Normalization(scale: 1 / 255, mean: [0.5], deviation: [0.25])
    )
    return CachedExamples(examples, byteLimit: 1 << 30)
  }

  @Test func greyPicturesOf28() throws {
    let loader = try BatchLoader(
      pictures([640, 1, 28, 28]),
      batchSize: 64,
      sampler: ShuffledSampler(seed: 1)
    )
    #expect(try best(loader) < .microseconds(300))
  }

  @Test func colourPicturesOf32WithAugmentation() throws {
    let loader = try BatchLoader(
      pictures([1024, 3, 32, 32]),
      batchSize: 512,
      sampler: ShuffledSampler(seed: 1),
      augmentations: [RandomCrop(padding: 4, border: .reflect), HorizontalFlip(), Cutout(8)]
    )
    #expect(try best(loader) < .milliseconds(30))
  }
}
