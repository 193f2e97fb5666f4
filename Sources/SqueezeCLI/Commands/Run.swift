import ArgumentParser
import Foundation
import Squeeze

/// `squeeze run`: what a model says of pictures or tensors.
struct Run: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run a model on pictures or tensors.",
    discussion: """
      Pictures (JPEG, PNG) give the most probable classes. Any model runs on NumPy files with \
      --tensor; --output writes every output as a NumPy file.

      EXAMPLES
        squeeze run squeezenet.sqz cat.jpg dog.jpg --top 3
        squeeze run squeezenet.onnx cat.jpg --preprocess caffe --labels classes.txt
        squeeze run detector.onnx --tensor image.npy --output outputs/
        squeeze run two-inputs.onnx --tensor a=a.npy --tensor b=b.npy --output outputs/
      """
  )

  @Argument(help: "The model: .onnx or .sqz, or .net or .safetensors with --structure.")
  var model: String
  @Argument(help: "Pictures to classify.")
  var images: [String] = []
  @OptionGroup var preprocess: PreprocessOptions
  @Option(
    help: ArgumentHelp(
      "Class names: one per line, or a tab-separated table with a column \"label\".",
      valueName: "file"
    )
  )
  var labels: String?
  @Option(help: "How many classes to print for each picture.")
  var top = 5
  @Option(
    help: ArgumentHelp("An input from a NumPy file; repeatable.", valueName: "[name=]file.npy")
  )
  var tensor: [String] = []
  @Option(name: .customLong("output"), help: "A folder for the outputs as NumPy files.")
  var outputFolder: String?
  @OptionGroup var structure: StructureOptions
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var tuning: TuningOptions
  @OptionGroup var precision: PrecisionOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard images.isEmpty != tensor.isEmpty else {
      throw ValidationError(
        "expected pictures or --tensor, got \(images.isEmpty ? "none" : "both")"
      )
    }
    guard top >= 1 else { throw ValidationError("--top: expected at least 1, got \(top)") }
  }

  func run() throws {
    let loaded = try structure.load(model)
    if tensor.isEmpty { try classify(consume loaded) } else { try runTensors(consume loaded) }
  }

  // MARK: Pictures

  private struct Prediction: Encodable {
    var index: Int
    var label: String?
    var probability: Float
  }
  private struct Picture: Encodable {
    var image: String
    var predictions: [Prediction]
  }
  private struct Result: Encodable {
    var model: String
    var softmax_applied: Bool
    var images: [Picture]
  }

  private func classify(_ loaded: consuming Model) throws {
    let tuned = try tuning.choices(threads: threads.threads)
    let ownLabels = loaded.labels
    let plain = try Classifier(
      consume loaded,
      preprocessing: try preprocess.preprocessing(),
      threadCount: threads.threads,
      tuned: tuned,
      precision: precision.precision
    )
    try tuning.keep(tuned, threads: threads.threads)
    let classifier = try precision.prepared(plain) { limit in
      try images.prefix(limit).map { try plain.preprocessor.tensor(for: try ImageFile.load($0)) }
    }
    let names = try labels.map { try LabelFile.read($0) } ?? ownLabels
    let pictures = try images.map { path in
      Picture(
        image: path,
        predictions: try classifier.predictions(try ImageFile.load(path), top: top).map {
          Prediction(
            index: $0.index,
            label: names.indices.contains($0.index) ? names[$0.index] : nil,
            probability: $0.probability
          )
        }
      )
    }
    if output.json {
      return try Console.json(
        Result(
          model: model,
          softmax_applied: !classifier.givesProbabilities,
          images: pictures
        )
      )
    }
    for picture in pictures {
      Console.print(picture.image)
      for prediction in picture.predictions {
        let name = prediction.label ?? "class \(prediction.index)"
        let percent = Units.percent(Double(prediction.probability))
        Console.print(
          "  \(String(repeating: " ", count: max(0, 8 - percent.count)))\(percent)  \(name)"
        )
      }
    }
    if !classifier.givesProbabilities {
      Console.note("The model gives scores; probabilities are their softmax.")
    }
  }

  // MARK: Tensors

  private struct TensorResult: Encodable {
    struct Output: Encodable {
      var name: String
      var shape: [Int]
      var type: String
      var file: String?
      var minimum: Float?
      var maximum: Float?
      var mean: Double?
    }
    var model: String
    var outputs: [Output]
  }

  private func runTensors(_ loaded: consuming Model) throws {
    let inputs = try readTensors(loaded)
    let outputs = loaded.outputs
    let prepared = try precision.prepared(consume loaded, threads: threads.threads) { _ in
      [inputs]
    }
    let compiled = try tuning.compile(
      consume prepared,
      shapes: inputs.mapValues(\.shape),
      threads: threads.threads,
      precision: precision.precision
    )
    let values = try compiled.run(inputs)
    var results: [TensorResult.Output] = []
    if let outputFolder {
      try FileManager.default.createDirectory(
        atPath: outputFolder,
        withIntermediateDirectories: true
      )
    }
    for name in outputs {
      guard let value = values[name] else { continue }
      let file = outputFolder.map { "\($0)/\(Self.fileName(of: name))" }
      if let file { try NPY.save(value, to: file) }
      let reals = value.reals
      results.append(
        .init(
          name: name,
          shape: value.shape.dimensions,
          type: value.type.rawValue,
          file: file,
          minimum: reals.min(),
          maximum: reals.max(),
          mean: reals.isEmpty
            ? nil : reals.reduce(0) { $0 + Double($1) } / Double(reals.count)
        )
      )
    }
    if output.json { return try Console.json(TensorResult(model: model, outputs: results)) }
    let table = Table(
      [
        .init("output"), .init("shape"), .init("type"), .init("minimum", .right),
        .init("maximum", .right), .init("mean", .right), .init("file"),
      ],
      rows: results.map { result in
        [
          result.name, "\(Shape(result.shape))", result.type,
          result.minimum.map { "\($0)" } ?? "", result.maximum.map { "\($0)" } ?? "",
          result.mean.map { "\(Float($0))" } ?? "", result.file ?? "",
        ]
      }
    )
    Console.print(table.text, terminator: "")
  }

  private func readTensors(_ loaded: Model) throws -> [String: Tensor] {
    let known = loaded.inputs.map(\.name)
    var inputs: [String: Tensor] = [:]
    for (position, argument) in tensor.enumerated() {
      let split = argument.firstIndex(of: "=")
      let named = split.map { String(argument[..<$0]) }
      let isName = named.map { known.contains($0) } ?? false
      let path =
        isName ? String(argument[argument.index(after: split ?? argument.startIndex)...]) : argument
      guard let name = isName ? named : known.indices.contains(position) ? known[position] : nil
      else {
        throw ValidationError(
          "--tensor: expected at most \(known.count) inputs (\(known.joined(separator: ", "))), "
            + "got \(argument)"
        )
      }
      let value = try NPY.load(path)
      let type = loaded.inputs.first { $0.name == name }?.type ?? .float32
      inputs[name] = value.converted(to: type)
    }
    return inputs
  }

  /// The file name of an output: its own with `/` and `:` as `_`.
  private static func fileName(of output: String) -> String {
    output.replacing("/", with: "_").replacing(":", with: "_") + ".npy"
  }
}
