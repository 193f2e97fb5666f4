public import SqueezeGraph
public import SqueezeParameters
import SqueezeTensor

/// Lets the weights of a layer share a few values: weight sharing by k-means.
///
/// Each layer's kept weights are clustered, and every weight becomes the index of its cluster's centroid.
/// Pruned weights stay exactly 0 and take part in nothing: a mask gives a ``MaskedCodebook``, and so
/// do weights that are exactly 0 without one. Afterwards the centroids train, each by the sum
/// of the gradients of its weights.
/// Source: Han, Mao and Dally, "Deep Compression" (2016), §3.
public struct CodebookQuantization: Rewrite, Hashable {
  /// The most centroids of a layer, zero not counted.
  public var centroidCount: Int
  /// Other numbers of centroids for some parameters, by key.
  public var centroidCounts: [String: Int]
  /// How centroids are found.
  public var clustering: ScalarClustering
  /// The parameters that are changed; `nil` means every ``SqueezeGraph/Model/weightKeys``.
  public var keys: Set<String>?

  /// Creates the method.
  public init(
    centroidCount: Int = 31,
    centroidCounts: [String: Int] = [:],
    clustering: ScalarClustering = .lloyd(.linear),
    keys: Set<String>? = nil
  ) {
    self.centroidCount = centroidCount
    self.centroidCounts = centroidCounts
    self.clustering = clustering
    self.keys = keys
  }

  /// The model with shared weights.
  ///
  /// - Throws: ``QuantizationError`` for a number of centroids outside `1...65535`, an unknown key, or
  ///   weights that are not finite.
  public func apply(to model: consuming Model) throws -> Model {
    for key in try model.chosenWeights(keys, also: centroidCounts.keys) {
      guard let encoding = model.parameters[key] else { continue }
      model.parameters[key] = try codebook(of: encoding, key)
    }
    return model
  }

  /// One parameter with shared weights.
  ///
  /// - Parameters:
  ///   - encoding: any encoding of reals.
  ///   - key: its key, for its number of centroids and errors.
  ///   - importance: what a squared error costs for each element; `nil` counts all alike.
  /// - Returns: a ``MaskedCodebook`` where elements are pruned, else a ``Codebook``.
  /// - Throws: ``QuantizationError`` as ``apply(to:)``.
  public func codebook(
    of encoding: any ParameterEncoding,
    _ key: String,
    importance: [Float]? = nil
  ) throws(QuantizationError) -> any ParameterEncoding {
    let limit = centroidCounts[key] ?? centroidCount
    guard (1...65_535).contains(limit) else {
      throw QuantizationError("centroids of \"\(key)\"", expected: "1 to 65535", actual: "\(limit)")
    }
    let weights = encoding.decoded().scalars
    try QuantizationError.requireFinite(weights, key)
    let mask = encoding.keptElements ?? (weights.contains(0) ? weights.map { $0 != 0 } : nil)
    guard let mask else {
      let centroids = clustering.centroids(of: weights, count: limit, importance: importance)
      let indices = ScalarClustering.nearest(weights, centroids)
      return Codebook(
        shape: encoding.shape,
        indices: indices.map { UInt16($0) },
        centroids: centroids
      )
    }
    let kept = zip(weights, mask).filter(\.1).map(\.0)
    let centroids = clustering.centroids(
      of: kept,
      count: limit,
      importance: importance.map { zip($0, mask).filter(\.1).map(\.0) }
    )
    let nearest = centroids.isEmpty ? [] : ScalarClustering.nearest(weights, centroids)
    return MaskedCodebook(
      shape: encoding.shape,
      indices: mask.indices.map { mask[$0] && !nearest.isEmpty ? UInt16(nearest[$0] + 1) : 0 },
      centroids: centroids
    )
  }
}

extension Model {
  /// The keys of weights that a method is to change, in the order of the graph.
  ///
  /// - Throws: ``QuantizationError`` for a key that the model does not have.
  func chosenWeights(
    _ keys: Set<String>?,
    also named: some Sequence<String> = []
  ) throws(QuantizationError) -> [String] {
    for key in (keys ?? []).union(named).sorted() where parameters[key]?.type.isReal != true {
      throw QuantizationError(
        "parameter \"\(key)\"",
        expected: "a parameter of reals in the model",
        actual: parameters[key] == nil ? "none" : "integers"
      )
    }
    guard let keys else { return weightKeys }
    let ordered = weightKeys.filter(keys.contains)
    return ordered + keys.subtracting(ordered).sorted()
  }
}
