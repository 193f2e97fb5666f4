import Foundation
public import SqueezeDesign
public import SqueezeReport

/// What a search found: the front as a table, a picture, JSON and a page.
public struct SearchReport: Sendable {
  private let name: String
  private let objectives: [Objective]
  private let candidates: [SearchState.Candidate]
  private let front: Set<Int>

  /// Describes where a search is.
  public init(_ config: SearchConfig, _ state: SearchState) {
    name = config.name
    objectives = config.objectives
    let epochs = config.training.epochs
    candidates = state.candidates
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

  /// The front as a table.
  public var table: Table { table(of: best) }

  private func table(of candidates: [SearchState.Candidate]) -> Table {
    Table(
      [.init("run")] + objectives.map { .init($0.name, .right) } + [
        .init("epochs", .right), .init("boosters"), .init(""),
      ],
      rows: candidates.map { candidate in
        [candidate.run] + objectives.map { Self.text(candidate.value($0.name), of: $0.name) }
          + ["\(candidate.epochs)", candidate.boosters, candidate.remark ?? ""]
      }
    )
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
    page.links(
      best.map {
        (
          "\($0.run): \($0.boosters.isEmpty ? "the base" : $0.boosters)",
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
  }

  /// The report under stable keys, for `--json`.
  public var json: JSON { JSON(name: name, candidates: candidates.count, front: best) }
}
