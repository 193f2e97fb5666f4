import SqueezeGraph
import SqueezeTensor

extension Tensor {
  /// The elements at chosen positions along every axis.
  ///
  /// - Parameters:
  ///   - result: the shape of the result, of the same rank.
  ///   - filler: the element where a position is negative.
  ///   - positions: the source position for every position along an axis of the result.
  /// - Returns: a tensor of shape `result` and the same type.
  func selected(
    _ result: Shape,
    filler: Float = 0,
    positions: (_ axis: Int) -> [Int]
  ) -> Tensor {
    guard result.count > 0 else { return Tensor(zeros: result, type: type) }
    let strides = shape.strides
    let offsets = (0..<result.rank).map { axis in
      positions(axis).map { $0 < 0 ? -1 : $0 * strides[axis] }
    }
    return type.isReal
      ? Tensor(result, select(scalars, at: offsets, filler), type: type)
      : Tensor(result, integers: select(integers, at: offsets, Int(filler)), type: type)
  }
}

/// Elements whose offset is the sum of one offset per axis; a negative one gives the filler.
private func select<Element>(
  _ source: [Element],
  at offsets: [[Int]],
  _ filler: Element
) -> [Element] {
  guard let inner = offsets.last else { return source }
  let outer = offsets.dropLast()
  let rows = outer.reduce(1) { $0 * $1.count }
  let isRun = inner[0] >= 0 && inner.indices.allSatisfy { inner[$0] == inner[0] + $0 }
  var result: [Element] = []
  result.reserveCapacity(rows * inner.count)
  var index = outer.map { _ in 0 }
  for _ in 0..<rows {
    var start = 0
    var isInside = true
    for (axis, position) in index.enumerated() {
      let offset = outer[axis][position]
      isInside = isInside && offset >= 0
      start += offset
    }
    if !isInside {
      result.append(contentsOf: repeatElement(filler, count: inner.count))
    } else if isRun {
      result.append(contentsOf: source[start + inner[0]..<start + inner[0] + inner.count])
    } else {
      for offset in inner { result.append(offset < 0 ? filler : source[start + offset]) }
    }
    for axis in index.indices.reversed() {
      index[axis] += 1
      if index[axis] < outer[axis].count { break }
      index[axis] = 0
    }
  }
  return result
}

extension Operator {
  /// The axis of `shape` that a possibly negative index means.
  func axis(_ index: Int, of shape: Shape) throws(ShapeError) -> Int {
    guard let axis = shape.axis(index) else {
      throw error(expected: "an axis in \(-shape.rank)..<\(shape.rank)", actual: index)
    }
    return axis
  }

  /// The axes that possibly negative indices mean, each once.
  func axes(_ indices: [Int], rank: Int) throws(ShapeError) -> [Int] {
    var axes: [Int] = []
    for index in indices {
      guard index >= -rank, index < rank else {
        throw error(expected: "axes in \(-rank)..<\(rank)", actual: index)
      }
      let axis = index < 0 ? index + rank : index
      guard !axes.contains(axis) else {
        throw error(expected: "each axis once", actual: "axis \(axis) twice")
      }
      axes.append(axis)
    }
    return axes
  }
}

extension ONNXNode {
  /// A list of integers: an attribute in older operator sets, an input in newer ones.
  func integers(_ key: String, orInput index: Int) throws(ONNXError) -> [Int]? {
    if let values = try ints(key) { return values }
    return try optionalIntegers(index)
  }

  /// Axes with negative ones counted from the front, where the rank of input 0 is known.
  func normalized(_ axes: [Int], extraAxes: Int = 0) -> [Int] {
    guard let rank = inputs.first?.spec?.shape.rank else { return axes }
    return axes.map { $0 < 0 && $0 >= -(rank + extraAxes) ? $0 + rank + extraAxes : $0 }
  }
}
