import Foundation
import Squeeze

/// The part of the demonstration that loses nothing: a network whose weights are computed, not trained.
struct DemoLossless {
  /// Where everything is written.
  let folder: String

  var onnx: String { "\(folder)/stripes.onnx" }
  var sqz: String { "\(folder)/stripes.sqz" }
  private var pictures: String { "\(folder)/pictures" }

  /// What it came to.
  struct Facts {
    var accuracy: ClassificationAccuracy
    var onnxBytes: Int
    var sqzBytes: Int
    var identical: Bool
  }

  /// Draws five pictures for each direction and writes the network.
  func prepare() throws {
    for (index, direction) in StripeNetwork.directions.enumerated() {
      let folder = "\(pictures)/\(index) \(StripeNetwork.label(of: direction))"
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      for number in 0..<5 {
        let seed = UInt64(index * 100 + number)
        let picture = StripePictures.draw(direction: direction, seed: seed)
        try ImageFile.save(picture, to: "\(folder)/\(number).png")
      }
    }
    try ModelFile.save(StripeNetwork.model(), to: URL(fileURLWithPath: onnx))
  }

  /// Squeezes the network without loss and classifies the pictures from the small file.
  func facts() throws -> Facts {
    let model = try ModelFile.load(URL(fileURLWithPath: onnx))
    try ModelFile.save(model, to: URL(fileURLWithPath: sqz))
    let read = try ModelFile.load(URL(fileURLWithPath: sqz))
    return Facts(
      accuracy: try Classifier(read).accuracy(on: DatasetLocator.open(pictures)),
      onnxBytes: Files.byteCount(onnx),
      sqzBytes: Files.byteCount(sqz),
      identical: ModelComparison(model, read).areEqual
    )
  }

  /// Shows the size of the small file beside what general-purpose compressors make of the original.
  func compareSizes() {
    let bytes = Files.byteCount(onnx)
    var rows = [["as it is", Units.grouped(bytes), "1.00"]]
    for (name, arguments) in [
      ("gzip", ["-9", "-c"]), ("zstd", ["-19", "-c", "-q"]), ("xz", ["-9e", "-c"]),
    ] {
      guard let size = Compressor.compressedSize(of: onnx, by: name, arguments) else { continue }
      rows.append(["\(name) \(arguments[0])", Units.grouped(size), ratio(bytes, size)])
    }
    let size = Files.byteCount(sqz)
    rows.append([".sqz", Units.grouped(size), ratio(bytes, size)])
    let table = Table(
      [.init("lossless size"), .init("bytes", .right), .init("ratio", .right)],
      rows: rows
    )
    Console.print(table.text)
  }

  private func ratio(_ before: Int, _ after: Int) -> String {
    Units.rounded(Double(before) / Double(after))
  }
}
