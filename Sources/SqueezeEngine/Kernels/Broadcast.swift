import SqueezeTensor

/// How the inputs of an element-wise pass meet its output in the order of `Tensor`.
///
/// The last axes of the output form rows along which every input either advances or stays.
struct Broadcast: Sendable {
  /// The elements of a row.
  let length: Int
  let rows: Int
  /// Whether each input advances along a row.
  let advances: [Bool]
  /// Where each input of each row starts, `[rows][inputs]`.
  let starts: [Int]

  /// More rows than this need too large a table.
  static let maximumRows = 1 << 20

  /// The meeting of some shapes, or `nil` where its table would be too large.
  init?(_ shapes: [Shape], output: Shape) {
    guard let split = Self.split(shapes, output) else { return nil }
    length = output.count(from: split)
    rows = output.count(before: split)
    let sizes = shapes.map { Self.aligned($0, output) }
    advances = sizes.map { $0[split...].reduce(1, *) == output.count(from: split) }
    let strides = shapes.indices.map { index in
      // 0 along axes where the input repeats.
      zip(Shape(sizes[index]).strides, sizes[index]).map { $1 == 1 ? 0 : $0 }
    }
    var starts: [Int] = []
    starts.reserveCapacity(rows * shapes.count)
    for row in 0..<rows {
      for stride in strides {
        var (rest, start) = (row, 0)
        for axis in (0..<split).reversed() {
          start += rest % output[axis] * stride[axis]
          rest /= output[axis]
        }
        starts.append(start)
      }
    }
    self.starts = starts
  }

  /// Whether the table stays small.
  static func isModest(_ shapes: [Shape], output: Shape) -> Bool { split(shapes, output) != nil }

  /// The first axis of the rows.
  private static func split(_ shapes: [Shape], _ output: Shape) -> Int? {
    var split = output.rank
    func isUniform(_ sizes: [Int]) -> Bool {
      let tail = sizes[split...]
      return Array(tail) == Array(output.dimensions[split...]) || tail.allSatisfy { $0 == 1 }
    }
    let sizes = shapes.map { aligned($0, output) }
    while split > 0 {
      split -= 1
      guard sizes.allSatisfy(isUniform) else {
        split += 1
        break
      }
    }
    return output.count(before: split) <= maximumRows ? split : nil
  }

  /// The sizes of a shape with axes of size 1 before them, as many as the output has.
  private static func aligned(_ shape: Shape, _ output: Shape) -> [Int] {
    [Int](repeating: 1, count: max(0, output.rank - shape.rank)) + shape.dimensions
  }
}
