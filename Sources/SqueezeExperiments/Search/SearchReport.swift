import Foundation
public import SqueezeDesign
public import SqueezeReport

/// What a search found: the front as a table, a picture, JSON and a page.
public struct SearchReport: Sendable {
  private let name: String
  private let objectives: [Objective]
  private let candidates: [SearchState.Candidate]
  private let front: Set<Int>
  /// The base network, where it was trained as long as the best candidates.
  private let base: SearchState.Candidate?

  /// Describes where a search is.
  public init(_ config: SearchConfig, _ state: SearchState) {
    name = config.name
    objectives = config.objectives
    let epochs = config.training.epochs
    candidates = state.candidates
    base = state.base.flatMap { $0.epochs == epochs ? $0 : nil }
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

  /// The candidates of the front that are better than the base network in every objective, best first; empty where
  /// the base was not trained.
  public var betterThanBase: [SearchState.Candidate] {
    guard let base else { return [] }
    return best.filter { candidate in
      objectives.allSatisfy {
        let (own, other) = (candidate.value($0.name), base.value($0.name))
        return $0.isMaximized ? own > other : own < other
      }
    }
  }

  /// What came of the comparison with the base network, in a sentence; `nil` where it was not trained.
  public var verdict: String? {
    guard base != nil else { return nil }
    let better = betterThanBase.map(\.run)
    let names = objectives.map(\.name).formatted(.list(type: .and))
    return better.isEmpty
      ? "No candidate is better than the base network in \(names)."
      : "Better than the base network in \(names): \(better.formatted(.list(type: .and)))."
  }

  /// The front as a table, and the base network where it was trained.
  public var table: Table { table(of: best + (base.map { [$0] } ?? [])) }

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
    candidate.remark ?? (candidate.number == 0 ? "the base network" : "")
  }

  private static func text(_ value: Double, of objective: String) -> String {
    guard !value.isNaN else { return "–" }
    return switch objective {
    case "accuracy": Units.percent(value / 100)
    case "bytes": Units.bytes(Int(value))
    case "macs": Units.count(Int(value))
    case "latency": Units.seconds(value / 1000)
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
        + (base.map { [.init("base", points([$0]), isMarked: true)] } ?? [])
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
      (best + (base.map { [$0] } ?? [])).map {
        (
          "\($0.run): \($0.boosters.isEmpty ? "the base network" : $0.boosters)",
          "runs/\($0.run)/report.html"
        )
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
    /// The base network and the runs that beat it in every objective, where it was trained.
    var base: SearchState.Candidate?
    var betterThanBase: [String]?

    enum CodingKeys: String, CodingKey {
      case name, candidates, front, base
      case betterThanBase = "better_than_base"
    }
  }

  /// The report under stable keys, for `--json`.
  public var json: JSON {
    JSON(
      name: name,
      candidates: candidates.count,
      front: best,
      base: base,
      betterThanBase: base.map { _ in betterThanBase.map(\.run) }
    )
  }
}
