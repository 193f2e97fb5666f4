import Foundation
public import SqueezeReport

extension LayerTable {
  /// The table as people read it.
  public var table: Table {
    func error(_ value: Double?) -> String { value.map { Words.number($0) } ?? "" }
    let total = rows.reduce(0) { $0 + $1.parameters }
    let kept = rows.reduce(0) { $0 + $1.kept }
    let bytes = rows.reduce(0) { $0 + $1.bytes }
    return Table(
      [
        .init("layer"), .init("encoding"), .init("parameters", .right), .init("sparsity", .right),
        .init("bits", .right), .init("bytes", .right), .init("bits each", .right),
        .init("weight error", .right), .init("output error", .right),
      ],
      rows: rows.map { row in
        [
          row.key, row.encoding, Units.grouped(row.parameters), Units.percent(row.sparsity),
          "\(row.bits)", Units.grouped(row.bytes), Units.rounded(row.bitsPerParameter),
          error(row.weightError), error(row.outputError),
        ]
      } + [
        [
          "biases, normalizations", "", Units.grouped(otherParameters), "", "",
          Units.grouped(otherBytes), "", "", "",
        ],
        ["graph, names, checksums", "", "", "", "", Units.grouped(directoryBytes), "", "", ""],
      ],
      totals: [
        [
          "all", "", Units.grouped(total + otherParameters),
          Units.percent(total == 0 ? 0 : 1 - Double(kept) / Double(total)), "",
          Units.grouped(fileBytes),
          Units.rounded(8 * Double(bytes) / Double(max(1, total))), "", "",
        ]
      ]
    )
  }
}

extension CompressionOutcome {
  /// Size, accuracy, latency and energy before and after.
  public var comparison: Table {
    func interval(_ scores: SampleScores) -> String {
      let range = AccuracyComparison.interval(scores)
      return "\(Units.percent(scores.mean)) (\(Units.percent(range.lowerBound)) to "
        + "\(Units.percent(range.upperBound)))"
    }
    let difference = accuracy.differenceInterval
    func points(_ fraction: Double) -> String { String(format: "%+.2f", 100 * fraction) }
    let ratio = Double(inputBytes) / Double(max(1, file.count))
    return Table(
      [.init(""), .init("before", .right), .init("after", .right), .init("change", .right)],
      rows: [
        [
          "file", "\(Units.grouped(inputBytes)) B", "\(Units.grouped(file.count)) B",
          "\(Units.rounded(ratio)) times smaller",
        ],
        [
          "against float32 parameters", "\(Units.grouped(original.denseBytes)) B", "",
          "\(Units.rounded(self.ratio)) times smaller",
        ],
        [
          "accuracy on \(accuracy.before.count) samples", interval(accuracy.before),
          interval(accuracy.after),
          "\(points(accuracy.gain)) points (\(points(difference.lowerBound)) to "
            + "\(points(difference.upperBound)))",
        ],
        [
          "latency, \(threads) threads", Units.seconds(latency.before),
          Units.seconds(latency.after), "\(Units.rounded(latency.speedup)) times as fast",
        ],
        [
          "energy of one input, modelled", Self.joules(energyBefore.total),
          Self.joules(energyAfter.total),
          "\(Units.rounded(energyBefore.total / max(energyAfter.total, 1e-15))) times less",
        ],
      ]
    )
  }

  private static func joules(_ value: Double) -> String {
    value < 1e-3 ? "\(Units.rounded(1e6 * value)) µJ" : "\(Units.rounded(1e3 * value)) mJ"
  }

  /// The steps and what each came to.
  public var stepTable: Table {
    Table(
      [
        .init("step"), .init("bytes", .right), .init("sparsity", .right),
        .init("accuracy", .right), .init("time", .right),
      ],
      rows: records.map { record in
        [
          record.step == 0 ? record.summary : "\(record.step). \(record.summary)",
          record.isSkipped ? "left out" : Units.grouped(record.bytes),
          Units.percent(record.sparsity), Units.percent(record.accuracy),
          record.step == 0 || record.isSkipped ? "" : Units.seconds(record.seconds),
        ]
      }
    )
  }
}

extension LayerBlame {
  /// The layers as people read them, worst first.
  public var table: Table {
    func text(_ value: Double?) -> String { value.map { Words.number($0) } ?? "shape changed" }
    return Table(
      [
        .init("layer"), .init("alone, at the output", .right), .init("alone, at the layer", .right),
        .init("up to there", .right),
      ],
      rows: rows.map { [$0.node, text($0.aloneAtOutput), text($0.alone), text($0.upTo)] }
    )
  }
}
