import SqueezeCompress
import SqueezeGraph
import SqueezeTensor
import Testing

@Suite struct SensitivityScanTests {
  @Test("One item at a time is changed, and an unfinished table goes on")
  func scans() throws {
    let model = try PruningNetworks.layers()
    let scan = SensitivityScan(levels: [0.25, 0.5], items: ["a.weight", "conv.weight"])
    var scored: [[Double]] = []
    var tables: [SensitivityTable] = []
    let table = try scan.run(on: model, observe: { tables.append($0) }) { candidate in
      let sparsities = model.weightKeys.map { candidate.parameters[$0]?.zeroFraction ?? -1 }
      scored.append(sparsities)
      return -sparsities.reduce(0, +)
    }
    // Keys: conv, up, a, b.
    #expect(
      scored == [
        [0, 0, 0, 0], [0, 0, 0.25, 0], [0, 0, 0.5, 0], [0.25, 0, 0, 0], [0.5, 0, 0, 0],
      ]
    )
    #expect(table.baseline == 0)
    #expect(table.rows.map(\.scores) == [[-0.25, -0.5], [-0.25, -0.5]])
    #expect(table.score(of: "conv.weight", at: 0.5) == -0.5)
    #expect(tables.count == 4 && tables[3] == table)
    var calls = 0
    let again = try scan.run(on: model, resuming: tables[2]) { _ in
      calls += 1
      return -0.5
    }
    #expect(calls == 1 && again == table)
  }

  @Test("Costs rise with the level, whatever noise does")
  func costs() {
    let table = SensitivityTable(
      baseline: 90,
      levels: [1, 2, 3, 4],
      rows: [.init(item: "a", scores: [90.5, 89, 89.5, .nan])]
    )
    #expect(table.costs(of: "a") == [0, 1, 1, .infinity])
    #expect(table.costs(of: "b").isEmpty)
  }

  @Test("A limit on each item's cost finds its harshest level")
  func limit() {
    let table = SensitivityTable(
      baseline: 90,
      levels: [0.5, 0.9],
      rows: [
        .init(item: "a", scores: [90, 88]), .init(item: "b", scores: [80, 10]),
        .init(item: "c", scores: [90, 89.5]),
      ]
    )
    let levels = table.levels(costingAtMost: 1)
    #expect(abs((levels["a"] ?? 0) - 0.7) < 1e-12)
    #expect(abs((levels["b"] ?? 0) - 0.05) < 1e-12)
    #expect(levels["c"] == 0.9)
    #expect(table.levels(costingAtMost: 1, interpolates: false) == ["a": 0.5, "c": 0.9])
  }

  @Test("A budget goes where it costs least, as trying every combination shows", arguments: 0..<8)
  func budget(_ seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let levels = [0.25, 0.5, 0.75, 1]
    let items = ["a", "b", "c"]
    let rows = items.map { item in
      // Convex costs, so that single levels of the hull are optimal wherever they meet the target.
      var (cost, slope) = (0.0, 0.0)
      let scores = levels.map { _ in
        slope += Double(random.uniform())
        cost += slope
        return -cost
      }
      return SensitivityTable.Row(item: item, scores: scores)
    }
    let table = SensitivityTable(baseline: 0, levels: levels, rows: rows)
    let counts = ["a": 400, "b": 400, "c": 400]
    func cost(_ levels: [String: Double]) -> Double {
      levels.reduce(0) { sum, entry in
        sum - (table.score(of: entry.key, at: entry.value) ?? 0)
      }
    }
    for quarter in 1...12 {
      let target = Double(quarter) * 100
      let chosen = try #require(
        table.levels(saving: target, interpolates: false) { Double(counts[$0] ?? 0) * $1 }
      )
      #expect(chosen.values.reduce(0) { $0 + $1 * 400 } == target)
      var best = Double.infinity
      for x in [0] + levels {
        for y in [0] + levels {
          for z in [0] + levels where (x + y + z) * 400 == target {
            best = min(best, cost(["a": x, "b": y, "c": z].filter { $0.value > 0 }))
          }
        }
      }
      #expect(abs(cost(chosen) - best) < 1e-9)
    }
    let exact = try #require(table.sparsities(reaching: 0.4, counts: counts))
    #expect(abs(exact.values.reduce(0, +) / 3 - 0.4) < 1e-9)
    #expect(table.sparsities(reaching: 1.01, counts: counts) == nil)
  }
}
