import Foundation
public import SqueezeDesign
public import SqueezeReport

/// What a search found: the front as a table, a picture, JSON and a page.
public struct SearchReport: Sendable {
  private let name: String
  private let objectives: [Objective]
  private let candidates: [SearchState.Candidate]
  private let front: Set<Int>
  /// The network to compare with, trained as long as the best candidates.
  private let reference: SearchState.Candidate?

  /// Describes where a search is.
  public init(_ config: SearchConfig, _ state: SearchState) {
    name = config.name
    objectives = config.objectives
    let epochs = config.training.epochs
    candidates = state.candidates
    reference = state.reference
    // Those that ended early or were never trained are no networks to take home.
    let whole = state.candidates.filter { $0.remark == nil && $0.epochs == epochs }
    let scores = whole.map { candidate in
      Scores(config.objectives.map { candidate.value($0.name) })
    }
    front = Set(ParetoFront(config.objectives).positions(of: scores).map { whole[$0].number })
  }

  /// The candidates of the front, by the first objective, best first.
  public var best: [SearchState.Candidate] {
    guard let first = objectives.first else { return [] }
    return candidates.filter { front.contains($0.number) }.sorted {
      let (a, b) = ($0.value(first.name), $1.value(first.name))
      return first.isMaximized ? (b, $0.number) < (a, $1.number) : (a, $0.number) < (b, $1.number)
    }
  }

  /// The candidates of the front that are better than the reference in every objective, best first; empty without
  /// a reference.
  public var betterThanReference: [SearchState.Candidate] {
    guard let reference else { return [] }
    return best.filter { candidate in
      objectives.allSatisfy {
        let (own, other) = (candidate.value($0.name), reference.value($0.name))
        return $0.isMaximized ? own > other : own < other
      }
    }
  }

  /// What came of the comparison with the reference, in a sentence; `nil` without one.
  public var verdict: String? {
    guard reference != nil else { return nil }
    let better = betterThanReference.map(\.run)
    let names = objectives.map(\.name).formatted(.list(type: .and))
    return better.isEmpty
      ? "No candidate is better than the reference in \(names)."
      : "Better than the reference in \(names): \(better.formatted(.list(type: .and)))."
  }

  /// The front as a table, and the reference.
  public var table: Table { table(of: shown) }

  private var shown: [SearchState.Candidate] { best + (reference.map { [$0] } ?? []) }

  private func table(of candidates: [SearchState.Candidate]) -> Table {
    Table(
      [.init("run")] + objectives.map { .init($0.name, .right) } + [
        .init("epochs", .right), .init("boosters"), .init(""),
      ],
      rows: candidates.map { candidate in
        [candidate.run] + objectives.map { Self.text(candidate.value($0.name), of: $0.name) }
          + ["\(candidate.epochs)", candidate.boosters, remark(on: candidate)]
      }
    )
  }

  private func remark(on candidate: SearchState.Candidate) -> String {
    candidate.remark ?? (candidate.number == 0 ? "to compare with" : "")
  }

  private static func text(_ value: Double, of objective: String) -> String {
    guard !value.isNaN else { return "–" }
    return switch objective {
    case "accuracy": Units.percent(value / 100)
    case "bytes": Units.bytes(Int(value))
    case "macs": Units.count(Int(value))
    case "latency": Units.seconds(value / 1000)
    case "energy": HardwareReport.joules(value)
    default: Units.grouped(Int(value))
    }
  }

  /// The first objective over another one: all candidates, and the front as a line.
  public func chart(over objective: Objective) -> CurveChart {
    let vertical = objectives.first?.name ?? ""
    func points(_ candidates: [SearchState.Candidate]) -> [CurveChart.Point] {
      candidates.map { CurveChart.Point($0.value(objective.name), $0.value(vertical)) }
        .filter { $0.x.isFinite && $0.y.isFinite }.sorted { ($0.x, $0.y) < ($1.x, $1.y) }
    }
    // One series each: a line between candidates would say something.
    let others = points(candidates.filter { !front.contains($0.number) })
    return CurveChart(
      "\(vertical) over \(objective.name)",
      xLabel: objective.name,
      series: [.init("front", points(best), isMarked: true)]
        + (others.isEmpty
          ? [] : [.init("others", others.flatMap { [$0, Self.gap] }, isMarked: true)])
        + (reference.map { [.init("reference", points([$0]), isMarked: true)] } ?? [])
    )
  }

  /// Not finite, so that no line is drawn across.
  private static let gap = CurveChart.Point(.nan, .nan)

  /// The page; its links lead to the runs beside it.
  public var page: HTMLPage {
    var page = HTMLPage(
      name,
      subtitle: "\(candidates.count) candidates, \(front.count) on the front"
    )
    page.heading("The front")
    page.table(table)
    if let verdict { page.paragraph(verdict) }
    page.links(
      shown.map {
        let what = $0.boosters.isEmpty ? "as it is" : $0.boosters
        return ("\($0.run): \(what)", "runs/\($0.run)/report.html")
      }
    )
    for objective in objectives.dropFirst() { page.chart(chart(over: objective)) }
    page.heading("All candidates")
    page.table(table(of: candidates))
    return page
  }

  /// The report under stable keys, for `--json`.
  public struct JSON: Codable, Sendable {
    var name: String
    var candidates: Int
    var front: [SearchState.Candidate]
    /// The network to compare with, and the runs that beat it in every objective.
    var reference: SearchState.Candidate?
    var betterThanReference: [String]?

    enum CodingKeys: String, CodingKey {
      case name, candidates, front, reference
      case betterThanReference = "better_than_reference"
    }
  }

  /// The report under stable keys, for `--json`.
  public var json: JSON {
    JSON(
      name: name,
      candidates: candidates.count,
      front: best,
      reference: reference,
      betterThanReference: reference.map { _ in betterThanReference.map(\.run) }
    )
  }
}
