import Foundation
import SqueezeGraph
import SqueezeReport
import SqueezeTensor
import Testing

@Suite struct CostReportTests {
  let report = CostReport(
    model: "tiny.sqz",
    cost: ModelCost(
      nodes: [
        NodeCost(
          node: "conv1",
          operatorName: "Convolution",
          outputs: [TensorSpec([1, 8, 4, 4])],
          parameters: 80,
          statistics: 0,
          macs: 1152,
          weightBytes: 320,
          activationBytes: 512,
          bytesRead: 900,
          bytesWritten: 512
        ),
        NodeCost(
          node: "relu <1>",
          operatorName: "ReLU",
          outputs: [TensorSpec([1, 8, 4, 4])],
          parameters: 0,
          statistics: 0,
          macs: 0,
          weightBytes: 0,
          activationBytes: 512,
          bytesRead: 512,
          bytesWritten: 512
        ),
      ],
      peakActivationBytes: 1024
    ),
    fileBytes: 777
  )

  @Test func theTableAddsUp() {
    #expect(report.table.totals[0][3] == "80")
    #expect(report.table.totals[0][7] == "1.41 KB")
    #expect(report.histogram.rows.map { $0[0] } == ["Convolution", "ReLU"])
    #expect(report.histogram.rows[0][3] == "100.00 %")
  }

  @Test func theKeysOfJSONAreStable() throws {
    let text = try JSONText.encode(report.json)
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
    )
    let total = try #require(object["total"] as? [String: Int])
    #expect(object["model"] as? String == "tiny.sqz")
    #expect(total["parameters"] == 80)
    #expect(total["macs"] == 1152)
    #expect(total["weight_bytes"] == 320)
    #expect(total["file_bytes"] == 777)
    #expect(total["peak_activation_bytes"] == 1024)
    let node = try #require((object["nodes"] as? [[String: Any]])?.first)
    #expect(node["name"] as? String == "conv1")
    #expect(node["operator"] as? String == "Convolution")
    #expect(node["output_shape"] as? [Int] == [1, 8, 4, 4])
    for key in ["parameters", "macs", "bytes_read", "bytes_written"] { #expect(node[key] != nil) }
  }

  @Test func thePictureEscapesNames() {
    var cost = report.cost
    cost.nodes[1].macs = 10
    let svg = CostPicture("a & b", cost).svg
    #expect(svg.contains("relu &lt;1&gt;"))
    #expect(svg.contains("a &amp; b"))
    #expect(svg.hasPrefix("<svg "))
  }
}
