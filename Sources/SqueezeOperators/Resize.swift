public import SqueezeGraph
public import SqueezeTensor

/// Activation maps in another size, by nearest neighbours or linear interpolation.
///
/// Every position of the output has a coordinate in the input (``Coordinates``); the output is the
/// element nearest to it, or the mean of its two neighbours along each axis, weighted linearly.
/// Coordinates beyond the ends mean the ends.
///
/// - Input: any shape; real, for nearest neighbours any type. Output: the size of ``target``.
/// - Source: the ONNX operator `Resize`, versions 10 to 19.
public struct Resize: SelectingOperator {
  /// How elements are found around a coordinate.
  public enum Interpolation: Sendable, Hashable, Codable {
    case nearest(Rounding)
    case linear
  }

  /// Which neighbour is the nearest.
  public enum Rounding: String, Sendable, Hashable, Codable, CaseIterable {
    case preferFloor = "round_prefer_floor"
    case preferCeiling = "round_prefer_ceil"
    case floor
    case ceiling = "ceil"
  }

  /// The coordinate in the input of position `i` of an axis that is resized by `scale`.
  public enum Coordinates: String, Sendable, Hashable, Codable, CaseIterable {
    /// `(i + ½) / scale − ½`
    case halfPixel = "half_pixel"
    /// As `halfPixel`, but 0 where the output has one position.
    case pytorchHalfPixel = "pytorch_half_pixel"
    /// As `halfPixel`, about the middle of the input where `scale` gives no whole size.
    case halfPixelSymmetric = "half_pixel_symmetric"
    /// `i · (n − 1) / (m − 1)` for sizes `n` of the input and `m` of the output.
    case alignCorners = "align_corners"
    /// `i / scale`
    case asymmetric
  }

  /// The size of the output, axis by axis.
  public enum Target: Sendable, Hashable, Codable {
    /// `⌊n · scale⌋` positions.
    case scales([Float])
    /// So many positions; 0 keeps the input's size.
    case sizes([Int])
  }

  public var target: Target
  public var interpolation: Interpolation
  public var coordinates: Coordinates

  /// Creates the operator.
  public init(
    _ target: Target,
    interpolation: Interpolation = .nearest(.preferFloor),
    coordinates: Coordinates = .halfPixel
  ) {
    self.target = target
    self.interpolation = interpolation
    self.coordinates = coordinates
  }

  public static let examples =
    [
      Example(
        Self(.scales([1, 1, 2, 2]), interpolation: .nearest(.floor), coordinates: .asymmetric),
        inputs: [[2, 3, 3, 5]]
      ),
      Example(Self(.sizes([0, 0, 7, 3])), specs: [TensorSpec([1, 2, 4, 5], .int32)]),
      Example(Self(.sizes([0, 0, 1, 5]), interpolation: .linear), inputs: [[1, 1, 3, 1]]),
    ]
    + [Coordinates.halfPixel, .pytorchHalfPixel, .alignCorners, .asymmetric].flatMap { mode in
      [
        Example(
          Self(.scales([1, 1, 1.7, 0.6]), interpolation: .linear, coordinates: mode),
          inputs: [[1, 2, 4, 7]]
        ),
        Example(
          Self(.sizes([0, 0, 9, 4]), interpolation: .linear, coordinates: mode),
          inputs: [[2, 1, 4, 7]]
        ),
      ]
        + Rounding.allCases.map {
          Example(
            Self(.scales([1, 1, 2.5, 0.5]), interpolation: .nearest($0), coordinates: mode),
            inputs: [[1, 2, 5, 9]]
          )
        }
    }

  public var channelFlow: ChannelFlow {
    switch target {
    case .scales(let scales): scales.prefix(2) == [1, 1] ? .preserves : .opaque
    case .sizes(let sizes): sizes.prefix(2) == [0, 0] ? .preserves : .opaque
    }
  }

  // MARK: Shape

