public import SqueezeGraph
import SqueezeOperators
import SqueezeParameters
import SqueezeTensor

/// One layer in several ways of keeping and multiplying its weights, to compare their speed.
public struct CompressedLayer: Sendable {
  /// One way: a model of the layer and the kernels it does without.
  public struct Way: Sendable {
    public var name: String
    public var model: Model
    public var avoided: Set<String>
  }

  public var name: String
  /// The first way is what the others are compared with.
  public var ways: [Way]

  /// Layers that binary, sparse and integer weights are for.
  public static func examples() throws -> [CompressedLayer] {
    var layers = [try binary(channels: 256, size: 14), try binary(channels: 128, size: 28)]
    for (channels, size) in [(64, 56), (128, 28), (256, 14), (512, 7)] {
      layers.append(try pointwise(channels: channels, size: size))
    }
    for (channels, size, stride) in [(512, 2, 1), (512, 4, 1), (256, 12, 2)] {
      layers.append(try smallMap(channels: channels, size: size, stride: stride))
    }
    for (rows, inputs, outputs) in [
      (1, 784, 300), (1, 4096, 1000), (1, 4096, 4096), (64, 784, 300),
    ] {
      layers.append(try fullyConnected(rows: rows, inputs, outputs))
    }
    return layers
  }

  /// A 3×3 convolution of as many channels as it has inputs: by direct sums, the fastest way of float32,
  /// and of binarized numbers with binary weights (packing included).
  public static func binary(channels: Int, size: Int) throws -> CompressedLayer {
    let shape: Shape = [1, channels, size, size]
    let layer = Convolution(outputChannels: channels, window: SlidingWindow(3, padding: 1))
    let weight = Self.weight([channels, channels, 3, 3])
    func model(_ nodes: [Node], _ encoding: any ParameterEncoding) -> Model {
      Model(
        inputs: [ModelInput("x", shape)],
        outputs: ["y"],
        nodes: nodes,
        parameters: [
          Model.key("y", "weight"): encoding,
          Model.key("y", "bias"): Dense(Tensor(zeros: [channels])),
        ]
      )
    }
    let real = model([Node("y", layer, inputs: ["x"])], Dense(weight))
    let signs = [Node("s", Binarize(), inputs: ["x"]), Node("y", layer, inputs: ["s"])]
    return CompressedLayer(
      name: "3×3, \(channels) → \(channels), \(size)×\(size)",
      ways: [
        Way(name: "float32, direct", model: real, avoided: ["WinogradConvolution"]),
        Way(name: "float32", model: real, avoided: []),
        Way(name: "binary", model: model(signs, Binary(weight)), avoided: []),
      ]
    )
  }

  /// A pointwise convolution with all weights, a fifth, a tenth and a twentieth of them.
  public static func pointwise(channels: Int, size: Int) throws -> CompressedLayer {
    let op = Convolution(outputChannels: channels, window: SlidingWindow(1))
    return CompressedLayer(
      name: "1×1, \(channels) → \(channels), \(size)×\(size)",
      ways: sparseWays(op, [1, channels, size, size], [channels, channels, 1, 1])
    )
  }

  /// A 3×3 convolution to 512 channels over a small map: by real weights, small integers and indices.
  public static func smallMap(channels: Int, size: Int, stride: Int) throws -> CompressedLayer {
    let window = SlidingWindow(3, stride: stride, padding: 1)
    let op = Convolution(outputChannels: 512, window: window)
    let input: Shape = [1, channels, size, size]
    let weight = Self.weight([512, channels, 3, 3])
    return CompressedLayer(
      name: "3×3, \(channels) → 512, \(size)×\(size), stride \(stride)",
      ways: [Way(name: "float32", model: model(op, input, Dense(weight)), avoided: [])]
        + codes(weight).map { Way(name: $0, model: model(op, input, $1), avoided: []) }
    )
  }

  /// A fully connected layer with all weights, with some of them, and with all as small integers or
  /// indices.
  public static func fullyConnected(
    rows: Int,
    _ inputs: Int,
    _ outputs: Int
  ) throws -> CompressedLayer {
    let op = FullyConnected(outputFeatures: outputs)
    let shape: Shape = [outputs, inputs]
    let weight = Self.weight(shape)
    return CompressedLayer(
      name: "fully connected, \(rows) × \(inputs) → \(outputs)",
      ways: sparseWays(op, [rows, inputs], shape)
        + codes(weight).map { Way(name: $0, model: model(op, [rows, inputs], $1), avoided: []) }
    )
  }

  /// Weights as integers of 8 and of 4 bits, and as indices of 5 bits.
  private static func codes(_ weight: Tensor) -> [(String, any ParameterEncoding)] {
    func integers(_ bits: Int) -> UniformInteger {
      let largest = Float((1 << (bits - 1)) - 1)
      return UniformInteger(
        shape: weight.shape,
        integers: weight.scalars.map { Int32(($0 * largest).rounded()) },
        scales: [1 / largest],
        zeroPoints: [0],
        bits: bits
      )
    }
    let book = Codebook(
      shape: weight.shape,
      indices: weight.scalars.map { UInt16(min(31, ($0 + 1) * 16)) },
      centroids: (0..<32).map { Float($0) / 16 - 1 }
    )
    return [("8 bits", integers(8)), ("4 bits", integers(4)), ("32 centroids", book)]
  }

  private static func sparseWays(_ op: any Operator, _ input: Shape, _ shape: Shape) -> [Way] {
    let weight = Self.weight(shape)
    let dense = Way(name: "float32", model: model(op, input, Dense(weight)), avoided: [])
    return [dense]
      + [0.2, 0.1, 0.05].map { density in
        var random = SeededGenerator(seed: 3)
        let mask = weight.scalars.map { _ in random.uniform(0, 1) < Float(density) }
        let masked = model(op, input, Masked(weight, mask: mask))
        return Way(name: "\(Int(100 - 100 * density)) % zeros", model: masked, avoided: [])
      }
  }

  private static func weight(_ shape: Shape) -> Tensor {
    var random = SeededGenerator(seed: 2)
    return Tensor(shape, (0..<shape.count).map { _ in random.uniform(-1, 1) })
  }

  private static func model(
    _ op: any Operator,
    _ input: Shape,
    _ weight: any ParameterEncoding
  ) -> Model {
    Model(
      inputs: [ModelInput("x", input)],
      outputs: ["y"],
      nodes: [Node("y", op, inputs: ["x"])],
      parameters: [
        Model.key("y", "weight"): weight,
        Model.key("y", "bias"): Dense(Tensor(zeros: [weight.shape[0]])),
      ]
    )
  }
}
