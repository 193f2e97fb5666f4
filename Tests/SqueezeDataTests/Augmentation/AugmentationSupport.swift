import SqueezeData
import SqueezeTensor

/// What an augmentation made of one sample.
struct Augmented {
  var input: Tensor
  var map: [Int]
}

/// Runs augmentations over one real-valued sample, as a loader does.
///
/// `input` is `[C, H, W]` or `[C, W]`; `map` has one label per pixel.
func augment(
  _ input: Tensor,
  map: [Int]? = nil,
  seed: UInt64 = 1,
  epoch: Int = 0,
  normalization: Normalization = Normalization(),
  ignoredClass: Int? = nil,
  _ augmentations: any Augmentation...
) throws -> Augmented {
  let whole = input.reshaped(Shape([1] + input.shape.dimensions))
  let pixels = Shape([1] + input.shape.dimensions.dropFirst())
  let targets: Targets =
    map.map { .maps(Tensor(pixels, integers: $0)) } ?? .values(Tensor([1, 1], [0]))
  let examples = try TensorExamples(
    whole,
    targets,
    classes: (0..<200).map { "\($0)" },
    normalization: normalization,
    ignoredClass: ignoredClass
  )
  let loader = try BatchLoader(examples, batchSize: 1, augmentations: augmentations, seed: seed)
  let batch = try loader.batch(0, epoch: epoch)
  var labels: [Int] = []
  if case .maps(let tensor) = batch.targets { labels = tensor.scalars.map { Int($0) } }
  let shape = Shape(Array(batch.inputs.shape.dimensions.dropFirst()))
  return Augmented(input: batch.inputs.reshaped(shape), map: labels)
}

/// Whole numbers that tell every element, below `limit`.
func ramp(_ shape: Shape, below limit: Int = .max) -> Tensor {
  Tensor(shape, (0..<shape.count).map { Float($0 % limit) })
}
