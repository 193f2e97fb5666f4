import SqueezeGraph
import SqueezeOperators
import SqueezeTensor

extension BFloat16Convolution {
  /// Whether Winograd's algorithm on floats, with a quarter of the products, is faster than half the
  /// instructions per product: many channels both ways, and tiles that are not mostly empty.
  static func prefersFloats(_ op: Convolution, _ site: Site) -> Bool {
    guard WinogradConvolution.accepts(op, site) else { return false }
    let sizes = Layout.sizes(site.outputs[0].shape)
    let covered = (sizes[2] + 3) / 4 * ((sizes[3] + 3) / 4) * 16
    return site.inputs[0].shape[1] >= 32 && op.outputChannels >= 32
      && 5 * sizes[2] * sizes[3] >= 4 * covered
  }
}

extension PlanBuilder {
  /// The values that convolutions read as floats although everything is to be computed as bfloat16.
  func valuesReadAsFloats(_ nodes: [DraftNode], _ inference: Inference) -> Set<String> {
    guard precision == .bfloat16 else { return [] }
    var names: Set<String> = []
    for node in nodes {
      guard let op = node.op as? Convolution else { continue }
      let site = Site(
        inputs: node.inputs.compactMap { inference.values[$0] },
        outputs: node.outputs.compactMap { inference.values[$0] },
        forms: [],
        parameters: node.parameters.map { $0.decoded() },
        clip: node.clip,
        table: table,
        threadCount: threadCount,
        precision: precision
      )
      if BFloat16Convolution.prefersFloats(op, site) { names.insert(node.inputs[0]) }
    }
    return names
  }
}
