import Foundation
import SqueezeGraph
import SqueezeOperators
import SqueezeParameters
import SqueezeTensor

/// The text of a container's directory.
///
/// JSON with sorted keys; what is empty is left out. `operators` has every operator once, as
/// `[name, attributes]`. A node is its name and the index of its operator, then its inputs unless it
/// takes the first output of the node before, then its outputs unless it makes one value of its own
/// name. `parameters` has one index into `kinds` per parameter.
struct SQZDirectory: Codable, Equatable {
  /// What parameters of one kind have in common; in a file of version 2 without its numbers, see
  /// `SQZRecords`.
  struct Kind: Codable, Hashable {
    var encoding: String
    /// The coder of the symbols, where there are any.
    var coder: String?
    var attributes: [String: Int]?
    /// The length of every list of floats; `nil` for one float per element.
    var floats: [Int?]?
    /// The length of every list of integers; `nil` for one integer per element.
    var integers: [Int?]?
    /// Whether the codebook stands for dense floats.
    var isDense: Bool?
    /// The independent streams of the symbols; `nil` for one.
    var streams: Int?
  }

  var name: String?
  var inputs: [Input]
  var outputs: [String]
  var operators: [OperatorText]
  var nodes: [NodeText]
  var kinds: [Kind]
  var parameters: [Int]
  var labels: [String]?
  var preprocessing: Preprocessing?
  var metadata: [String: String]?

  /// Describes a model whose parameters are of some kinds.
  init(_ model: Model, kinds: [Kind], parameters: [Int]) {
    name = model.name.isEmpty ? nil : model.name
    inputs = model.inputs.map { Input(input: $0) }
    outputs = model.outputs
    (operators, nodes) = NodeText.texts(of: model)
    self.kinds = kinds
    self.parameters = parameters
    labels = model.labels.isEmpty ? nil : model.labels
    preprocessing = model.preprocessing
    metadata = model.metadata.isEmpty ? nil : model.metadata
  }

  /// The model without its parameters.
  func model() throws(FormatError) -> Model {
    Model(
      name: name ?? "",
      inputs: inputs.map(\.input),
      outputs: outputs,
      nodes: try NodeText.nodes(of: nodes, operators, inputs: inputs.map(\.input.name)),
      preprocessing: preprocessing,
      labels: labels ?? [],
      metadata: metadata ?? [:]
    )
  }

  // MARK: Text

  /// The text as bytes.
  func text() throws(FormatError) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf",
      negativeInfinity: "-inf",
      nan: "nan"
    )
    do {
      return [UInt8](try encoder.encode(self))
    } catch {
      throw FormatError("directory", expected: "a model that JSON can hold", actual: "\(error)")
    }
  }

  /// Reads a text.
  init(text: [UInt8]) throws(FormatError) {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf",
      negativeInfinity: "-inf",
      nan: "nan"
    )
    do {
      self = try decoder.decode(Self.self, from: Data(text))
    } catch let error as UnknownOperator {
      throw FormatError(
        "directory",
        expected: "known operators",
        actual: "\"\(error.name)\""
      )
    } catch {
      throw FormatError("directory", expected: "a graph as JSON", actual: Self.reason(error))
    }
    if let flaw = preprocessing?.flaw {
      throw FormatError("directory, preprocessing", expected: "sound numbers", actual: flaw)
    }
  }

  private static func reason(_ error: any Error) -> String {
    guard let error = error as? DecodingError else { return "something else" }
    switch error {
    case .keyNotFound(let key, _): return "no \"\(key.stringValue)\""
    case .typeMismatch(_, let context), .valueNotFound(_, let context),
      .dataCorrupted(let context):
      return "at \(context.codingPath.map(\.stringValue).joined(separator: ".")): "
        + context.debugDescription
    @unknown default: return "something else"
    }
  }
}
