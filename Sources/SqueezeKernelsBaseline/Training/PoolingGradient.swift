public import CSqueezeKernels

/// Adds the gradient of max pooling to that of its input, for one block of one image: each output's goes
/// to the first largest number of its window.
///
/// `y` is the output and `dy` its gradient, rows `yRowStride` and `dyRowStride` apart; `dx` the gradient
/// of the input, rows `dxRowStride` apart.
public func backMaximum(
  _ arguments: UnsafePointer<SQPooling>,
  _ outputRows: Int,
  _ dy: UnsafePointer<Float>,
  _ dyRowStride: Int,
  _ dx: UnsafeMutablePointer<Float>,
  _ dxRowStride: Int
) {
  let p = arguments.pointee
  for row in 0..<outputRows {
    let rows = p.rows(of: row)
    let y = p.output + row &* p.outputRowStride
    let gradient = dy + row &* dyRowStride
    for column in 0..<p.outputWidth {
      let columns = p.columns(of: column)
      let largest = load(y + column &* 16)
      var left = load(gradient + column &* 16)
      let zero = Vector(repeating: 0)
      for i in 0..<rows.taps {
        let line = rows.first &+ i &* p.dilationHeight
        let x = p.input + (line &* p.inputRowStride &+ columns.first &* 16)
        let target = dx + (line &* dxRowStride &+ columns.first &* 16)
        for j in 0..<columns.taps {
          let place = j &* p.dilationWidth &* 16
          let v = load(x + place)
          store(load(target + place) + sq_equal16(v, largest, left, zero), target + place)
          left = sq_equal16(v, largest, zero, left)
        }
      }
    }
  }
}

/// Writes the gradient of max pooling over windows that lie side by side, for one block of one image; as
/// ``backMaximum`` but every number of `dx` belongs to one window and needs no clearing before.
public func backMaximumOfParts(
  _ arguments: UnsafePointer<SQPooling>,
  _ outputRows: Int,
  _ dy: UnsafePointer<Float>,
  _ dyRowStride: Int,
  _ dx: UnsafeMutablePointer<Float>,
  _ dxRowStride: Int
) {
  let p = arguments.pointee
  let zero = Vector(repeating: 0)
  for row in 0..<outputRows {
    let y = p.output + row &* p.outputRowStride
    let gradient = dy + row &* dyRowStride
    for column in 0..<p.outputWidth {
      let largest = load(y + column &* 16)
      var left = load(gradient + column &* 16)
      for i in 0..<p.kernelHeight {
        let line = row &* p.kernelHeight &+ i
        let x = p.input + (line &* p.inputRowStride &+ column &* p.kernelWidth &* 16)
        let target = dx + (line &* dxRowStride &+ column &* p.kernelWidth &* 16)
        for j in 0..<p.kernelWidth {
          let v = load(x + j &* 16)
          store(sq_equal16(v, largest, left, zero), target + j &* 16)
          left = sq_equal16(v, largest, zero, left)
        }
      }
    }
  }
}

/// Adds the gradient of average pooling to that of its input, for one block of one image.
public func backAverage(
  _ arguments: UnsafePointer<SQPooling>,
  _ outputRows: Int,
  _ dy: UnsafePointer<Float>,
  _ dyRowStride: Int,
  _ dx: UnsafeMutablePointer<Float>,
  _ dxRowStride: Int
) {
  let p = arguments.pointee
  guard let rowCounts = p.rowCounts, let columnCounts = p.columnCounts else { return }
  for row in 0..<outputRows {
    let rows = p.rows(of: row)
    let gradient = dy + row &* dyRowStride
    for column in 0..<p.outputWidth {
      let columns = p.columns(of: column)
      let share =
        load(gradient + column &* 16)
        * Vector(repeating: 1 / (rowCounts[row] * columnCounts[column]))
      for i in 0..<rows.taps {
        let line = rows.first &+ i &* p.dilationHeight
        let target = dx + (line &* dxRowStride &+ columns.first &* 16)
        for j in 0..<columns.taps {
          let place = target + j &* p.dilationWidth &* 16
          store(load(place) + share, place)
        }
      }
    }
  }
}
