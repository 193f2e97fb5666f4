import ArgumentParser
import Foundation
import Squeeze

/// `squeeze evaluate`: how often a classifier is right.
struct Evaluate: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Measure a classifier's accuracy on labelled pictures.",
    discussion: """
      PATH is a folder of class folders, a folder with labels.txt (tab-separated, with columns file \
      and index), MNIST idx files (.gz too) or CIFAR-10 binary files. Intervals are Wilson's at 95 %.

      EXAMPLES
        squeeze evaluate squeezenet.onnx --data imagenet-sample/ --preprocess caffe
        squeeze evaluate lenet.onnx --data mnist/ --preprocess unit --limit 1000 --json
        squeeze evaluate squeezenet.onnx --data imagenet-sample/ --precision int8 --calibrate 200
      """
  )

  @Argument(help: "The model: .onnx or .sqz, or .net or .safetensors with --structure.")
  var model: String
  @Option(help: ArgumentHelp("The labelled pictures.", valueName: "path"))
  var data: String
  @Option(help: "Which split to use where there are several, such as test.")
  var split: String?
  @OptionGroup var preprocess: PreprocessOptions
  @Option(help: "Stop after so many pictures.")
  var limit: Int?
  @Option(
    help: """
      int8: calibrate on so many pictures, spread evenly over the data, and measure on the others.
      """
  )
  var calibrate: Int?
  @OptionGroup var structure: StructureOptions
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var tuning: TuningOptions
  @OptionGroup var precision: PrecisionOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    if let limit, limit < 1 { throw ValidationError("--limit: expected at least 1, got \(limit)") }
    if let calibrate, calibrate < 1 {
      throw ValidationError("--calibrate: expected at least 1, got \(calibrate)")
    }
  }

  private struct Result: Encodable {
    var count: Int
    var top1: Double
    var top5: Double
    var top1_correct: Int
    var top5_correct: Int
    var top1_interval: [Double]
    var top5_interval: [Double]
    var seconds: Double
  }

  func run() throws {
    let tuned = try tuning.choices(threads: threads.threads)
    let plain = try Classifier(
      try structure.load(model),
      preprocessing: try preprocess.preprocessing(),
      threadCount: threads.threads,
      tuned: tuned,
      precision: precision.precision
    )
    try tuning.keep(tuned, threads: threads.threads)
    let all = try DatasetLocator.open(data, split: split)
    let (apart, rest) = all.spread(calibrate ?? 0)
    let dataset: any Dataset = calibrate == nil ? all : rest
    let classifier = try precision.prepared(plain, limit: calibrate ?? Classifier.calibrationLimit)
    {
      try plain.inputs(of: calibrate == nil ? all : apart, limit: $0)
    }
    var bar = ProgressBar("evaluate")
    let accuracy = try classifier.accuracy(on: dataset, limit: limit) { soFar, total in
      bar.show(soFar.count, of: total, "top-1 \(Units.percent(soFar.top1))")
    }
    let (one, five) = (accuracy.top1Interval, accuracy.top5Interval)
    if output.json {
      return try Console.json(
        Result(
          count: accuracy.count,
          top1: accuracy.top1,
          top5: accuracy.top5,
          top1_correct: accuracy.top1Correct,
          top5_correct: accuracy.top5Correct,
          top1_interval: [one.lower, one.upper],
          top5_interval: [five.lower, five.upper],
          seconds: accuracy.seconds
        )
      )
    }
    let table = Table(
      [
        .init(""), .init("right", .right), .init("of", .right), .init("share", .right),
        .init("95 % interval"),
      ],
      rows: [
        row("top-1", accuracy.top1Correct, accuracy.count, one),
        row("top-5", accuracy.top5Correct, accuracy.count, five),
      ]
    )
    Console.print(table.text, terminator: "")
    let rate = Double(accuracy.count) / max(accuracy.seconds, 1e-9)
    Console.print(
      "\(Units.seconds(accuracy.seconds)) in all, \(Units.rounded(rate)) pictures/s with "
        + "\(threads.threads) threads, reading included"
    )
  }

  private func row(
    _ name: String,
    _ correct: Int,
    _ count: Int,
    _ interval: WilsonInterval
  ) -> [String] {
    [
      name, "\(correct)", "\(count)", Units.percent(Double(correct) / Double(max(1, count))),
      "\(Units.percent(interval.lower)) to \(Units.percent(interval.upper))",
    ]
  }
}
