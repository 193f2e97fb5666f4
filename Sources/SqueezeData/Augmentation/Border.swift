/// What lies outside of a picture.
public enum Border: String, Sendable, Hashable, CaseIterable {
  /// What becomes 0 by normalization: the mean. A map has its ignored class there, or class 0.
  case zero
  /// The picture mirrored at its outermost pixels, which are not repeated.
  case reflect
  /// The outermost pixels again and again.
  case edge

  /// Where the element for a position is taken from, or -1 for nowhere.
  func source(_ position: Int, count: Int) -> Int {
    if position >= 0 && position < count { return position }
    switch self {
    case .zero: return -1
    case .edge: return position < 0 ? 0 : count - 1
    case .reflect:
      guard count > 1 else { return 0 }
      let period = 2 * (count - 1)
      let phase = ((position % period) + period) % period
      return phase < count ? phase : period - phase
    }
  }
}

extension AugmentedSample {
  /// Replaces the sample by a rectangle that may reach beyond it.
  mutating func cut(
    left: Int,
    top: Int,
    width newWidth: Int,
    height newHeight: Int,
    _ border: Border
  ) {
    guard left != 0 || top != 0 || newWidth != width || newHeight != height else { return }
    let (oldWidth, oldHeight) = (width, height)
    let columns = (0..<newWidth).map { border.source(left + $0, count: oldWidth) }
    let rows = (0..<newHeight).map { border.source(top + $0, count: oldHeight) }
    // The columns that are copied as they are.
    let first = min(max(-left, 0), newWidth)
    let end = min(max(oldWidth - left, first), newWidth)
    remake(height: newHeight, width: newWidth) { plane in
      for y in 0..<newHeight {
        let target = plane.target + y * newWidth
        guard rows[y] >= 0 else {
          target.update(repeating: plane.fill, count: newWidth)
          continue
        }
        let source = plane.source + rows[y] * oldWidth
        if end > first {
          (target + first).update(from: source + left + first, count: end - first)
        }
        for x in 0..<first { target[x] = columns[x] < 0 ? plane.fill : source[columns[x]] }
        for x in end..<newWidth { target[x] = columns[x] < 0 ? plane.fill : source[columns[x]] }
      }
    }
  }
}
