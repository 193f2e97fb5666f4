import Foundation
import Squeeze

/// A model by its file, or by its name in the library where there is no such file.
enum NamedModel {
  /// The model with weights: those of the file, or seeded random ones.
  static func load(_ name: String) throws -> Model {
    guard let network = library(name) else { return try file(name) }
    return try network.model()
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

  private static func file(_ name: String) throws -> Model {
    try ModelFile.load(URL(fileURLWithPath: name))
  }
}
