public import SqueezeTensor

/// Weights whose rows, one per output, are orthogonal and of length `gain`; the columns where rows are
/// more.
///
/// Random normal vectors made orthogonal by Gram and Schmidt, twice for accuracy; the work grows with the
/// square of the shorter side.
/// Source: Saxe, McClelland and Ganguli, "Exact solutions to the nonlinear dynamics of learning in deep
/// linear neural networks" (2014), §3.
public struct OrthogonalInitializer: Initializer {
  public static let name = "orthogonal"
  /// The length of each row; √2 keeps the variance before a ReLU.
  public var gain: Float

  /// Creates the rule.
  public init(gain: Float = 1) { self.gain = gain }

  public func weights(_ shape: Shape, fan: Fan, _ random: inout SeededGenerator) -> [Float] {
    let rows = shape.rank > 0 ? shape[0] : 1
    let columns = rows > 0 ? shape.count / rows : 0
    let (count, length) = (min(rows, columns), max(rows, columns))
    guard count > 0 else { return [] }
    var vectors = (0..<count * length).map { _ in random.normal() }
    vectors.withUnsafeMutableBufferPointer { vectors in
      for vector in 0..<count {
        let own = vector * length
        for _ in 0..<2 {
          for other in 0..<vector {
            var product = 0.0
            for i in 0..<length { product += vectors[own + i] * vectors[other * length + i] }
            for i in 0..<length { vectors[own + i] -= product * vectors[other * length + i] }
          }
        }
        var square = 0.0
        for i in 0..<length { square += vectors[own + i] * vectors[own + i] }
        let scale = square > 0 ? 1 / square.squareRoot() : 0
        for i in 0..<length { vectors[own + i] *= scale }
      }
    }
    if rows <= columns { return vectors.map { gain * Float($0) } }
    return (0..<rows * columns).map { at in
      gain * Float(vectors[at % columns * length + at / columns])
    }
  }
}
