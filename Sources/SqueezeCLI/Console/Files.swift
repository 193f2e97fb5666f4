import ArgumentParser
import Foundation
import Squeeze

/// `--structure`, for formats that hold weights only.
struct StructureOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A model that has the graph of a .net or .safetensors file.",
      valueName: "model"
    )
  )
  var structure: String?

  /// Reads a model.
  func load(_ path: String, allowsExternalData: Bool = false) throws -> Model {
    let url = URL(fileURLWithPath: path)
    let graph = try structure.map { try ModelFile.load(URL(fileURLWithPath: $0)) }
    let format = try ModelFile.format(of: url)
    if !format.hasGraph, graph == nil {
      throw ValidationError(
        "\(path): a .\(format.rawValue) file holds weights only; name a model with their graph by "
          + "--structure"
      )
    }
    return try ModelFile.load(
      url,
      structure: format.hasGraph ? nil : graph,
      allowsExternalData: allowsExternalData
    )
  }
}

/// Files by their paths.
enum Files {
  /// The size of a file in bytes, 0 where there is none.
  static func byteCount(_ path: String) -> Int {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    return attributes?[.size] as? Int ?? 0
  }

  /// Writes a text file.
  static func write(_ text: String, to path: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
  }
}
