import ArgumentParser
import Foundation
import Squeeze

/// A model by its file, or by its name in the library where there is no such file.
enum NamedModel {
  static let help: ArgumentHelp = """
    The model: .onnx or .sqz, .net or .safetensors with --structure, or a name of squeeze models with \
    random weights.
    """

  /// The model with weights: those of the file, which may need a structure, or seeded random ones.
  static func load(_ name: String, given structure: StructureOptions? = nil) throws -> Model {
    guard let network = library(name) else { return try file(name, structure) }
    return try network.model()
  }

  /// The size of the file in bytes, `nil` for a network of the library.
  static func fileBytes(_ name: String) -> Int? {
    library(name) == nil ? Files.byteCount(name) : nil
  }

  /// The model for counting: a network of the library stays without weights.
  static func structure(_ name: String) throws -> Model {
    guard let network = library(name) else { return try file(name) }
    return try network.structure(network.published)
  }

  /// The network of the library, unless a file has its name.
  static func library(_ name: String) -> PublishedNetwork? {
    FileManager.default.fileExists(atPath: name) ? nil : NetworkCatalog.network(named: name)
  }

  /// What may have been meant by a name that no network has.
  static func suggestion(for name: String) -> String {
    Spelling.suggestion(for: name, among: NetworkCatalog.all.map(\.name))
  }

  private static func file(_ name: String, _ structure: StructureOptions? = nil) throws -> Model {
    let url = URL(fileURLWithPath: name)
    let isFile = FileManager.default.fileExists(atPath: name)
    guard isFile || ModelFile.Format(rawValue: url.pathExtension.lowercased()) != nil else {
      throw ValidationError(
        "expected a model file or a name of squeeze models, got \(suggestion(for: name))"
      )
    }
    return try structure?.load(name) ?? ModelFile.load(url)
  }
}
