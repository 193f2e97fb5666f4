import Foundation
import SqueezeFormats
import SqueezeGraph
import SqueezeTrain

/// A model between two steps, as files that lose nothing.
///
/// `.sqz` has the graph; it leaves out real weights that train behind a grid, so all parameters lie beside it as a
/// checkpoint has them.
enum StepModel {
  /// Writes a model; the parameters first, so that a graph is never without them.
  static func save(_ model: Model, to url: URL) throws {
    let parameters = try Checkpoint(parameters: model.parameters).encoded()
    try Data(parameters).write(to: self.parameters(url), options: .atomic)
    try ModelFile.save(model, to: url, coder: .rans)
  }

  /// Reads a model.
  static func load(_ url: URL) throws -> Model {
    let bytes = [UInt8](try Data(contentsOf: parameters(url)))
    let checkpoint = try Checkpoint(decoding: bytes, name: parameters(url).lastPathComponent)
    return try checkpoint.model(try ModelFile.load(url))
  }

  /// Removes a model's files.
  static func remove(_ url: URL) {
    for file in [url, parameters(url)] { try? FileManager.default.removeItem(at: file) }
  }

  private static func parameters(_ url: URL) -> URL { url.appendingPathExtension("parameters") }
}
