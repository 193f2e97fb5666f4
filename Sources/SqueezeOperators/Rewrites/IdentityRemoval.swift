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
    return Self.bypassing(effectless, in: model)
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

  /// Lets users of the nodes' outputs take their inputs; the model's outputs keep their names.
  ///
  /// Time is linear in the size of the graph: what takes whose place is collected first.
  private static func bypassing(_ positions: [Int], in model: Model) -> Model {
    var model = model
    let kept = Set(model.outputs)
    let made = Set(model.nodes.flatMap(\.outputs))
    var source: [String: String] = [:]
    var newName: [String: String] = [:]
    var removed: Set<Int> = []
    for position in positions {
      let (input, output) = (model.nodes[position].inputs[0], model.nodes[position].outputs[0])
      let origin = source[input] ?? input
      if !kept.contains(output) {
        source[output] = origin
      } else if !kept.contains(origin), made.contains(origin), newName[origin] == nil {
        newName[origin] = output
      } else {
        continue
      }
      removed.insert(position)
    }
    for position in model.nodes.indices {
      if removed.contains(position) {
        model.nodes[position].outputs = []
      } else {
        model.nodes[position].outputs = model.nodes[position].outputs.map { newName[$0] ?? $0 }
      }
      model.nodes[position].inputs = model.nodes[position].inputs.map { name in
        let origin = source[name] ?? name
        return newName[origin] ?? origin
      }
    }
    model.removeNodes(at: removed)
    return model
  }
}
