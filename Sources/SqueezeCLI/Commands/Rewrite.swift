import ArgumentParser
import Foundation
import Squeeze

/// `squeeze rewrite`: a model's design changed by boosters.
struct Rewrite: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rewrite",
    abstract: "Change a model's design by boosters, and say what each one saves.",
    discussion: """
      Boosters are divided by ; and take options in parentheses; nodes=… says which nodes, * standing for \
      any letters and | dividing alternatives. Each says whether the model computes the same afterwards, \
      nearly the same (with the error of the weights), or must be trained again; --list describes them.

      What --undo needs stays beside the result, in OUT.history: undoing gives back the very model before \
      the last booster, --all the one before the first.

      EXAMPLES
        squeeze rewrite --list
        squeeze rewrite model.sqz small.sqz --apply "fc-to-conv; channel-reduction(ratio=0.25, nodes=conv2*)"
        squeeze rewrite alexnet small.sqz --apply "fc-to-global-pool; fire-module(nodes=conv3|conv4|conv5)"
        squeeze rewrite small.sqz before.sqz --undo
      """
  )

  @Argument(help: "The model: a file, or a name of squeeze models with random weights.")
  var model: String?
  @Argument(help: ArgumentHelp("The file to write.", valueName: "out"))
  var destination: String?
  @Option(help: ArgumentHelp("The boosters, in order.", valueName: "boosters"))
  var apply: String?
  @Flag(help: "Take the last booster back.")
  var undo = false
  @Flag(help: "With --undo: take all boosters back.")
  var all = false
  @Flag(help: "Describe every booster.")
  var list = false
  @OptionGroup var output: OutputOptions

  func validate() throws {
    if list {
      guard model == nil, apply == nil, !undo else {
        throw ValidationError("--list stands alone")
      }
      return
    }
    guard model != nil, destination != nil, (apply != nil) != undo, !all || undo else {
      throw ValidationError(
        "expected MODEL OUT and either --apply or --undo, which --all may follow; or --list"
      )
    }
    do throws(BoosterError) { _ = try apply.map(parse) } catch {
      throw ValidationError("--apply: \(error)")
    }
  }

  private func parse(_ text: String) throws(BoosterError) -> [any Booster] {
    try BoosterCatalog.parse(text)
  }

  func run() throws {
    if list { return try describe() }
    guard let model, let destination else { return }
    let (source, target) = (URL(fileURLWithPath: model), URL(fileURLWithPath: destination))
    if undo { return try takeBack(source, target) }
    let loaded = try NamedModel.load(model)
    let history = try RewriteFolder.rewrite(
      try parse(apply ?? ""),
      loaded,
      from: source,
      to: target
    )
    let report = try RewriteReport(history)
    if output.json { return try Console.json(report.json) }
    Console.print(report.table.text)
    Console.print("\(destination)  \(Units.bytes(Files.byteCount(destination)))")
    if history.steps.contains(where: { $0.fidelity == .retrain }) {
      Console.print("train it before use: squeeze train, with network: \(destination)")
    }
  }

  // MARK: Undo

  private struct Undone: Encodable {
    var output: String
    var undone: [String]
    var parameters: Int
    var macs: Int
  }

  private func takeBack(_ source: URL, _ target: URL) throws {
    let loaded = try NamedModel.load(source.path)
    let (restored, undone) = try RewriteFolder(for: source).undo(loaded, all: all, to: target)
    let cost = try restored.cost()
    let result = Undone(
      output: target.relativePath,
      undone: undone,
      parameters: cost.parameters,
      macs: cost.macs
    )
    if output.json { return try Console.json(result) }
    for booster in undone { Console.print("took back  \(booster)") }
    Console.print(
      "\(result.output)  \(Units.grouped(cost.parameters)) parameters, \(Units.count(cost.macs)) MACs"
    )
  }

  // MARK: List

  private struct Entry: Encodable {
    struct Option: Encodable {
      var name: String
      var values: String
      var standard: String
      var about: String
    }

    var name: String
    var summary: String
    var applies: String
    var saves: String
    var fidelity: String
    var source: String
    var options: [Option]
  }

  private func describe() throws {
    let entries = BoosterCatalog.all.map { type in
      let about = type.about
      return Entry(
        name: about.name,
        summary: about.summary,
        applies: about.applies,
        saves: about.saves,
        fidelity: about.fidelity.rawValue,
        source: about.source,
        options: about.options.map {
          .init(name: $0.name, values: $0.words, standard: $0.standard, about: $0.about)
        }
      )
    }
    if output.json { return try Console.json(entries) }
    for entry in entries {
      Console.print("\(entry.name) — \(entry.summary)")
      Console.print("  function  \(Fidelity(rawValue: entry.fidelity)?.words ?? entry.fidelity)")
      Console.print("  applies   \(entry.applies)")
      Console.print("  saves     \(entry.saves)")
      for option in entry.options {
        Console.print(
          "  \(option.name)=\(option.standard)  \(option.values): \(option.about)"
        )
      }
      Console.print("  source    \(entry.source)\n")
    }
  }
}
