import Foundation
public import SqueezeDesign

/// What a search has done so far; a file of it is all that is needed to go on.
public struct SearchState: Sendable, Codable {
  /// A candidate.
  public struct Candidate: Sendable, Hashable, Codable {
    /// From 1, in the order in which they were proposed; 0 is the network to compare with.
    public var number: Int
    public var genome: Genome
    /// What is done to the network where the search begins; empty for nothing.
    public var boosters: String
    public var parameters: Int?
    public var macs: Int?
    public var bytes: Int?
    public var milliseconds: Double?
    /// Modelled joules for one input.
    public var joules: Double?
    /// Percent of right classes when it was last evaluated.
    public var accuracy: Double?
    /// How many epochs it was trained.
    public var epochs = 0
    /// Why it was not trained.
    public var remark: String?

    /// The name of its run, such as `c007`.
    public var run: String { number == 0 ? "reference" : "c" + String(format: "%03d", number) }

    /// The value of an objective; NaN where it is not known.
    func value(_ objective: String) -> Double {
      switch objective {
      case "accuracy": accuracy ?? .nan
      case "parameters": parameters.map(Double.init) ?? .nan
      case "macs": macs.map(Double.init) ?? .nan
      case "bytes": bytes.map(Double.init) ?? .nan
      case "latency": milliseconds ?? .nan
      case "energy": joules ?? .nan
      default: preconditionFailure("objective \(objective) is in the schema but not measured")
      }
    }
  }

  var evolution: AgeingEvolution
  /// All candidates, the pending ones last.
  public var candidates: [Candidate] = []
  /// The training's own network, trained as the candidates are, where the config asks for it.
  public internal(set) var reference: Candidate?
  /// How many of the last candidates are pending.
  var pending = 0
  /// The rounds of the pending generation that are done.
  var rounds = 0
  /// What the config said, so that a search does not go on as another.
  var config: String

  /// Reads a state.
  ///
  /// - Throws: what the file system or the decoder throws.
  init(contentsOf url: URL) throws {
    self = try JSONDecoder().decode(Self.self, from: Data(contentsOf: url))
  }

  init(_ evolution: AgeingEvolution, config: String) {
    self.evolution = evolution
    self.config = config
  }

  /// Writes the state at once or not at all.
  func write(to url: URL) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
    try encoder.encode(self).write(to: url, options: .atomic)
  }
}
