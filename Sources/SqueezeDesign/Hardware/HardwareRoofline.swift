public import SqueezeGraph

/// What bounds each node of a network on a device, and how long it takes at least.
///
/// `t = max(2 · MACs / rate, activations / bandwidth + weights / bandwidth)`: Williams, Waterman and Patterson,
/// "Roofline: An insightful visual performance model for multicore architectures" (2009). Activations come from the
/// nearest memory that holds all that the node touches, weights from the nearest one that holds the whole
/// network's weights, since a run reads each once. Every node counts alone: where an engine merges nodes, their
/// activations move less.
public struct HardwareRoofline: Sendable {
  public let hardware: Hardware
  public let precision: Hardware.Precision
  /// Operations per second.
  private let rate: Double

  /// Creates limits; `nil` where the device has no rate for the precision.
  ///
  /// - Parameters:
  ///   - hardware: the device.
  ///   - precision: the numbers; the fastest ones where left out.
  public init?(_ hardware: Hardware, precision: Hardware.Precision? = nil) {
    let precision = precision ?? hardware.fastestPrecision
    guard let rate = hardware.gigaoperationsPerSecond[precision], rate > 0,
      hardware.levels.contains(where: { $0.gigabytesPerSecond != nil })
    else { return nil }
    (self.hardware, self.precision, self.rate) = (hardware, precision, rate * 1e9)
  }

  /// The limits of one node.
  public struct NodeLimit: Sendable, Hashable {
    public var node: String
    public var operatorName: String
    public var macs: Int
    public var activationBytes: Int
    public var weightBytes: Int
    /// `compute`, or the name of a memory; `none` for a node that does nothing.
    public var bound: String
    /// The least time in seconds.
    public var seconds: Double

    /// Operations per byte moved.
    public var intensity: Double {
      let bytes = activationBytes + weightBytes
      return bytes > 0 ? 2 * Double(macs) / Double(bytes) : 0
    }
    /// The highest rate the node can reach, in 10⁹ operations per second.
    public var attainableRate: Double { seconds > 0 ? 2 * Double(macs) / seconds * 1e-9 : 0 }
  }

  /// The limits of every node of a network, in order.
  public func limits(_ cost: ModelCost) -> [NodeLimit] {
    let weights = cost.nodes.reduce(0) { $0 + weightBytes($1) }
    return cost.nodes.map { limit($0, networkWeights: weights) }
  }

  private func weightBytes(_ node: NodeCost) -> Int {
    (node.parameters + node.statistics) * precision.byteCount
  }

  private func limit(_ node: NodeCost, networkWeights: Int) -> NodeLimit {
    let weights = weightBytes(node)
    // Costs count values of four bytes.
    let moved = node.bytesRead - 4 * (node.parameters + node.statistics) + node.bytesWritten
    let isFree = node.macs == 0 && HardwareRoofline.costFree.contains(node.operatorName)
    let activations = isFree ? 0 : max(0, moved) * precision.byteCount / 4
    let near = level(holding: activations + weights)
    let far = hardware.flash ?? level(holding: networkWeights)
    let compute = 2 * Double(node.macs) / rate
    let activationTime = Self.seconds(activations, near)
    let weightTime = Self.seconds(weights, far)
    var bound = "none"
    if compute > 0 || activationTime + weightTime > 0 {
      bound =
        compute >= activationTime + weightTime
        ? "compute" : weightTime > activationTime ? far.name : near.name
    }
    return NodeLimit(
      node: node.node,
      operatorName: node.operatorName,
      macs: node.macs,
      activationBytes: activations,
      weightBytes: weights,
      bound: bound,
      seconds: max(compute, activationTime + weightTime)
    )
  }

  /// Operators that only say how values are read.
  private static let costFree: Set = [
    "Flatten", "Reshape", "Dropout", "Identity", "InsertAxes", "DropAxes", "Constant",
  ]

  private static func seconds(_ bytes: Int, _ level: Hardware.Level) -> Double {
    guard bytes > 0, let rate = level.gigabytesPerSecond, rate > 0 else { return 0 }
    return Double(bytes) / (rate * 1e9)
  }

  /// The nearest memory of known rate that holds some bytes, else the last one.
  private func level(holding bytes: Int) -> Hardware.Level {
    let known = hardware.levels.filter { $0.gigabytesPerSecond != nil }
    return known.first { $0.bytes.map { $0 >= bytes } ?? true } ?? known[known.count - 1]
  }
}

/// A network's limits on a device, added up.
public struct NetworkLimit: Sendable {
  public let hardware: Hardware
  public let precision: Hardware.Precision
  public let nodes: [HardwareRoofline.NodeLimit]

  /// Adds up the limits of a network's nodes.
  public init(_ roofline: HardwareRoofline, _ cost: ModelCost) {
    (hardware, precision) = (roofline.hardware, roofline.precision)
    nodes = roofline.limits(cost)
  }

  /// The least time of one run in seconds, nodes one after the other.
  public var seconds: Double { nodes.reduce(0) { $0 + $1.seconds } }
  public var macs: Int { nodes.reduce(0) { $0 + $1.macs } }
  /// Operations per byte moved.
  public var intensity: Double {
    let bytes = nodes.reduce(0) { $0 + $1.activationBytes + $1.weightBytes }
    return bytes > 0 ? 2 * Double(macs) / Double(bytes) : 0
  }
  /// The highest rate of the whole run, in 10⁹ operations per second.
  public var attainableRate: Double { seconds > 0 ? 2 * Double(macs) / seconds * 1e-9 : 0 }

  /// What bounds most of the time, and its share of it.
  public var mainBound: (name: String, share: Double) {
    let times = Dictionary(grouping: nodes, by: \.bound).mapValues {
      $0.reduce(0) { $0 + $1.seconds }
    }
    let main = times.max { ($0.value, $1.key) < ($1.value, $0.key) }
    return (main?.key ?? "none", seconds > 0 ? (main?.value ?? 0) / seconds : 0)
  }
}
