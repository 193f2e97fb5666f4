import Foundation
import SqueezeGraph
import SqueezeTensor

/// What an ONNX file says about a model besides its graph.
enum ONNXMetadata {
  private static let labelsKey = "squeeze.labels"
  private static let preprocessingKey = "squeeze.preprocessing"
  /// The longest text that is kept, in bytes.
  private static let limit = 1000

  /// Takes over producer, operator set, description, class labels and preprocessing.
  static func restore(_ model: inout Model, from proto: ONNXModelProto) {
    let producer = [proto.producerName, proto.producerVersion].filter { !$0.isEmpty }
    var texts = [
      "producer": producer.joined(separator: " "),
      "description": proto.docString.isEmpty ? proto.graph.docString : proto.docString,
      "opset": proto.opsetImport.first { ["", "ai.onnx"].contains($0.domain) }
        .map { "\($0.version)" } ?? "",
    ]
    for entry in proto.metadataProps.prefix(1000) {
      switch entry.key {
      case labelsKey: model.labels = entry.value.components(separatedBy: "\n")
      case preprocessingKey:
        let value = try? JSONDecoder().decode(Preprocessing.self, from: Data(entry.value.utf8))
        if let value, value.flaw == nil { model.preprocessing = value }
      default: texts[entry.key] = entry.value
      }
    }
    model.metadata = texts.filter { !$0.key.isEmpty && !$0.value.isEmpty }
      .filter { $0.value.utf8.count <= limit }
  }

  /// The entries that ``restore(_:from:)`` turns back, in alphabetical order.
  static func entries(of model: Model) -> [ONNXStringStringEntryProto] {
    var texts = model.metadata
    if !model.labels.isEmpty { texts[labelsKey] = model.labels.joined(separator: "\n") }
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    if let preprocessing = model.preprocessing, let json = try? encoder.encode(preprocessing) {
      texts[preprocessingKey] = String(decoding: json, as: UTF8.self)
    }
    return texts.sorted { $0.key < $1.key }.map { key, value in
      var entry = ONNXStringStringEntryProto()
      entry.key = key
      entry.value = value
      return entry
    }
  }
}
