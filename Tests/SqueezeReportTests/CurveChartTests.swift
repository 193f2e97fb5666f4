import SqueezeReport
import Testing

@Suite struct CurveChartTests {
  @Test func drawsEveryCurve() {
    let chart = CurveChart(
      "loss",
      xLabel: "step",
      series: [
        .init("a", [.init(0, 1), .init(1, 0.5), .init(2, .nan), .init(3, 0.1), .init(4, 0.05)]),
        .init("b <", [.init(0, 2)]),
      ],
      isLogarithmic: true
    )
    let svg = chart.svg
    // Two parts of the first curve around its gap, and the second.
    #expect(svg.components(separatedBy: "<polyline").count == 4)
    #expect(svg.contains("b &lt;"))
    #expect(!svg.contains("nan"))
    #expect(svg.contains("prefers-color-scheme: dark"))
  }

  @Test func survivesEmptyAndFlatCurves() {
    #expect(CurveChart("a", xLabel: "x", series: []).svg.contains("no values"))
    let flat = CurveChart("a", xLabel: "x", series: [.init("b", [.init(1, 0), .init(1, 0)])]).svg
    #expect(!flat.contains("nan") && !flat.contains("inf"))
    let negative = CurveChart(
      "a",
      xLabel: "x",
      series: [.init("b", [.init(0, -1), .init(1, 5)])],
      isLogarithmic: true
    )
    #expect(!negative.svg.contains("nan"))
  }

  @Test func thinsLongCurvesButKeepsTheirPeaks() {
    var points = (0..<100_000).map { CurveChart.Point(Double($0), 0) }
    points[77_777].y = 9
    let runs = CurveChart.runs(points)
    #expect(runs.count == 1)
    #expect(runs[0].count <= CurveChart.pointLimit)
    #expect(runs[0].contains { $0.y == 9 })
  }

  @Test func ticksAreRound() {
    #expect(CurveChart.ticks(0...10, count: 5) == [0, 2, 4, 6, 8, 10])
    #expect(
      CurveChart.ticks(0.31...0.52, count: 5).map { ($0 * 100).rounded() } == [35, 40, 45, 50]
    )
  }

  @Test func logarithmicTicksAreRound() {
    let ticks = CurveChart.logarithmicTicks(-1.3...0.5).map { ($0 * 1000).rounded() / 1000 }
    #expect(ticks == [0.1, 0.2, 0.5, 1, 2])
    #expect(CurveChart.logarithmicTicks(-12...0).count <= 7)
    #expect(CurveChart.logarithmicTicks(0.35...0.45).count >= 2)
  }

  @Test func sparklines() {
    #expect(Sparkline.text([0, 1, 2, 3, 4, 5, 6, 7]) == "▁▂▃▄▅▆▇█")
    #expect(Sparkline.text([3, 3]) == "▁▁")
    #expect(Sparkline.text([1, .nan, 2]) == "▁ █")
    #expect(Sparkline.text((0..<1000).map(Double.init), width: 8) == "▁▂▃▄▅▆▇█")
    #expect(Sparkline.text([]) == "")
  }

  @Test func pagesNeedNothingFromOutside() {
    var page = HTMLPage("a & b", subtitle: "c")
    page.figures([("1", "one")])
    page.table(Table([.init("x"), .init("y", .right)], rows: [["<", "2"]], totals: [["", "3"]]))
    page.heatMap(
      names: ["p", "q"],
      rowTitle: "is",
      columnTitle: "said",
      [
        [(1, "5"), (0, "")], [(0.5, "1"), (0.5, "1")],
      ]
    )
    page.chart(CurveChart("d", xLabel: "x", series: [.init("e", [.init(0, 1), .init(1, 2)])]))
    page.gallery([("data:image/png;base64,AA==", "f")])
    let text = page.text
    #expect(text.contains("a &amp; b"))
    #expect(text.contains("<td>&lt;</td><td class=\"right\">2</td>"))
    #expect(text.contains("name=\"viewport\""))
    #expect(!text.contains("http"))
    #expect(!text.contains("<script"))
  }
}
