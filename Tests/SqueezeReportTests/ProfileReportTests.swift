import Foundation
import SqueezeEngine
import SqueezeReport
import Testing

@Suite struct ProfileReportTests {
  static let machine = Machine(
    processor: "Made-up <1>",
    logicalProcessors: 2,
    peaks: [.init(instructionSet: "v3", threads: 1, gmacsPerSecond: 100)],
    levels: [
      .init(name: "L1", bytes: 32_000, threads: 1, gigabytesPerSecond: 200),
      .init(name: "DRAM", bytes: nil, threads: 1, gigabytesPerSecond: 10),
    ],
    curve: [
      .init(workingSetBytes: 8_192, threads: 1, gigabytesPerSecond: 200),
      .init(workingSetBytes: 1 << 20, threads: 1, gigabytesPerSecond: 20),
    ]
  )

  static func step(
    _ nodes: [String],
    _ kernel: String,
    _ work: Roofline.Work,
    milliseconds: Double
  ) -> ExecutionProfile.Step {
    ExecutionProfile.Step(
      nodes: nodes,
      operatorName: kernel.isEmpty ? "" : "Convolution",
      kernel: kernel,
      outputShape: [1, 8, 4, 4],
      seconds: milliseconds / 1e3,
      work: work,
      limit: roofline.limit(of: work)
    )
  }

  static let roofline = Roofline(peakGMACsPerSecond: 100, levels: machine.levels)

  static let report = ProfileReport(
    model: "tiny <&>.sqz",
    profile: ExecutionProfile(
      steps: [
        step(
          ["conv1", "relu <1>"],
          "TiledConvolution",
          .init(macs: 100_000_000, activationBytes: 20_000, weightBytes: 1_000, runBytes: 30_000),
          milliseconds: 2
        ),
        step(
          ["x"],
          "Conversion",
          .init(macs: 0, activationBytes: 4_000_000, weightBytes: 0, runBytes: 30_000),
          milliseconds: 0.5
        ),
        step(
          ["halo"],
          "HaloClearing",
          .init(macs: 0, activationBytes: 0, weightBytes: 0, runBytes: 30_000),
          milliseconds: 0
        ),
      ],
      machine: machine,
      instructionSet: .v3,
      threads: 1,
      roofline: roofline
    )
  )

  @Test func theTableSaysWhatBoundsEveryStep() {
    let rows = Self.report.table.rows
    #expect(
      rows[0] == [
        "conv1 + relu <1>", "Convolution", "TiledConvolution", "1×8×4×4", "2.00 ms", "80.00 %",
        "50.0", "0.01", "50 %", "compute",
      ]
    )
    #expect(rows[1].suffix(4) == ["", "8.00", "80 %", "DRAM"])
    #expect(rows[2].suffix(2) == ["0 %", "none"])
    #expect(Self.report.table.totals[0][4] == "2.50 ms")
    #expect(Self.report.bounds.rows.map { $0[0] } == ["compute", "DRAM", "none"])
    #expect(Self.report.bounds.rows[0] == ["compute", "1", "2.00 ms", "80.00 %", "50 %"])
  }

  @Test("names of later nodes lose what they share with the first")
  func shortNames() {
    func name(_ nodes: String...) -> String {
      let step = Self.step(
        nodes,
        "K",
        .init(macs: 1, activationBytes: 1, weightBytes: 1, runBytes: 1),
        milliseconds: 1
      )
      var report = Self.report
      report.profile.steps = [step]
      return report.table.rows[0][0]
    }
    #expect(name("fire2/conv1", "fire2/conv1/relu") == "fire2/conv1 + relu")
    #expect(name("block/conv", "block/act") == "block/conv + act")
    #expect(name("conv1", "conv12") == "conv1 + conv12")
    #expect(name("a/b", "a/b/x", "a/c") == "a/b … c")
    #expect(name("x") == "x")
    #expect(name(String(repeating: "long", count: 20)).count < 41)
  }

  @Test func theKeysOfJSONAreStable() throws {
    let text = try JSONText.encode(Self.report.json)
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
    )
    #expect(
      object.keys.sorted()
        == ["instruction_set", "machine", "model", "pace", "steps", "threads", "total_ms"]
    )
    #expect(object["total_ms"] as? Double == 2.5)
    let steps = try #require(object["steps"] as? [[String: Any]])
    #expect(
      steps[0].keys.sorted() == [
        "activation_bytes", "bound", "gigabytes_per_second", "gmacs_per_second", "kernel",
        "limit_ms", "macs", "ms", "nodes", "operator", "output_shape", "peak_share", "share",
        "weight_bytes",
      ]
    )
    #expect(steps[0]["bound"] as? String == "compute")
    #expect(steps[1]["peak_share"] as? Double == 0.8)
    let machine = try #require(object["machine"] as? [String: Any])
    #expect(
      machine.keys.sorted() == ["curve", "levels", "logical_processors", "peaks", "processor"]
    )
  }

  @Test("predictions stand beside what was measured")
  func predictions() throws {
    var report = Self.report
    #expect(report.predictions == nil && report.predictionSummary == nil)
    let times = TimeModel(fitting: report.profile.steps, of: ["one", "two"])
    report.prediction = TimePrediction(times, report.profile)
    let table = try #require(report.predictions)
    #expect(table.rows.map { $0[0] } == ["conv1 + relu <1>", "x", "halo"])
    #expect(table.rows[0][3] == "2.00 ms")
    #expect(try #require(report.predictionSummary).contains("one, two"))
    let text = try JSONText.encode(report.json)
    #expect(text.contains("predicted_ms") && text.contains("median_error"))
  }

  @Test func thePictureIsWellFormedAndEscaped() throws {
    let svg = ProfilePicture("tiny <&>.sqz", Self.report.profile).svg
    let parser = XMLWellFormedness(svg)
    #expect(parser.isBalanced)
    #expect(svg.contains("tiny &lt;&amp;&gt;.sqz"))
    #expect(svg.contains("relu &lt;1&gt;"))
    #expect(!svg.contains("nan") && !svg.contains("inf"))
    #expect(svg.contains("prefers-color-scheme: dark"))
  }

  @Test func aPictureOfNothingIsAPicture() {
    var profile = Self.report.profile
    profile.steps = []
    let svg = ProfilePicture("nothing", profile).svg
    #expect(XMLWellFormedness(svg).isBalanced)
    #expect(!svg.contains("nan") && !svg.contains("inf"))
  }

  @Test func aMachineHasTables() {
    let report = MachineReport(machine: Self.machine)
    #expect(report.peaks.rows == [["v3", "1", "100"]])
    #expect(report.levels.rows[1] == ["DRAM", "", "1", "10.0"])
    #expect(report.curve.columns.map(\.title) == ["bytes per thread", "1 thread, GB/s"])
    #expect(report.curve.rows == [["8.19 KB", "200"], ["1.05 MB", "20.0"]])
  }
}

/// Whether every element of a text is closed in order.
private struct XMLWellFormedness {
  private(set) var isBalanced = true

  init(_ text: String) {
    var open: [Substring] = []
    var rest = text[...]
    while let start = rest.firstIndex(of: "<") {
      guard let end = rest[start...].firstIndex(of: ">") else {
        isBalanced = false
        return
      }
      let tag = rest[rest.index(after: start)..<end]
      rest = rest[rest.index(after: end)...]
      if tag.hasPrefix("/") {
        if open.popLast() != tag.dropFirst() { isBalanced = false }
      } else if !tag.hasSuffix("/") {
        open.append(tag.prefix { $0 != " " })
      }
    }
    if !open.isEmpty { isBalanced = false }
  }
}
