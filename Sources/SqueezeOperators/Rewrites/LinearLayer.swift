import SqueezeGraph
import SqueezeParameters
import SqueezeTensor

/// An operator with a weight and perhaps a bias per output channel, for rewrites that change both.
struct LinearLayer {
  /// The number of output channels.
  let channels: Int
  let hasBias: Bool
  /// The axis of the output that has the channels.
  let channelAxis: Int
  /// The operator with a bias.
  let withBias: any Operator
  /// The number of groups where the weight is `[C, O/groups, …]`, else `nil` for `[O, …]`.
  private let transposedGroups: Int?

  /// The layer that an operator is, or `nil` where it is none.
  init?(_ op: any Operator, outputRank: Int) {
    switch op {
    case var op as Convolution:
      (channels, hasBias, channelAxis) = (op.outputChannels, op.hasBias, 1)
      transposedGroups = nil
      op.hasBias = true
      withBias = op
    case var op as TransposedConvolution:
      (channels, hasBias, channelAxis) = (op.outputChannels, op.hasBias, 1)
      transposedGroups = op.groups
      op.hasBias = true
      withBias = op
    case var op as FullyConnected:
      (channels, hasBias, channelAxis) = (op.outputFeatures, op.hasBias, outputRank - 1)
      transposedGroups = nil
      op.hasBias = true
      withBias = op
    default: return nil
    }
  }

  /// The weight with every output channel multiplied by a factor; integers and signs stay what they are.
  func scaled(_ weight: any ParameterEncoding, by factors: [Float]) -> any ParameterEncoding {
    if let integer = weight as? UniformInteger, transposedGroups == nil,
      integer.axis == nil || integer.axis == 0
    {
      let repeats = integer.axis == nil ? channels : 1
      let scales = [[Float]](repeating: integer.scales, count: repeats).flatMap { $0 }
      let zeros = [[Int32]](repeating: integer.zeroPoints, count: repeats).flatMap { $0 }
      return UniformInteger(
        shape: integer.shape,
        integers: integer.integers,
        scales: zip(scales, factors).map { $0 * $1 },
        zeroPoints: zeros,
        bits: integer.bits,
        isSigned: integer.isSigned,
        axis: 0
      )
    }
    if var binary = weight as? Binary, transposedGroups == nil {
      binary.free = zip(binary.free, factors).map { $0 * $1 }
      return binary
    }
    var tensor = weight.decoded()
    let shape = tensor.shape
    if let groups = transposedGroups {
      let (perGroup, inner) = (shape[1], shape.count(from: 2))
      for block in 0..<shape[0] * perGroup {
        let group = block / perGroup / (shape[0] / groups)
        let factor = factors[group * perGroup + block % perGroup]
        for i in block * inner..<(block + 1) * inner { tensor.scalars[i] *= factor }
      }
    } else {
      let inner = shape.count(from: 1)
      for channel in 0..<shape[0] {
        for i in channel * inner..<(channel + 1) * inner { tensor.scalars[i] *= factors[channel] }
      }
    }
    return Dense(tensor)
  }
}
