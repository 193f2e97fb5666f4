import SqueezeTensor

extension Shape {
  /// The shape itself, if it is one of pictures.
  func asPictures(_ augmentation: String) throws(DataError) -> Shape {
    guard rank == 3 else {
      throw DataError(augmentation, expected: "pictures [C, H, W]", actual: "\(self)")
    }
    return self
  }

  /// The shape itself, if it is one of signals.
  func asSignals(_ augmentation: String) throws(DataError) -> Shape {
    guard rank == 2 else {
      throw DataError(augmentation, expected: "signals [C, W]", actual: "\(self)")
    }
    return self
  }
}
