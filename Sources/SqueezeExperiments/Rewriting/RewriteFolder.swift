import Crypto
public import Foundation
public import SqueezeDesign
import SqueezeFormats
public import SqueezeGraph

/// What `--undo` needs, beside a rewritten model: the models before, and the boosters in between.
///
/// `NAME.history/` beside the file `NAME` holds `steps.json` and one `.sqz` for each call of `squeeze rewrite`, the model
/// before it. `.sqz` loses nothing, and boosters give equal models for equal models, so a step in the middle of a call
/// is restored by applying the others again. Every state's digest is kept and checked. The models stay out of the file
/// itself, which would otherwise hold what it was to get rid of.
public struct RewriteFolder: Sendable {
  /// One booster.
  public struct Step: Codable, Sendable, Hashable {
    /// The booster in the language.
    public var booster: String
    /// The file with the model before the call of which this step is one, and how many steps of the call come before.
    public var base: String
    public var index: Int
    /// The digests of the model before the step and after it.
    public var before: String
    public var after: String
  }

  private struct Contents: Codable {
    var version = 1
    var steps: [Step]
  }

  public let url: URL

  /// The folder of a model's file.
  public init(for model: URL) { url = model.appendingPathExtension("history") }

  private var list: URL { url.appendingPathComponent("steps.json") }

  /// The steps that led to the model; none where there is no folder.
  ///
  /// - Throws: ``RewriteFolderError`` where the folder cannot be understood.
  public func steps() throws -> [Step] {
    guard let data = try? Data(contentsOf: list) else { return [] }
    guard let contents = try? JSONDecoder().decode(Contents.self, from: data),
      contents.version == 1
    else {
      throw RewriteFolderError(list.path, expected: "a list of steps", actual: "another file")
    }
    return contents.steps
  }

  /// Applies boosters to a model read from a file, writes the result, and keeps what undoing needs beside it.
  ///
  /// - Parameters:
  ///   - boosters: in order.
  ///   - model: the model that `source` holds.
  ///   - source: its file, whose own history is carried on.
  ///   - destination: the file to write; its extension chooses the format.
  /// - Returns: the history of this call.
  /// - Throws: what a booster throws, before anything is written, and errors of files.
  public static func rewrite(
    _ boosters: [any Booster],
    _ model: Model,
    from source: URL,
    to destination: URL
  ) throws -> RewriteHistory {
    var history = RewriteHistory(model)
    var digests = [digest(model)]
    for booster in boosters {
      try history.apply(booster)
      digests.append(digest(history.model))
    }
    let (old, new) = (RewriteFolder(for: source), RewriteFolder(for: destination))
    // A history whose last model is another one is not that of this file.
    var steps = try old.steps()
    if let last = steps.last, last.after != digests[0] { steps = [] }
    let files = FileManager.default
    try files.createDirectory(at: new.url, withIntermediateDirectories: true)
    if old.url.standardizedFileURL != new.url.standardizedFileURL {
      for base in Set(steps.map(\.base)) {
        let target = new.url.appendingPathComponent(base)
        if files.fileExists(atPath: target.path) { try files.removeItem(at: target) }
        try files.copyItem(at: old.url.appendingPathComponent(base), to: target)
      }
    }
    let number = (steps.compactMap { Int($0.base.prefix { $0.isNumber }) }.max() ?? 0) + 1
    let base = "\(number).sqz"
    try ModelFile.save(model, to: new.url.appendingPathComponent(base), coder: .raw)
    try ModelFile.save(history.model, to: destination)
    // Formats may name things their own way, so what counts is the model that will be read.
    digests[digests.count - 1] = digest(try ModelFile.load(destination))
    for (index, step) in history.steps.enumerated() {
      steps.append(
        Step(
          booster: step.booster,
          base: base,
          index: index,
          before: digests[index],
          after: digests[index + 1]
        )
      )
    }
    try new.write(steps)
    return history
  }

  /// Writes the model before the last step of a file's history.
  ///
  /// - Parameters:
  ///   - model: the model in the file, which must be what the last step gave.
  ///   - all: goes back to before the first step.
  ///   - destination: the file to write; the steps that remain are kept beside it.
  /// - Returns: the model, and the boosters that were taken back, last first.
  /// - Throws: ``RewriteFolderError`` where there is no history or it is another model's.
  public func undo(
    _ model: Model,
    all: Bool = false,
    to destination: URL
  ) throws -> (model: Model, undone: [String]) {
    let steps = try steps()
    guard let last = steps.last else {
      throw RewriteFolderError(url.path, expected: "a history of rewrites", actual: "none")
    }
    guard Self.digest(model) == last.after else {
      throw RewriteFolderError(
        url.path,
        expected: "the model that \(last.booster) gave",
        actual: "a model that was changed since"
      )
    }
    let target = all ? 0 : steps.count - 1
    let step = steps[target]
    var result = try ModelFile.load(url.appendingPathComponent(step.base))
    for earlier in steps[..<target].suffix(step.index) {
      for booster in try BoosterCatalog.parse(earlier.booster) {
        result = try booster.apply(to: result)
      }
    }
    guard Self.digest(result) == step.before else {
      throw RewriteFolderError(
        url.path,
        expected: "the model before \(step.booster)",
        actual: "another one: the history was damaged or made by another version"
      )
    }
    let new = RewriteFolder(for: destination)
    let kept = Array(steps[..<target])
    if new.url.standardizedFileURL == url.standardizedFileURL || !kept.isEmpty {
      try FileManager.default.createDirectory(at: new.url, withIntermediateDirectories: true)
      if new.url.standardizedFileURL != url.standardizedFileURL {
        for base in Set(kept.map(\.base)) {
          let place = new.url.appendingPathComponent(base)
          if !FileManager.default.fileExists(atPath: place.path) {
            try FileManager.default.copyItem(at: url.appendingPathComponent(base), to: place)
          }
        }
      }
      try new.write(kept)
    }
    try ModelFile.save(result, to: destination)
    return (result, steps[target...].reversed().map(\.booster))
  }

  private func write(_ steps: [Step]) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try encoder.encode(Contents(steps: steps)).write(to: list, options: .atomic)
  }

  /// A digest of graph and parameters.
  static func digest(_ model: Model) -> String {
    var text = "\(model.inputs)\n\(model.outputs)\n"
    for node in model.nodes { text += "\(node.name) \(node.op) \(node.inputs) \(node.outputs)\n" }
    text += model.parametersSHA256
    return SHA256.hash(data: Data(text.utf8)).map { String(format: "%02x", $0) }.joined()
  }
}

/// A history that is absent, damaged, or of another model.
public struct RewriteFolderError: Error, Sendable, Hashable, CustomStringConvertible {
  public var place: String
  public var expected: String
  public var actual: String

  init(_ place: String, expected: String, actual: String) {
    (self.place, self.expected, self.actual) = (place, expected, actual)
  }

  public var description: String { "\(place): expected \(expected), got \(actual)" }
}
