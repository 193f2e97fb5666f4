import Dispatch
public import SqueezeTensor
import Synchronization

/// The samples of a dataset as inputs for a network, some at a time.
///
/// Pictures of a batch are read on several threads; their order is the dataset's, whatever the
/// number of threads.
public struct Batches: Sendable {
  /// The inputs and labels of consecutive samples.
  public struct Batch: Sendable {
    /// `[N, C, H, W]` or `[N, H, W, C]`, as the preprocessing says.
    public var inputs: Tensor
    public var labels: [Int]
    public var names: [String]
  }

  public let dataset: any Dataset
  public let preprocessor: ImagePreprocessor
  /// The samples of a batch; the last may have fewer.
  public let size: Int
  /// The number of samples in all.
  public let sampleCount: Int
  /// The number of threads that read pictures.
  public let threads: Int

  /// Divides a dataset into batches.
  ///
  /// `limit` is the number of samples to stop at; `nil` for all.
  ///
  /// - Precondition: `size` and `threads` are positive.
  public init(
    _ dataset: any Dataset,
    preprocessor: ImagePreprocessor,
    size: Int = 1,
    limit: Int? = nil,
    threads: Int = 1
  ) {
    precondition(size > 0 && threads > 0, "batches of \(size) samples on \(threads) threads")
    self.dataset = dataset
    self.preprocessor = preprocessor
    self.size = size
    self.threads = threads
    sampleCount = min(dataset.count, max(limit ?? dataset.count, 0))
  }

  /// The number of batches.
  public var count: Int { (sampleCount + size - 1) / size }

  /// Reads one batch; throws the error of its first sample that cannot be read.
  ///
  /// - Precondition: `index` is in `0..<count`.
  public func batch(_ index: Int) throws -> Batch {
    let samples = index * size..<min((index + 1) * size, sampleCount)
    precondition(!samples.isEmpty, "batch \(index) of \(count)")
    let results = Mutex([Int: Result<Input, any Error>]())
    let read = { @Sendable (sample: Int) in
      let result = Result { try input(sample) }
      results.withLock { $0[sample] = result }
    }
    if threads == 1 || samples.count == 1 {
      samples.forEach(read)
    } else {
      let workers = min(threads, samples.count)
      DispatchQueue.concurrentPerform(iterations: workers) { worker in
        for sample in stride(from: samples.lowerBound + worker, to: samples.upperBound, by: workers)
        {
          read(sample)
        }
      }
    }
    let inputs = results.withLock { $0 }
    var (scalars, labels, names): ([Float], [Int], [String]) = ([], [], [])
    for sample in samples {
      guard let input = try inputs[sample]?.get() else { continue }
      scalars.append(contentsOf: input.scalars)
      labels.append(input.label)
      names.append(input.name)
    }
    let shape = preprocessor.shape(count: samples.count)
    return Batch(inputs: Tensor(shape, scalars), labels: labels, names: names)
  }

  private struct Input: Sendable {
    var name: String
    var scalars: [Float]
    var label: Int
  }

  private func input(_ index: Int) throws -> Input {
    let sample = try dataset.sample(index)
    do {
      let scalars = try preprocessor.scalars(for: sample.image)
      return Input(name: sample.name, scalars: scalars, label: sample.label)
    } catch {
      throw DataError(
        "\(dataset.name)/\(sample.name)",
        expected: error.expected,
        actual: error.actual
      )
    }
  }
}
