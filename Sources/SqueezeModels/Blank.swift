import SqueezeGraph
import SqueezeParameters
import SqueezeTensor

/// A parameter of known shape that has no values yet; it reads as zeros.
///
/// It lets a network be counted and changed before anything of its size is allocated. Formats do not keep
/// it.
struct Blank: ParameterEncoding {
  static let name = "blank"
  let shape: Shape
  let type: ElementType
  /// Nothing may change; assigning has no effect.
  var free: [Float] {
    get { [] }
    set { precondition(newValue.isEmpty, "a blank parameter has no free scalars") }
  }
  /// The bits its values will take as dense numbers.
  var storedBits: Int { 8 * shape.count * type.byteCount }

  init(_ spec: TensorSpec) { (shape, type) = (spec.shape, spec.type) }

  func decoded() -> Tensor { Tensor(zeros: shape, type: type) }
  func pullback(_ gradient: Tensor) -> [Float] { [] }

  var stored: StoredParameter { StoredParameter(shape: shape) }
  init(stored: StoredParameter) throws(EncodingError) {
    self.init(TensorSpec(stored.shape))
  }
  static func symbolTable(of stored: StoredParameter) throws(EncodingError) -> SymbolTable? { nil }
}

extension Model {
  /// The same model with a blank parameter wherever a node needs one.
  ///
  /// - Throws: `ShapeError` that names the node which cannot take what comes.
  func withBlankParameters() throws -> Model {
    var model = self
    var specs: [String: TensorSpec] = [:]
    for input in inputs { specs[input.name] = TensorSpec(input.shape(), input.type) }
    for node in nodes {
      let inputs = node.inputs.compactMap { specs[$0] }
      do throws(ShapeError) {
        for (name, spec) in zip(node.outputs, try node.op.checkedOutputs(for: inputs)) {
          specs[name] = spec
        }
        for parameter in try node.op.parameters(for: inputs) {
          let key = Self.key(node.name, parameter.name)
          if model.parameters[key] == nil { model.parameters[key] = Blank(parameter.spec) }
        }
      } catch {
        throw error.at(node.name)
      }
    }
    return model
  }
}
