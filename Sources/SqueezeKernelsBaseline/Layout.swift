public import CSqueezeKernels

/// Row by row, from one map per channel to 16 channels side by side: `rows` rows of one block.
public func packBlock(
  _ layout: SQLayout,
  _ planar: UnsafePointer<Float>,
  _ blocked: UnsafeMutablePointer<Float>,
  _ rows: Int
) {
  for row in 0..<rows {
    let source = planar + row &* layout.planarRowStride
    let target = blocked + row &* layout.blockedRowStride
    for x in 0..<layout.width {
      let pixel = target + x &* 16
      store(Vector(repeating: 0), pixel)
      for channel in 0..<layout.channels {
        pixel[channel] = source[channel &* layout.planeStride &+ x]
      }
    }
  }
}

/// Row by row, from 16 channels side by side to one map per channel: `rows` rows of one block.
public func unpackBlock(
  _ layout: SQLayout,
  _ blocked: UnsafePointer<Float>,
  _ planar: UnsafeMutablePointer<Float>,
  _ rows: Int
) {
  for channel in 0..<layout.channels {
    let map = planar + channel &* layout.planeStride
    for row in 0..<rows {
      let source = blocked + row &* layout.blockedRowStride + channel
      let target = map + row &* layout.planarRowStride
      for x in 0..<layout.width { target[x] = source[x &* 16] }
    }
  }
}
