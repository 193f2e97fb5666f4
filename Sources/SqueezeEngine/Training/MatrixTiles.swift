import CSqueezeKernels

/// The registers of AMX that multiply tiles of matrices.
enum MatrixTiles {
  /// Whether this process may use them for bfloat16; asked once, as the system must grant it.
  static let areAvailable = sq_matrix_tiles_available()

  /// The pixels and the channels that one call of a kernel takes at least.
  static let pixels = 32
  static let channels = 32
  /// The `UInt16` of a tile, 16 rows of 32.
  static let numbers = 512
}
