import Foundation
import SqueezeCompress
import SqueezeFormats
public import SqueezeGraph

/// What a compression has done so far, in the files of its folder.
///
/// | file | what it is |
/// |---|---|
/// | `recipe.yaml` | the resolved recipe |
/// | `state.json` | the records of the steps that are done |
/// | `step-N.sqz`, `step-N.sqz.parameters` | the model after each step, and its parameters with all that training needs |
/// | `step-N/` | what a step that is under way has saved |
struct RunState: Codable {
  /// What the steps depend on: another model does not go on here, another recipe only after the steps it shares.
  var identities: StepIdentities
  /// The records, that of the model before all steps first.
  var records: [StepRecord] = []
  /// The samples' scores before, and after the last step.
  var before: SampleScores?

  static let file = "state.json"

  /// The number of steps done.
  var stepsDone: Int { max(0, records.count - 1) }

  /// Forgets what was done after the first steps, and then removes its files, which no state names any more.
  mutating func goBack(to step: Int, in folder: URL) throws {
    // The step after the last record may be under way.
    let forgotten = (step + 1)...(stepsDone + 1)
    records = Array(records.prefix(step + 1))
    try write(folder)
    for later in forgotten {
      StepModel.remove(Self.model(folder, after: later))
      for file in [Self.folder(folder, of: later), Self.scan(folder, of: later)] {
        try? FileManager.default.removeItem(at: file)
      }
    }
  }

  /// Reads the state of a folder; `nil` where there is none.
  ///
  /// - Throws: ``RecipeError`` where it is damaged.
  static func read(_ folder: URL) throws(RecipeError) -> RunState? {
    guard let data = try? Data(contentsOf: folder.appendingPathComponent(file)) else { return nil }
    do {
      return try JSONDecoder().decode(RunState.self, from: data)
    } catch {
      throw RecipeError(
        folder.appendingPathComponent(file).path,
        expected: "the state of a compression",
        actual: "something else"
      )
    }
  }

  /// Writes the state whole or not at all.
  func write(_ folder: URL) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    try encoder.encode(self).write(to: folder.appendingPathComponent(Self.file), options: .atomic)
  }

  /// The file of the model after a step.
  static func model(_ folder: URL, after step: Int) -> URL {
    folder.appendingPathComponent("step-\(step).sqz")
  }

  /// The scan that a step made before it chose.
  static func scan(_ folder: URL, of step: Int) -> URL {
    folder.appendingPathComponent("step-\(step)-\(Sensitivity.file)")
  }

  /// The folder of a step that is under way.
  static func folder(_ folder: URL, of step: Int) -> URL {
    folder.appendingPathComponent("step-\(step)")
  }
}

extension Model {
  /// The share of zeros among the weights of layers.
  var weightSparsity: Double {
    var (zeros, count) = (0.0, 0)
    for key in weightKeys {
      guard let encoding = parameters[key] else { continue }
      zeros += encoding.zeroFraction * Double(encoding.shape.count)
      count += encoding.shape.count
    }
    return count == 0 ? 0 : zeros / Double(count)
  }

  /// The bytes of all parameters as float32.
  public var denseBytes: Int { parameters.values.reduce(0) { $0 + 4 * $1.shape.count } }
}
