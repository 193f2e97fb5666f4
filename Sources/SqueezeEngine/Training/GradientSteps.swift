import CSqueezeKernels
import SqueezeTensor

extension TrainingKernels {
  /// Replaces a gradient by that in front of a clip whose output is `output`.
  func mask(_ run: TrainingRun, _ output: Layout, _ gradient: Layout, _ clip: SQClip) {
    run.pool.forEach(output.batch * output.planes) { item, _ in
      let (image, plane) = (item / output.planes, item % output.planes)
      for row in 0..<output.height {
        let place = run.memory + gradient.row(image, plane, row)
        passGradient(
          run.memory + output.row(image, plane, row),
          place,
          clip,
          place,
          output.width,
          false
        )
      }
    }
  }

  /// Adds a gradient, as it is in front of a clip with the given output, to another, or puts it there.
  func pass(
    _ run: TrainingRun,
    _ gradient: Layout,
    through output: Layout,
    _ clip: SQClip,
    to target: Layout,
    accumulates: Bool
  ) {
    run.pool.forEach(target.batch * target.planes) { item, _ in
      let (image, plane) = (item / target.planes, item % target.planes)
      for row in 0..<target.height {
        passGradient(
          run.memory + output.row(image, plane, row),
          run.memory + gradient.row(image, plane, row),
          clip,
          run.memory + target.row(image, plane, row),
          target.width,
          accumulates
        )
      }
    }
  }

  /// The sum of every channel over all pixels of all images.
  func sum(
    _ run: TrainingRun,
    _ layout: Layout,
    scratch: Int,
    _ target: UnsafeMutablePointer<Float>
  ) {
    let sums = run.memory + scratch
    run.pool.forEach(layout.batch * layout.planes) { item, _ in
      let (image, plane) = (item / layout.planes, item % layout.planes)
      sumChannels(
        run.memory + layout.row(image, plane),
        layout.rowStride,
        layout.area,
        sums + item * 16
      )
    }
    for channel in 0..<layout.channels {
      var sum = 0.0
      for image in 0..<layout.batch {
        sum += Double(sums[(image * layout.planes + channel / 16) * 16 + channel % 16])
      }
      target[channel] = Float(sum)
    }
  }
}

extension Layout {
  /// The pixels of one image.
  var area: SQArea { SQArea(rows: height, width: width) }

  /// Writes zeros everywhere but the halo.
  func clear(_ memory: UnsafeMutablePointer<Float>, _ pool: ThreadPool) {
    pool.forEach(batch * planes) { item, _ in
      for row in 0..<height {
        (memory + self.row(item / planes, item % planes, row)).update(repeating: 0, count: rowCount)
      }
    }
  }

  /// Writes zeros into the halo.
  func clearHalo(_ memory: UnsafeMutablePointer<Float>, _ pool: ThreadPool) {
    guard halo != .none else { return }
    let lanes = lanes
    pool.forEach(batch * planes) { item, _ in
      let plane = memory + self.row(item / planes, item % planes)
      let left = halo.left * lanes
      (plane - halo.top * rowStride - left).update(repeating: 0, count: halo.top * rowStride)
      for row in 0..<height {
        let start = plane + row * rowStride
        (start - left).update(repeating: 0, count: left)
        (start + rowCount).update(repeating: 0, count: halo.right * lanes)
      }
      (plane + height * rowStride - left).update(repeating: 0, count: halo.bottom * rowStride)
    }
  }
}
