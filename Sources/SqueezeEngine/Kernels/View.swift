import SqueezeGraph
import SqueezeOperators
import SqueezeTensor

/// An operator that only gives another shape to the same numbers in the same order.
protocol ViewOperator: Operator {}

extension Flatten: ViewOperator {}
extension Reshape: ViewOperator {}
extension DropAxes: ViewOperator {}
extension InsertAxes: ViewOperator {}

/// Another shape for the same memory; nothing is computed.
///
/// Blocks of 16 channels stay where they are if there is one pixel per channel before and after.
struct View<Op: ViewOperator>: Kernel {
  let inputs: [Demand]
  let outputs: [Form]

  static var title: String { "View" }
  static var sharesMemory: Bool { true }

  static func accepts(_ op: Op, _ site: Site) -> Bool { site.isFloat && site.inputs.count == 1 }

  init(_ op: Op, _ site: Site) {
    let form = site.keepsBlocks ? site.forms[0] : .planar
    inputs = [Demand(form: form)]
    outputs = [form]
  }

  var isDone: Bool { true }
  mutating func bind(inputs: [Place], outputs: [Place], scratch: Int) {}
  func run(_ run: Run) {}
}

extension Site {
  /// Whether blocks of 16 channels may stay where they are when the shape changes: there is one pixel
  /// per channel before and after.
  var keepsBlocks: Bool {
    let (x, y) = (inputs[0].shape, outputs[0].shape)
    guard forms[0].isBlocked, (2...4).contains(x.rank), (2...4).contains(y.rank) else {
      return false
    }
    let sizes = Layout.sizes(x)
    return sizes == Layout.sizes(y) && sizes[2] == 1 && sizes[3] == 1
  }
}
