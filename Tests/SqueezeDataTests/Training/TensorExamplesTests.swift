import SqueezeData
import SqueezeTensor
import Testing

@Suite struct TensorExamplesTests {
  private func batch(_ examples: TensorExamples) throws -> TrainingBatch {
    try BatchLoader(examples, batchSize: examples.count).batch(0, epoch: 0)
  }

  @Test func everyKindOfTargetArrives() throws {
    let signals = ramp([3, 2, 4])
    let kinds: [Targets] = [
      .classes([0, 2, 1]), .values(Tensor([3, 2], [1, 2, 3, 4, 5, 6])),
      .maps(Tensor([3, 4], [0, 1, 2, 0, 0, 0, 1, 1, 2, 2, 2, 2])),
      .probabilities(Tensor([3, 2], [0.5, 0.5, 1, 0, 0, 1])), .values(ramp([3, 1, 4])),
    ]
    for targets in kinds {
      var classes: [String] = []
      if case .probabilities = targets { classes = ["a", "b"] }
      let batch = try batch(TensorExamples(signals, targets, classes: classes))
      #expect(batch.targets == targets)
      #expect(batch.inputs == signals)
    }
  }

  @Test func bytesAreKeptAsBytes() throws {
    let pictures = Tensor([2, 1, 2, 2], integers: [0, 1, 2, 3, 4, 5, 6, 255], type: .uint8)
    let examples = try TensorExamples(pictures, .classes([0, 1]))
    #expect(examples.example(1).input == .levels([4, 5, 6, 255]))
    #expect(examples.example(1).byteCount == 4 + 8)
  }

  @Test func whatDoesNotFitIsRefused() throws {
    let inputs = ramp([2, 1, 3])
    #expect(throws: DataError.self) { try TensorExamples(inputs, .classes([0])) }
    #expect(throws: DataError.self) { try TensorExamples(ramp([2, 3]), .classes([0, 1])) }
    #expect(throws: DataError.self) { try TensorExamples(Tensor(zeros: [0, 1, 3]), .classes([])) }
    #expect(throws: DataError.self) {
      try TensorExamples(inputs, .maps(Tensor(zeros: [2, 4])))
    }
    #expect(throws: DataError.self) {
      try TensorExamples(inputs, .classes([0, 1]), pixelWeights: Tensor(zeros: [2, 2]))
    }
    let error = try #require(throws: LabelError.self) {
      try TensorExamples(inputs, .classes([0, 5]), classes: ["a", "b"])
    }
    #expect(error == LabelError("tensors, sample 1", classCount: 2, label: 5))
    #expect(throws: LabelError.self) {
      try TensorExamples(inputs, .maps(Tensor([2, 3], [0, 0.5, 0, 0, 0, 0])))
    }
    #expect(throws: LabelError.self) {
      try TensorExamples(inputs, .maps(Tensor([2, 3], integers: [0, 1, 2, 300, 0, 0])))
    }
  }

  @Test func readsNumPyFiles() throws {
    let folder = try TemporaryFolder()
    let inputs = ramp([4, 6])
    try folder.write(NPY.encode(inputs), to: "train/X.npy")
    try folder.write(NPY.encode(Tensor([4], integers: [0, 1, 1, 2])), to: "train/y.npy")
    try folder.write(NPY.encode(inputs.reshaped([4, 2, 3])), to: "X_test.npy")
    try folder.write(NPY.encode(Tensor([4], [0.5, 1, 2, 3])), to: "y_test.npy")
    try folder.write(NPY.encode(inputs.reshaped([4, 2, 3])), to: "X.npy")
    try folder.write(NPY.encode(Tensor([4, 3], integers: Array(0..<12))), to: "y.npy")
    try folder.write(NPY.encode(ramp([4, 3])), to: "w.npy")

    let train = try TensorExamples(folder: folder.path, split: "train")
    #expect(train.inputShape == [1, 6])
    #expect(train.classes == ["0", "1", "2"])
    #expect(try batch(train).targets == .classes([0, 1, 1, 2]))
    let test = try TensorExamples(folder: folder.path, split: "test")
    #expect(try batch(test).targets == .values(Tensor([4, 1], [0.5, 1, 2, 3])))
    let maps = try batch(TensorExamples(folder: folder.path))
    #expect(maps.targets == .maps(ramp([4, 3])))
    #expect(maps.pixelWeights == ramp([4, 3]))
    let error = try #require(throws: DataError.self) {
      try TensorExamples(folder: folder.path, split: "val")
    }
    #expect(error.expected.contains("X_val.npy"))
    try folder.write([1, 2, 3], to: "train/y.npy")
    #expect(throws: DataError.self) { try TensorExamples(folder: folder.path, split: "train") }
  }
}
