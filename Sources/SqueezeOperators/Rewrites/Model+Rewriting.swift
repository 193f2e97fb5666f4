import SqueezeGraph
import SqueezeTensor

extension Model {
  /// The specs of all values for up to two choices of the open input sizes that the model accepts.
  ///
  /// What is the same for both is taken for what is always so.
  ///
  /// - Returns: one inference where no size is open, else one or two.
  /// - Throws: ``ModelError`` with the reason for the first choice where all are refused.
  func sampleInferences() throws(ModelError) -> [Inference] {
    let isOpen = inputs.contains { $0.shape(openSize: 1) != $0.shape(openSize: 2) }
    guard isOpen else { return [try infer()] }
    var samples: [Inference] = []
    var failure: ModelError?
    for (batch, size) in [(2, 2), (3, 224), (5, 256), (1, 1), (1, 224), (1, 320), (1, 512)] {
      let shapes = inputs.map { input in
        var shape = input.shape(openSize: size)
        if case .named = input.dimensions.first { shape[0] = batch }
        return (input.name, shape)
      }
      do throws(ModelError) {
        samples.append(try infer(Dictionary(shapes, uniquingKeysWith: { first, _ in first })))
      } catch {
        failure = failure ?? error
      }
      if samples.count == 2 { break }
    }
    if samples.isEmpty, let failure { throw failure }
    return samples
  }

  /// Whether nothing but the nodes at `positions` uses a value.
  func isPrivate(_ value: String, to positions: [Int], _ consumers: [String: [Int]]) -> Bool {
    !outputs.contains(value) && consumers[value] == positions
  }

  /// Removes constants that nothing takes any more.
  mutating func removeUnusedConstants() {
    let used = Set(nodes.flatMap(\.inputs)).union(outputs)
    let unused = nodes.indices.filter { position in
      nodes[position].op is Constant && !nodes[position].outputs.contains(where: used.contains)
    }
    removeNodes(at: Set(unused))
  }
}
