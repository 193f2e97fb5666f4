import Foundation
import SqueezeFormats
import SqueezeGraph
import SqueezeOperators
import SqueezeTensor
import Testing

/// Files of the format's first version stay readable.
@Suite("native container, version 1")
struct SQZVersion1Tests {
  /// Files that a writer of version 1 made of one small network, by the coder of the symbols.
  private static let files = ["context": context, "rans": rans]

  @Test("old files are read to the bit", arguments: ["context", "rans"])
  func reading(_ coder: String) throws {
    let text = try #require(Self.files[coder]).filter { !$0.isWhitespace }
    let bytes = [UInt8](try #require(Data(base64Encoded: text)))
    #expect(bytes[3] == 1)
    let reader = try SQZReader(bytes: bytes)
    #expect(reader.entries.map(\.key) == ["c.weight", "y.weight", "y.bias"])
    #expect(reader.entries[1].coder == (coder == "context" ? coder : nil))
    let model = try reader.model()
    #expect(model.nodes.map(\.name) == ["c", "f", "y"])
    let kernels = (0..<72).map { (index: Int) -> Float in Float(index * 11 % 23 - 11) / 7 }
    var weights: [Float] = []
    for row in 0..<8 {
      for column in 0..<16 {
        let isPruned = (column * 5 + row) % 3 == 0
        weights.append(isPruned ? 0 : Float((column * 7 + row * 3) % 9 - 4) * 0.25)
      }
    }
    #expect(model.parameters["c.weight"]?.decoded() == Tensor([8, 1, 3, 3], kernels))
    #expect(model.parameters["y.weight"]?.decoded() == Tensor([8, 16], weights))
    let biases = (0..<8).map { Float($0) * 0.375 - 1 }
    #expect(model.parameters["y.bias"]?.decoded() == Tensor([8], biases))
    let again = try SQZWriter().bytes(of: model)
    #expect(again[3] == 2)
    #expect(ModelComparison(model, try SQZReader(bytes: again).model()).difference == nil)
  }

  @Test("damage of old files is an error")
  func damage() throws {
    let text = Self.context.filter { !$0.isWhitespace }
    let bytes = [UInt8](try #require(Data(base64Encoded: text)))
    for position in bytes.indices {
      var copy = bytes
      copy[position] ^= 0x10
      #expect(throws: FormatError.self) { try SQZReader(bytes: copy).model() }
      #expect(throws: FormatError.self) { try SQZReader(bytes: Array(bytes[..<position])).model() }
    }
  }

  private static let context = """
    U1FaAfMESycAJl/TAIJdF8TpHYdA6p0GmorefxaCZ5PjxL11Q/Igy3pER/MoUsETHlUt1FEFshToLzvhW1iY3eZ31IY+
    s4RLdLbiDi3/zcoZ7xhuXcTwzUp7UyqDw5y7OdlX+RaWB3kGIhddKgrYuDo4Tj5SVlqStl0/Ku0uPQGmD2221v+F/9g+
    Wni6VZK1ZkXjxNfm1W1EwM1zxrvrDuARncUEe88uU6l7Y0jUxBcvS9opBFiOmih0zhAOOHj5QVc5vNa5Sn5/3uHOYKGe
    enpc+GSc1eqT3gXXx6NcX6odhVvaXWNQpyc0s4cIAgkJXZAfG3Zj/3rlhKnnxWloEa68Z7eQmR7FyVC516ENx5sapq+e
    JfKKHdjM5QZCq/G7Iz+qthoCCwozTEwD5v1F
    """

  private static let rans = """
    U1FaAaMESSgAJl/TAIJdF8TpHYdA6pzifHAQ248jacdGwFqGJNlcJG/yLbhrbQl1/VS9+Q793FbSAfGJr7x1b9dK+lRa
    TT4RSZPuH3Y3MVATiAGwyrVHSntTKoPDnLtB07EripYHeQYiF10qCti4OjhOPlJWWpK2XXiFX3I9AaYPbbbW/4X/2D5a
    eLpVkrVmRePE1+bVbUTAzXPGu+sO4BGdxQR7zy5TqXtjSNTEFy9L2ikEWI6aKHTOEAsQ4N74uG7A97zkad4M6B2LKTx4
    AgD6YwIA83cCAJdjAgB0z3ODMbcdU1t1bqEevfNAlmo7rl26NKay+E8EJoDxO8blmhlHrWZxAgn//sVsInN+QcbidqN7
    x0T0752ApDLC+Yx5vb4ncD/kyIUh6+JrSWtS97+B9WBGugKd/0LzE1kGixzci1jTXF8CCwozTEwD5v1F
    """
}