  public func outputs(for inputs: [TensorSpec]) throws(ShapeError) -> [TensorSpec] {
    guard inputs[0].type.isReal || interpolation != .linear else {
      throw error(expected: "a real input", actual: "\(inputs[0])")
    }
    let sizes = try plan(for: inputs[0].shape).map(\.size)
    return [TensorSpec(Shape(sizes), inputs[0].type)]
  }

  /// The size and scale of every axis of the output.
  private func plan(for x: Shape) throws(ShapeError) -> [(size: Int, scale: Float)] {
    var plan: [(size: Int, scale: Float)] = []
    switch target {
    case .scales(let scales):
      guard scales.count == x.rank else {
        throw error(expected: "\(x.rank) scales", actual: scales.count)
      }
      for (size, scale) in zip(x.dimensions, scales) {
        let scaled = Float(size) * scale
        guard scale > 0, scaled <= Float(Shape.maximumCount) else {
          throw error(expected: "scales above 0 that give at most 2^40 positions", actual: scale)
        }
        plan.append((Int(scaled), scale))
      }
    case .sizes(let sizes):
      guard sizes.count == x.rank else {
        throw error(expected: "\(x.rank) sizes", actual: sizes.count)
      }
      for (size, wanted) in zip(x.dimensions, sizes) {
        guard (0...Shape.maximumCount).contains(wanted) else {
          throw error(expected: "sizes in 0...2^40", actual: wanted)
        }
        let result = wanted == 0 ? size : wanted
        plan.append((result, size == 0 ? 1 : Float(result) / Float(size)))
      }
    }
    for (axis, entry) in plan.enumerated() where x[axis] == 0 && entry.size > 0 {
      throw error(expected: "elements to resize along axis \(axis)", actual: x)
    }
    return plan
  }

  // MARK: Reference forward

  public func forward(
    _ inputs: [Tensor],
    parameters: [Tensor]
  ) throws(ShapeError) -> [Tensor] {
    let x = inputs[0]
    let y = try outputs(for: [x.spec])[0].shape
    guard y.count > 0 else { return [Tensor(zeros: y, type: x.type)] }
    if let selections = try selections(for: x.spec) { return selections.map { x.selected($0) } }
    var result = x
    for (axis, points) in try interpolations(for: x.shape).enumerated() {
      if let points { result = result.interpolated(along: axis, at: points) }
    }
    return [result]
  }

  /// What nearest neighbours select; linear interpolation computes.
  public func selections(for input: TensorSpec) throws(ShapeError) -> [Selection]? {
    guard case .nearest(let rounding) = interpolation else { return nil }
    let (x, y) = (input.shape, try outputs(for: [input])[0].shape)
    let coordinates = try coordinates(for: x)
    return [
      Selection(y) { axis in
        guard let points = coordinates[axis] else { return Array(0..<y[axis]) }
        let last = Float(x[axis] - 1)
        return points.map { Int(min(max(rounding.round($0), 0), last)) }
      }
    ]
  }

  /// Two neighbours of the input and the weight of the second: `a (1 − weight) + b · weight`.
  public struct Point: Sendable, Hashable {
    public var low: Int
    public var high: Int
    public var weight: Float

    /// Creates a point.
    public init(low: Int, high: Int, weight: Float) {
      self.low = low
      self.high = high
      self.weight = weight
    }
  }

  /// Between which neighbours linear interpolation computes every position, axis by axis.
  ///
  /// `nil` along axes that stay as they are. The axes follow one after the other.
  public func interpolations(for x: Shape) throws(ShapeError) -> [[Point]?] {
    let coordinates = try coordinates(for: x)
    return coordinates.indices.map { axis in
      coordinates[axis]?.map { coordinate in
        let clamped = min(max(coordinate, 0), Float(x[axis] - 1))
        let low = min(Int(clamped), x[axis] - 1)
        return Point(low: low, high: min(low + 1, x[axis] - 1), weight: clamped - Float(low))
      }
    }
  }

