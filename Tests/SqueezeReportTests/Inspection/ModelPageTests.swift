import Foundation
import SqueezeGraph
import SqueezeOperators
import SqueezeReport
import SqueezeParameters
import SqueezeTensor
import Testing

@Suite("A model's page")
struct ModelPageTests {
  private static func sheet(_ title: String, channels: Int) throws -> ModelSheet {
    let model = Model(
      inputs: [ModelInput("x", [1, 3, 8, 8])],
      outputs: ["relu"],
      nodes: [
        Node(
          "conv <1>",
          Convolution(outputChannels: channels, window: SlidingWindow(3, stride: 2)),
          inputs: ["x"]
        ),
        Node("relu", ReLU(), inputs: ["conv <1>"]),
      ],
      parameters: [
        "conv <1>.weight": Dense(Tensor(zeros: [channels, 3, 3, 3])),
        "conv <1>.bias": Dense(Tensor(zeros: [channels])),
      ]
    )
    let report = CostReport(model: title, cost: try model.cost(), fileBytes: 1234)
    return ModelSheet(title, model: model, report: report)
  }

  @Test("it says every layer's costs and attributes, escaped, and loads nothing")
  func contents() throws {
    let page = ModelPage([try Self.sheet("a.sqz", channels: 8)]).text
    for text in [
      "conv &lt;1&gt;", "Convolution", "data-p=\"224\"", "data-m=\"1944\"", "1.23 KB",
      "outputChannels",
      "[1, 8, 3, 3]", "prefers-color-scheme: dark", "width=device-width",
    ] {
      #expect(page.contains(text), "\(text)")
    }
    #expect(!page.contains("http://") && !page.contains("https://") && !page.contains("<1>"))
    #expect(page.components(separatedBy: "<tbody").count == 3)
    #expect(
      page.components(separatedBy: "<svg").count == page.components(separatedBy: "</svg>").count
    )
  }

  @Test("two models stand beside each other with what the second saves")
  func comparison() throws {
    let page = ModelPage([
      try Self.sheet("a.sqz", channels: 8), try Self.sheet("b.sqz", channels: 2),
    ]).text
    #expect(page.contains("56 (4× less)") || page.contains("56 (4.00× less)"))
    #expect(page.contains("main class=\"beside\""))
  }
}
