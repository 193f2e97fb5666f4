import SqueezeParameters
import SqueezeTensor

/// Weights behind a codebook after a batch normalization was merged into them: indices, the numbers they
/// choose from, and a factor per output channel.
///
/// It lives between folding and kernels only, and what would be stored of it is dense.
struct ScaledCodes<Book: ParameterEncoding>: ParameterEncoding {
  static var name: String { Dense.name }
  /// The codebook before the factors.
  let book: Book
  /// One per output channel.
  let scales: [Float]
  private var dense: Dense

  /// Finds the factors between a codebook `[O, …]` and what became of it; `nil` where more than one factor
  /// per output channel lies between them.
  init?(_ book: Book, scaledTo tensor: Tensor) {
    let before = book.decoded()
    guard before.shape == tensor.shape, before.shape.rank > 1, before.shape.count > 0 else {
      return nil
    }
    let perChannel = before.shape.count(from: 1)
    var scales: [Float] = []
    for first in stride(from: 0, to: before.scalars.count, by: perChannel) {
      let channel = first..<first + perChannel
      guard
        let largest = channel.max(by: { abs(before.scalars[$0]) < abs(before.scalars[$1]) })
      else { return nil }
      let number = before.scalars[largest]
      let scale = number == 0 ? 0 : tensor.scalars[largest] / number
      let isRight = channel.allSatisfy {
        abs(before.scalars[$0] * scale - tensor.scalars[$0]) <= 1e-6 * abs(tensor.scalars[$0])
      }
      guard scale.isFinite, isRight else { return nil }
      scales.append(scale)
    }
    self.book = book
    self.scales = scales
    dense = Dense(tensor)
  }

  var shape: Shape { dense.shape }
  var free: [Float] {
    get { dense.free }
    set { dense.free = newValue }
  }
  var storedBits: Int { dense.storedBits }
  func decoded() -> Tensor { dense.decoded() }
  func pullback(_ gradient: Tensor) -> [Float] { dense.pullback(gradient) }
  var stored: StoredParameter { dense.stored }

  init(stored: StoredParameter) throws(EncodingError) {
    throw EncodingError(Self.name, expected: "weights of a compiled model", actual: "stored ones")
  }

  static func symbolTable(of stored: StoredParameter) -> SymbolTable? { nil }
}
