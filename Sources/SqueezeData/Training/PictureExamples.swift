public import SqueezeTensor

/// The pictures of a dataset, resized and cropped to one size, with their classes.
public struct PictureExamples: TrainingExamples {
  public let classes: [String]
  public let inputShape: Shape
  private let dataset: any Dataset
  private let preprocessor: ImagePreprocessor
  /// The class each label of the dataset means.
  private let meanings: [Int]

  /// Takes the pictures of a dataset as a preprocessing describes, whose normalization they keep.
  ///
  /// - Parameters:
  ///   - dataset: pictures and labels.
  ///   - preprocessing: the size, order and normalization; its layout is `nchw`.
  ///   - height: the rows, where the preprocessing does not say.
  ///   - width: the columns, where the preprocessing does not say.
  ///   - classes: the classes to count by, as those of the training data for validation data whose
  ///     folders lack some; the dataset's where `nil`. Classes are matched by name.
  /// - Throws: ``DataError`` where the dataset is empty, has a class that is not in `classes`, or the
  ///   preprocessing has a flaw.
  public init(
    _ dataset: any Dataset,
    preprocessing: Preprocessing,
    height: Int,
    width: Int,
    classes: [String]? = nil
  ) throws(DataError) {
    guard dataset.count > 0 else {
      throw DataError(dataset.name, expected: "at least one sample", actual: "an empty dataset")
    }
    guard preprocessing.layout == .nchw else {
      throw DataError("preprocessing", expected: "the layout nchw", actual: "nhwc")
    }
    preprocessor = try ImagePreprocessor(preprocessing, height: height, width: width)
    self.dataset = dataset
    self.classes = classes ?? dataset.classes
    inputShape = [preprocessing.order.count, preprocessor.height, preprocessor.width]
    guard let classes, classes != dataset.classes else {
      meanings = Array(dataset.classes.indices)
      return
    }
    var meanings: [Int] = []
    for name in dataset.classes {
      guard let index = classes.firstIndex(of: name) else {
        let known = classes.prefix(10).joined(separator: ", ")
        throw DataError(dataset.name, expected: "the classes \(known)", actual: "class \(name)")
      }
      meanings.append(index)
    }
    self.meanings = meanings
  }

  public var name: String { dataset.name }
  public var count: Int { dataset.count }
  public var normalization: Normalization { Normalization(preprocessor.preprocessing) }

  public func example(_ index: Int) throws -> TrainingExample {
    let sample = try dataset.sample(index)
    let image: Image
    do {
      image = try preprocessor.crop(sample.image)
    } catch {
      let place = "\(dataset.name)/\(sample.name)"
      throw DataError(place, expected: error.expected, actual: error.actual)
    }
    let label = try meaning(sample.label, of: sample.name)
    let reversed = preprocessor.preprocessing.order == .bgr
    return TrainingExample(
      inputShape,
      .levels(image.planes(reversed: reversed)),
      .classIndex(label)
    )
  }

  public func label(_ index: Int) throws -> Int? {
    try meaning(dataset.label(index), of: dataset.sampleName(index))
  }

  public func exampleName(_ index: Int) -> String { dataset.sampleName(index) }

  private func meaning(_ label: Int, of sample: String) throws(LabelError) -> Int {
    guard meanings.indices.contains(label) else {
      throw LabelError("\(dataset.name)/\(sample)", classCount: meanings.count, label: label)
    }
    return meanings[label]
  }
}

extension Image {
  /// The levels channel after channel.
  func planes(reversed: Bool = false) -> [UInt8] {
    guard channels > 1 else { return pixels }
    let area = width * height
    return [UInt8](unsafeUninitializedCapacity: area * channels) { planes, size in
      pixels.withUnsafeBufferPointer { pixels in
        for channel in 0..<channels {
          let source = reversed ? channels - 1 - channel : channel
          for i in 0..<area { planes[channel * area + i] = pixels[i * channels + source] }
        }
      }
      size = area * channels
    }
  }
}
