import SqueezeFormats
import SqueezeGraph
import SqueezeOperators
import SqueezeTensor
import SqueezeTestSupport
import Testing

@Suite("ONNX, damaged")
struct ONNXFuzzTests {
  private typealias O = ONNXBytes

  /// A graph with the nodes whose constants are folded, and their attributes.
  private static let shapeArithmetic = O.model(
    inputs: [O.input("x", ["N", 3, 4])],
    outputs: ["y"],
    nodes: [
      O.node("Shape", ["x"], ["s"]),
      O.node("Slice", ["s", "zero", "one", "zero", "one"], ["n"]),
      O.node("Cast", ["n"], ["f"], attributes: [("to", .int(1))]),
      O.node("Mul", ["f", "two"], ["f2"]),
      O.node("Cast", ["f2"], ["n2"], attributes: [("to", .int(7))]),
      O.node("Div", ["n2", "one"], ["n3"]),
      O.node(
        "ConstantOfShape",
        ["one"],
        ["c"],
        attributes: [("value", .tensor(O.integers("v", [1], [6])))]
      ),
      O.node("Concat", ["n3", "c"], ["target"], attributes: [("axis", .int(0))]),
      O.node("Expand", ["c", "one"], ["e"]), O.node("Tile", ["c", "one"], ["t"]),
      O.node("Range", ["i0", "i1", "i1"], ["r"]),
      O.node("Gather", ["target", "g"], ["target2"], attributes: [("axis", .int(0))]),
      O.node("Reshape", ["x", "target2"], ["z"]),
      O.node("Pad", ["z", "pads"], ["p"]),
      O.node("Transpose", ["p"], ["y"], attributes: [("perm", .ints([1, 0]))]),
    ],
    initializers: [
      O.integers("zero", [1], [0]), O.integers("one", [1], [1]), O.floats("two", [1], [2]),
      O.integers("g", [2], [0, 1]), O.integers("pads", [4], [0, 1, 0, 1]),
      O.integers("i0", [], [0]), O.integers("i1", [], [1]),
    ]
  )

  @Test("10,000 damaged files give a model or an error", .timeLimit(.minutes(1)))
  func mutations() throws {
    let network = try ONNXExporter().bytes(of: smallModel())
    #expect(throws: Never.self) { try ONNXImporter().model(from: Self.shapeArithmetic) }
    for (bytes, seed) in [(network, UInt64(1)), (Self.shapeArithmetic, 2)] {
      var errors = 0
      for mutation in Mutations(of: bytes, count: 10_000, seed: seed) {
        do throws(FormatError) {
          _ = try ONNXImporter().model(from: mutation)
        } catch {
          errors += 1
        }
      }
      #expect(errors > 3000)
    }
  }

  @Test(
    "damaged files of every catalogue example give a model or an error",
    .timeLimit(.minutes(2))
  )
  func catalogue() throws {
    let problems = OperatorCatalog.problems(seeds: 0..<1)
    for problem in problems {
      let bytes = try ONNXExporter().bytes(of: try problem.model())
      for mutation in Mutations(of: bytes, count: 200) {
        do throws(FormatError) { _ = try ONNXImporter().model(from: mutation) } catch {}
      }
    }
  }
}
