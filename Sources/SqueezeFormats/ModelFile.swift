public import Foundation
import Logging
public import SqueezeGraph
import SqueezeTensor

/// Models in files of any format, told apart by their first bytes or their extension.
public enum ModelFile {
  /// A file format.
  public enum Format: String, Sendable, Hashable, CaseIterable {
    case onnx, sqz, net, safetensors

    /// Whether a file holds the graph too; if not, reading takes a structure.
    public var hasGraph: Bool { self == .onnx || self == .sqz }
    /// Whether models can be written in it.
    public var isWritable: Bool { self != .net }
  }

  /// The format of a file, by its first bytes for `.sqz`, else by its extension.
  ///
  /// - Throws: ``FormatError`` where neither says what it is.
  public static func format(of url: URL) throws(FormatError) -> Format {
    if let source = try? ByteSource(url, limit: .max), source.count >= SQZ.magic.count,
      (try? source.bytes(0..<SQZ.magic.count)) == SQZ.magic
    {
      return .sqz
    }
    return try format(ofName: url)
  }

  private static func format(ofName url: URL) throws(FormatError) -> Format {
    guard let format = Format(rawValue: url.pathExtension.lowercased()) else {
      let known = Format.allCases.map { ".\($0.rawValue)" }.joined(separator: ", ")
      let ending = url.pathExtension.isEmpty ? "none" : "\".\(url.pathExtension)\""
      throw FormatError("file name", expected: known, actual: ending)
        .in(url.lastPathComponent)
    }
    return format
  }

  /// Reads a model.
  ///
  /// - Parameters:
  ///   - url: the file.
  ///   - structure: the network that `.net` and `.safetensors` files have the weights of.
  ///   - allowsExternalData: whether an ONNX file may refer to other files of its folder.
  /// - Returns: the model.
  /// - Throws: ``FormatError`` that names the file and the place.
  public static func load(
    _ url: URL,
    structure: Model? = nil,
    allowsExternalData: Bool = false
  ) throws(FormatError) -> Model {
    let model = try read(url, structure: structure, allowsExternalData: allowsExternalData)
    logger.debug(
      "read a model",
      metadata: [
        "file": "\(url.lastPathComponent)", "nodes": "\(model.nodes.count)",
        "parameters": "\(model.parameters.count)",
      ]
    )
    return model
  }

  /// Where remarks about files go; a host program chooses how to show them.
  private static let logger = Logger(label: "squeeze.formats")

  private static func read(
    _ url: URL,
    structure: Model?,
    allowsExternalData: Bool
  ) throws(FormatError) -> Model {
    let format = try format(of: url)
    switch format {
    case .onnx: return try ONNXImporter(allowsExternalData: allowsExternalData).model(at: url)
    case .sqz: return try SQZReader.model(at: url)
    case .net, .safetensors:
      guard let structure else {
        throw FormatError("file", expected: "a structure for its weights", actual: "none")
          .in(url.lastPathComponent)
      }
      if format == .net { return try DeepCompressionNet().model(at: url, structure: structure) }
      let bytes = try FileBytes.read(url, limit: 1 << 32)
      do throws(FormatError) {
        return try Safetensors(bytes: bytes).model(structure: structure)
      } catch {
        throw error.in(url.lastPathComponent)
      }
    }
  }

  /// Writes a model in the format that the file's extension names.
  ///
  /// - Parameters:
  ///   - model: the model.
  ///   - url: the file; it is replaced only once everything is written.
  ///   - coder: how `.sqz` codes weights.
  /// - Throws: ``FormatError`` where the format cannot hold the model or the file not be written.
  public static func save(
    _ model: Model,
    to url: URL,
    coder: SQZWriter.Coder = .standard
  ) throws(FormatError) {
    do throws(FormatError) {
      switch try format(ofName: url) {
      case .onnx: try ONNXExporter().write(model, to: url)
      case .sqz: try SQZWriter(coder: coder).write(model, to: url)
      case .safetensors: try FileBytes.write(Safetensors(model).bytes, to: url)
      case .net:
        throw FormatError("file", expected: "a format that can be written", actual: ".net")
      }
    } catch {
      throw error.in(url.lastPathComponent)
    }
  }
}
