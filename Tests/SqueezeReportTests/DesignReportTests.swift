import SqueezeDesign
import SqueezeGraph
import SqueezeReport
import SqueezeTensor
import Testing

@Suite struct DesignReportTests {
  private func cost(_ parameters: Int) -> ModelCost {
    let node = NodeCost(
      node: "conv",
      operatorName: "Convolution",
      outputs: [],
      parameters: parameters,
      statistics: 0,
      macs: 100 * parameters,
      weightBytes: 4 * parameters,
      activationBytes: 4_000,
      bytesRead: 4 * parameters + 4_000,
      bytesWritten: 4_000
    )
    return ModelCost(nodes: [node], peakActivationBytes: 8_000)
  }

  private let device = Hardware(
    name: "board",
    title: "board",
    kind: .board,
    year: 2020,
    source: "made up",
    gigaoperationsPerSecond: [.float32: 2],
    levels: [.init("DRAM", bytes: 1_000_000, gigabytesPerSecond: 1)]
  )

  @Test func modelsAreComparedWithTheFirst() {
    let report = ComparisonReport([
      .init("a", cost: cost(10_000), fileBytes: 50_000, devices: [device]),
      .init("b", cost: cost(1_000), fileBytes: 5_000, devices: [device]),
    ])
    let text = report.table.text
    #expect(text.contains("1,000 (÷ 10.0)") && text.contains("board, least time"))
    #expect(text.contains("5.00 KB (÷ 10.0)"))
  }

  @Test func devicesHaveTimesAndModelledEnergy() throws {
    let model = Model(inputs: [ModelInput("x", [1])], outputs: ["x"], nodes: [])
    let report = try HardwareReport(
      model,
      cost: cost(10_000),
      devices: [device],
      fileBytes: 1_250_000
    )
    // 2 Mop at 2 Gop/s.
    #expect(report.table.text.contains("1.00 ms") && report.table.text.contains("compute"))
    #expect(report.nodes.text.contains("conv"))
    let remarks = report.remarks(megabitsPerSecond: 10)
    #expect(remarks.contains("modelled, not measured") && remarks.contains("1.00 s"))
    let json = try JSONText.encode(report.json)
    #expect(json.contains("\"kind\" : \"modelled\"") && json.contains("\"bound\" : \"compute\""))
    #expect(throws: HardwareReportError.self) {
      try HardwareReport(model, cost: cost(1), devices: [device], precision: .int8)
    }
  }
}