  /// The coordinate in the input of every position in the output; `nil` along axes that stay.
  private func coordinates(for x: Shape) throws(ShapeError) -> [[Float]?] {
    try plan(for: x).enumerated().map { axis, entry in
      guard entry.size != x[axis] || entry.scale != 1 else { return nil }
      return (0..<entry.size).map {
        coordinate($0, scale: entry.scale, from: x[axis], to: entry.size)
      }
    }
  }

  /// The coordinate in the input of a position in the output.
  private func coordinate(_ i: Int, scale: Float, from n: Int, to m: Int) -> Float {
    let i = Float(i)
    switch coordinates {
    case .halfPixel: return (i + 0.5) / scale - 0.5
    case .pytorchHalfPixel: return m > 1 ? (i + 0.5) / scale - 0.5 : 0
    case .halfPixelSymmetric:
      let adjustment = Float(m) / (scale * Float(n))
      return Float(n) / 2 * (1 - adjustment) + (i + 0.5) / scale - 0.5
    case .alignCorners: return m > 1 ? i * Float(n - 1) / Float(m - 1) : 0
    case .asymmetric: return i / scale
    }
  }
}

extension Resize.Rounding {
  /// The whole number near a coordinate.
  fileprivate func round(_ x: Float) -> Float {
    switch self {
    case .preferFloor: (x - 0.5).rounded(.up)
    case .preferCeiling: (x + 0.5).rounded(.down)
    case .floor: x.rounded(.down)
    case .ceiling: x.rounded(.up)
    }
  }
}

extension Tensor {
  /// The tensor with linear interpolation between neighbours along an axis.
  fileprivate func interpolated(along axis: Int, at points: [Resize.Point]) -> Tensor {
    let (size, inner) = (shape[axis], shape.count(from: axis + 1))
    var result: [Float] = []
    result.reserveCapacity(shape.count(before: axis) * points.count * inner)
    let source = scalars
    for block in 0..<shape.count(before: axis) {
      for point in points {
        let (a, b) = ((block * size + point.low) * inner, (block * size + point.high) * inner)
        for i in 0..<inner {
          result.append(source[a + i] * (1 - point.weight) + source[b + i] * point.weight)
        }
      }
    }
    var shape = shape
    shape[axis] = points.count
    return Tensor(shape, result, type: type)
  }
}

// MARK: - Gradient

extension Resize: RearrangingOperator {
  /// Nearest neighbours pass gradients to where they came from; linear interpolation spreads them
  /// over both neighbours with their weights, the last axis first.
  public func backward(_ pass: BackwardPass) throws(ShapeError) -> Gradients {
    guard interpolation == .linear else { return try rearrangedBackward(pass) }
    let x = pass.inputs[0].shape
    guard pass.outputs[0].count > 0 else { return Gradients(inputs: [Tensor(zeros: x)]) }
    var gradient = pass.gradients[0]
    for (axis, points) in try interpolations(for: x).enumerated().reversed() {
      if let points { gradient = gradient.spread(along: axis, from: points, over: x[axis]) }
    }
    return Gradients(inputs: [gradient])
  }
}

extension Tensor {
  /// The adjoint of ``interpolated(along:at:)``: every slice added to its two neighbours.
  fileprivate func spread(
    along axis: Int,
    from points: [Resize.Point],
    over size: Int
  ) -> Tensor {
    let inner = shape.count(from: axis + 1)
    var result = shape
    result[axis] = size
    var sums = [Double](repeating: 0, count: result.count)
    for block in 0..<shape.count(before: axis) {
      for (position, point) in points.enumerated() {
        let (a, b) = ((block * size + point.low) * inner, (block * size + point.high) * inner)
        for i in 0..<inner {
          let slope = Double(scalars[(block * points.count + position) * inner + i])
          sums[a + i] += slope * Double(1 - point.weight)
          sums[b + i] += slope * Double(point.weight)
        }
      }
    }
    return Tensor(result, sums: sums)
  }
}
