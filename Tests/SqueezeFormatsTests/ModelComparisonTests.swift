import SqueezeFormats
import SqueezeGraph
import SqueezeOperators
import SqueezeParameters
import SqueezeTensor
import Testing

@Suite("Model comparison")
struct ModelComparisonTests {
  @Test("a model equals itself, whatever encodes its parameters")
  func equal() {
    let model = smallModel()
    var dense = model
    dense.parameters = model.parameters.mapValues { Dense($0.decoded()) }
    #expect(ModelComparison(model, model).areEqual)
    #expect(ModelComparison(model, dense).difference == nil)
  }

  @Test("the first difference is named")
  func differences() {
    let model = smallModel()
    func text(_ change: (inout Model) -> Void) -> String {
      var other = model
      change(&other)
      return ModelComparison(model, other).difference?.description ?? "none"
    }
    #expect(
      text { $0.inputs[0].dimensions[1] = .fixed(3) }
        == "input 0: data float32 [N, 2, 6, 5] in the first, data float32 [N, 3, 6, 5] in the second"
    )
    #expect(text { $0.outputs = ["fc"] }.hasPrefix("outputs: "))
    #expect(text { $0.nodes[1].name = "r" }.hasPrefix("node 1: \"relu1\" ReLU()"))
    #expect(text { $0.nodes.removeLast() }.hasSuffix("none in the second"))
    #expect(
      text { $0.parameters["conv2.bias"] = nil }
        == "parameter \"conv2.bias\": one in the first, none in the second"
    )
    let changed = text { $0.parameters["fc.bias"]?.free[2] = -0.0 }
    #expect(changed.hasPrefix("parameter \"fc.bias\", element 2: "))
    #expect(changed.hasSuffix(" in the first, -0.0 in the second"))
  }

  @Test("0 and -0 differ, NaN equals itself")
  func bits() {
    func model(_ value: Float) -> Model {
      SqueezeFormatsTests.model(of: Dense(Tensor([1], [value])))
    }
    #expect(!ModelComparison(model(0), model(-0.0)).areEqual)
    #expect(ModelComparison(model(.nan), model(.nan)).areEqual)
  }
}
