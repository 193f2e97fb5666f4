/// Rows of one block of 16 channels collected from wherever each channel lies.
///
/// Channel `c` of pixel `p` of the first row is `source[origins[c] + 16 p]`; lanes from `channels` on
/// become 0.
public func gatherChannels(
  _ source: UnsafePointer<Float>,
  _ origins: UnsafePointer<Int>,
  _ channels: Int,
  _ sourceRowStride: Int,
  _ target: UnsafeMutablePointer<Float>,
  _ targetRowStride: Int,
  _ rows: Int,
  _ width: Int
) {
  var isWhole = channels == 16
  for channel in 1..<(channels > 1 ? channels : 1) where isWhole {
    isWhole = origins[channel] == origins[0] &+ channel
  }
  for row in 0..<rows {
    let x = source + row &* sourceRowStride
    let y = target + row &* targetRowStride
    for pixel in 0..<width {
      let place = y + pixel &* 16
      if isWhole {
        store(load(x + origins[0] + pixel &* 16), place)
      } else {
        var lane = 0
        while lane < channels {
          place[lane] = x[origins[lane] &+ pixel &* 16]
          lane &+= 1
        }
        while lane < 16 {
          place[lane] = 0
          lane &+= 1
        }
      }
    }
  }
}
