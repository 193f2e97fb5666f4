import SqueezeEngine
import SqueezeGraph
import SqueezeOperators
import SqueezeTensor
import SqueezeTestSupport
import Testing

/// Which operators have a fast kernel, so that nothing falls back to plain loops unnoticed.
@Suite struct KernelCoverageTests {
  /// Operators for integers, for shapes, or rare in networks: plain loops compute them.
  static let plain: Set<String> = [
    "Cast", "Comparison", "Constant", "DequantizeLinear", "Expand", "Gather", "Logic", "LogicalNot",
    "Power", "QuantizeLinear", "ShapeOf", "Where",
  ]

  @Test("every other operator has a fast kernel for real numbers", arguments: problems())
  func hasFastKernel(_ problem: Problem) throws {
    let compiled = try CompiledModel(try problem.model())
    let kernels = Set(compiled.steps.map(\.kernel))
    #expect(!kernels.contains("ReferenceKernel"), "\(problem)")
  }

  @Test("the list of plain operators names only those that need it")
  func listIsTight() {
    #expect(Self.plain.isSubset(of: Set(OperatorCatalog.all.map { $0.name })))
  }

  /// The catalogue's examples on real numbers that a network might hold.
  static func problems() -> [Problem] {
    OperatorCatalog.problems(seeds: 0..<1).filter { problem in
      let isFloat = problem.inputs.allSatisfy { $0.type == .float32 && $0.shape.count > 0 }
      let outputs = (try? problem.op.outputs(for: problem.inputs.map(\.spec))) ?? []
      return isFloat && !plain.contains(type(of: problem.op).name)
        && outputs.allSatisfy { $0.shape.count > 0 } && !isRare(problem)
    }
  }

  /// Uses that no network of ours has.
  private static func isRare(_ problem: Problem) -> Bool {
    let shape = problem.inputs.first?.shape ?? []
    switch problem.op {
    case let op as Unary: return op.function == .sine || op.function == .cosine
    case let op as Dropout: return op.hasMask
    // Reductions over axes with a kept one between them.
    case let op as Reduce: return op.axes == [-1, 0] && shape.rank > 2
    case let op as PReLU: return shape.rank < 2 || op.slopeShape.rank > 1
    case is BatchNormalization, is LocalResponseNormalization, is InstanceNormalization:
      return !(2...4).contains(shape.rank)
    default: return false
    }
  }
}
