public import SqueezeGraph

/// A named change of a network's design that saves resources: the moves by which AlexNet becomes SqueezeNet.
///
/// A booster is a value: its name and options are text (`channel-reduction(ratio=0.25, nodes=conv2*)`), and
/// applying it twice to equal models gives equal models, random choices included, since seeds are options.
/// It changes only nodes that become cheaper, and throws where there is none.
public protocol Booster: Rewrite, Hashable {
  /// Its name, options, and what it does, for help and for the language.
  static var about: BoosterAbout { get }

  /// Creates the booster from options that were checked against ``about``.
  init(_ options: BoosterOptions)
  /// The options as text, in the order of ``about``.
  var options: BoosterOptions { get }

  /// The changed model, and what happened to which node.
  ///
  /// - Throws: ``BoosterError`` where nothing fits, `ModelError` where the graph does not hold together.
  func boosted(_ model: Model) throws -> Boosted
}

extension Booster {
  public func apply(to model: consuming Model) throws -> Model { try boosted(model).model }

  /// The booster as the language of `--apply` writes it; reading it gives an equal booster.
  public var text: String { options.text(of: Self.about) }

  /// An error about the whole booster.
  func inapplicable(_ reason: String) -> BoosterError { .inapplicable(Self.about.name, reason) }
}

/// What a booster is: the facts that help, lists and the language need.
public struct BoosterAbout: Sendable {
  /// The name in the language, such as `fire-module`.
  public var name: String
  /// What it does, in one sentence.
  public var summary: String
  /// Which nodes it changes.
  public var applies: String
  /// What it saves, as a formula where there is one.
  public var saves: String
  public var fidelity: Fidelity
  /// The paper or section it comes from.
  public var source: String
  public var options: [BoosterOption]

  /// Creates a description.
  public init(
    _ name: String,
    _ summary: String,
    applies: String,
    saves: String,
    fidelity: Fidelity,
    source: String,
    options: [BoosterOption] = []
  ) {
    self.name = name
    self.summary = summary
    self.applies = applies
    self.saves = saves
    self.fidelity = fidelity
    self.source = source
    self.options = options
  }
}

/// How much of a network's function a booster keeps.
public enum Fidelity: String, Sendable, Hashable, Codable, CaseIterable {
  /// The same function, up to rounding.
  case exact
  /// A fit of the old weights, whose error is reported; training makes it better.
  case approximate
  /// Another function: the network must be trained again.
  case retrain

  /// The fidelity in words.
  public var words: String {
    switch self {
    case .exact: "exact"
    case .approximate: "approximate"
    case .retrain: "must be retrained"
    }
  }
}

/// What a booster gives.
public struct Boosted: Sendable {
  public var model: Model
  public var changes: [NodeChange]
}

/// What happened to one node.
public struct NodeChange: Sendable, Hashable, Codable {
  /// The name of the node that was changed or replaced.
  public var node: String
  public var fidelity: Fidelity
  /// `‖W − Ŵ‖ / ‖W‖` between the old weights and what the new ones stand for.
  ///
  /// It is `nil` where the new ones do not come from the old ones. All-zero weights count as kept.
  public var error: Double?

  /// Creates a note.
  public init(_ node: String, _ fidelity: Fidelity, error: Double? = nil) {
    self.node = node
    self.fidelity = fidelity
    self.error = error
  }
}

/// A booster that cannot be applied, or a text that names none.
public enum BoosterError: Error, Sendable, Hashable, CustomStringConvertible {
  /// A place in the language: the character, counted from 1, what was expected and what came.
  case syntax(column: Int, expected: String, actual: String)
  /// No node fits, or the graph does not allow the change.
  case inapplicable(String, String)

  public var description: String {
    switch self {
    case .syntax(let column, let expected, let actual):
      "character \(column): expected \(expected), got \(actual)"
    case .inapplicable(let name, let reason): "\(name): \(reason)"
    }
  }
}
