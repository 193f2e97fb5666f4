import SqueezeGraph
import SqueezeOperators
import SqueezeTensor

/// A training runtime for one fully connected layer with a bias, written out by hand.
///
/// Noise that the seed gives is added to the scores while training, as dropout would change them.
struct LinearRuntime: TrainingRuntime {
  var noise: Float = 0

  func program(
    _ model: Model,
    shapes: [String: Shape],
    options: TrainingOptions
  ) throws -> any TrainingProgram {
    guard let node = model.nodes.first, node.op is FullyConnected else {
      throw ModelError.unknownOutput("a fully connected layer")
    }
    return LinearProgram(
      node,
      outputs: model.outputs,
      trained: ["weight", "bias"].map { "\(node.name).\($0)" }
        .filter { !options.frozen.contains($0) },
      noise: noise
    )
  }
}

/// The program of a ``LinearRuntime``.
final class LinearProgram: TrainingProgram {
  let trained: [String]
  private let node: Node
  private let outputs: [String]
  private let noise: Float
  private var parameters: [String: Tensor] = [:]
  private var input = Tensor(zeros: [0, 0])

  init(_ node: Node, outputs: [String], trained: [String], noise: Float) {
    self.node = node
    self.outputs = outputs
    self.trained = trained
    self.noise = noise
  }

  private var weight: Tensor { parameters["\(node.name).weight"] ?? Tensor(zeros: [0, 0]) }
  private var bias: Tensor { parameters["\(node.name).bias"] ?? Tensor(zeros: [0]) }

  func load(_ parameters: [String: Tensor]) { self.parameters.merge(parameters) { $1 } }

  func forward(_ inputs: [String: Tensor], seed: UInt64) throws -> [String: Tensor] {
    input = inputs[node.inputs[0]] ?? input
    var scores = try node.op.forward([input], parameters: [weight, bias])[0]
    var random = SeededGenerator(seed: seed)
    for i in scores.scalars.indices { scores.scalars[i] += noise * random.uniform(-1, 1) }
    return Dictionary(uniqueKeysWithValues: outputs.map { ($0, scores) })
  }

  func backward(_ gradients: [String: Tensor]) throws -> [Tensor] {
    let slope = gradients[node.outputs[0]] ?? Tensor(zeros: [input.shape[0], weight.shape[0]])
    let (rows, columns) = (weight.shape[0], weight.shape[1])
    var (dw, db) = (Tensor(zeros: weight.shape), Tensor(zeros: bias.shape))
    for n in 0..<input.shape[0] {
      for o in 0..<rows {
        db.scalars[o] += slope.scalars[n * rows + o]
        for i in 0..<columns {
          dw.scalars[o * columns + i] +=
            slope.scalars[n * rows + o] * input.scalars[n * columns + i]
        }
      }
    }
    return trained.map { $0.hasSuffix(".weight") ? dw : db }
  }

  var statistics: [String: Tensor] { [:] }
}
