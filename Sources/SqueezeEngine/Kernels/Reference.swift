import CSqueezeKernels
import SqueezeGraph
import SqueezeTensor

/// Any operator by its own plain loops: the fallback where nothing faster fits.
struct ReferenceKernel: BoundKernel {
  let inputs: [Demand]
  let outputs: [Form]
  private let op: any Operator
  private let parameters: [Tensor]
  private let clip: SQClip
  private var sources: [Int] = []
  private var targets: [Int] = []

  init(_ op: any Operator, site: Site) {
    self.op = op
    parameters = site.parameters
    clip = site.clip
    inputs = site.inputs.map { _ in .tensor }
    outputs = site.outputs.map { _ in .tensor }
  }

  mutating func bind(inputs: [Place], outputs: [Place], scratch: Int) {
    sources = inputs.map(\.tensorIndex)
    targets = outputs.map(\.tensorIndex)
  }

  func run(_ run: Run) throws {
    let results = try op.forward(sources.map { run.tensors[$0] }, parameters: parameters)
    for (target, result) in zip(targets, results) {
      run.tensors[target] = clip.clips ? result.clipped(clip) : result
    }
  }
}

extension Tensor {
  fileprivate func clipped(_ clip: SQClip) -> Tensor {
    Tensor(shape, scalars.map { min(max($0, clip.lower), clip.upper) }, type: type)
  }
}
