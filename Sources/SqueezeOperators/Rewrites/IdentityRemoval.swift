public import SqueezeGraph
import SqueezeTensor

/// Removes nodes whose output is their input: identities, dropout, and reshapes, transposes, casts,
/// paddings, slices, repeats and concatenations without effect.
public struct IdentityRemoval: Rewrite {
  /// Creates the rewrite.
  public init() {}

  public func apply(to model: Model) throws -> Model {
    let samples = try model.sampleInferences()
    let effectless = model.nodes.indices.filter { position in
      let node = model.nodes[position]
      return node.inputs.count == 1 && node.outputs.count == 1
        && samples.allSatisfy { sample in
          guard let x = sample.values[node.inputs[0]], let y = sample.values[node.outputs[0]] else {
            return false
          }
          return Self.isIdentity(node.op, from: x, to: y, isFixed: samples.count == 1)
        }
    }
    var model = model
    var removed: Set<Int> = []
    for position in effectless where Self.bypass(position, in: &model) {
      removed.insert(position)
    }
    model.removeNodes(at: removed)
    return model
  }

  /// Whether an operator gives its input back; `isFixed` where no input size is open.
  private static func isIdentity(
    _ op: any Operator,
    from x: TensorSpec,
    to y: TensorSpec,
    isFixed: Bool
  ) -> Bool {
    switch op {
    case is Identity, is Dropout: return true
    case is Reshape, is Flatten, is DropAxes, is InsertAxes, is Expand: return x == y
    case let op as Transpose: return op.order(rank: x.shape.rank) == Array(0..<x.shape.rank)
    case is Cast: return x.type == y.type
    case let op as Pad: return (op.begin + op.end).allSatisfy { $0 == 0 }
    case let op as Slice:
      // An end inside the samples' sizes may still cut larger inputs.
      let isWhole = op.starts.allSatisfy { $0 == 0 } && op.ends.allSatisfy { $0 >= Int32.max }
      return x == y && op.steps.allSatisfy { $0 == 1 } && (isFixed || isWhole)
    case let op as Tile: return op.repeats.allSatisfy { $0 == 1 }
    case is Concatenate: return true
    default: return false
    }
  }

  /// Lets users of a node's output take its input; the model's outputs keep their names.
  private static func bypass(_ position: Int, in model: inout Model) -> Bool {
    let (input, output) = (model.nodes[position].inputs[0], model.nodes[position].outputs[0])
    guard model.outputs.contains(output) else {
      for i in model.nodes.indices {
        model.nodes[i].inputs = model.nodes[i].inputs.map { $0 == output ? input : $0 }
      }
      return true
    }
    guard !model.outputs.contains(input),
      let producer = model.nodes.firstIndex(where: { $0.outputs.contains(input) })
    else { return false }
    model.nodes[position].outputs = []
    model.nodes[producer].outputs = model.nodes[producer].outputs.map { $0 == input ? output : $0 }
    for i in model.nodes.indices {
      model.nodes[i].inputs = model.nodes[i].inputs.map { $0 == input ? output : $0 }
    }
    return true
  }
}
