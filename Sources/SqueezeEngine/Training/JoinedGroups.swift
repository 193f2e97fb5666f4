import SqueezeTensor

/// Neighbouring groups of a convolution computed as one, because each alone has no whole blocks of 16 channels.
///
/// The weights become block-diagonal: zeros join what the groups keep apart. That multiplies the arithmetic by the
/// number of groups joined and lets the fast kernels do it.
struct JoinedGroups {
  /// How many groups are one.
  let count: Int
  /// What is left of the groups.
  let parts: Int
  /// The channels of one group on the small and the large side, and the positions of a kernel.
  private let small: Int
  private let large: Int
  private let taps: Int
  /// The weights of all parts, `[parts][count · small][count · large][taps]`, zero outside of groups.
  private let weights: AlignedBuffer<Float>
  /// The gradients of the same, those of the zeros included.
  private let gradients: AlignedBuffer<Float>

  /// The fewest groups to join so that all parts begin at whole blocks; all of them where none do.
  private static func count(groups: Int, channels: (Int, Int)) -> Int {
    (1...groups).first { count in
      groups % count == 0 && channels.0 / groups * count % 16 == 0
        && channels.1 / groups * count % 16 == 0
    } ?? groups
  }

  init(groups: Int, geometry: ConvolutionGeometry) {
    (small, large) = (geometry.small[1] / groups, geometry.large[1] / groups)
    taps = geometry.taps
    count = Self.count(groups: groups, channels: (geometry.small[1], geometry.large[1]))
    parts = groups / count
    let all = count == 1 ? 0 : parts * count * small * count * large * taps
    (weights, gradients) = (AlignedBuffer(count: all), AlignedBuffer(count: all))
  }

  /// All parts' weights with zeros between groups.
  func spread(_ source: UnsafePointer<Float>) -> UnsafePointer<Float> {
    guard count > 1 else { return source }
    forEachRow { compact, wide, length in
      (weights.pointer + wide).update(from: source + compact, count: length)
    }
    return UnsafePointer(weights.pointer)
  }

  /// Lets `body` write the gradients of all parts' weights and keeps those inside of groups.
  func collect(
    _ target: UnsafeMutablePointer<Float>,
    _ body: (UnsafeMutablePointer<Float>) -> Void
  ) {
    guard count > 1 else { return body(target) }
    body(gradients.pointer)
    forEachRow { compact, wide, length in
      (target + compact).update(from: gradients.pointer + wide, count: length)
    }
  }

  /// The places of the weights of one channel of the small side, without and with zeros between.
  private func forEachRow(_ body: (_ compact: Int, _ wide: Int, _ length: Int) -> Void) {
    let length = large * taps
    for channel in 0..<parts * count * small {
      let group = channel / small % count
      body(channel * length, (channel * count + group) * length, length)
    }
  }
}
