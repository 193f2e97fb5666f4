import SqueezeGraph
import SqueezeOperators
import SqueezeTensor

/// Another shape for the same bytes; nothing is computed.
struct IntegerView<Op: ViewOperator>: Kernel {
  let inputs: [Demand]
  let outputs: [Form]

  static var title: String { "View" }
  static var sharesMemory: Bool { true }

  static func accepts(_ op: Quantized<Op>, _ site: Site) -> Bool {
    site.inputs.count == 1 && op.inputGrids[0] == op.outputGrid
      && op.limits == op.outputGrid.wholeRange
  }

  init(_ op: Quantized<Op>, _ site: Site) {
    let zero = op.outputGrid.byteZero
    let form = site.keepsBlocks ? Form.blockedBytes(zero) : .planarBytes(zero)
    inputs = [Demand(form: form)]
    outputs = [form]
  }

  mutating func bind(inputs: [Place], outputs: [Place], scratch: Int) {}
  func run(_ run: Run) {}
}
