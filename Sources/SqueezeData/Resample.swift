/// Resizing by a triangle filter that widens when shrinking, so that no pixel is skipped.
///
/// The same fixed-point arithmetic as Pillow's `Image.resize(size, BILINEAR)`: a horizontal pass,
/// then a vertical one, with weights of 22 fractional bits and 8-bit levels between the passes.
enum Resample {
  private static let precisionBits: Int32 = 22

  /// The weights of one axis: output `i` sums `size` inputs from `starts[i]` on.
  struct Weights {
    var size: Int
    var starts: [Int]
    var counts: [Int]
    var values: [Int32]

    init(from input: Int, to output: Int) {
      let scale = Double(input) / Double(output)
      let support = max(scale, 1)
      size = Int(support.rounded(.up)) * 2 + 1
      starts = []
      counts = []
      values = [Int32](repeating: 0, count: output * size)
      for i in 0..<output {
        let centre = (Double(i) + 0.5) * scale
        let first = max(Int(centre - support + 0.5), 0)
        let end = min(Int(centre + support + 0.5), input)
        let weights = (first..<end).map { j in
          max(1 - abs((Double(j) - centre + 0.5) * (1 / support)), 0)
        }
        let sum = weights.reduce(0, +)
        for (j, weight) in weights.enumerated() {
          let normalized = sum == 0 ? weight : weight / sum
          values[i * size + j] = Int32(0.5 + normalized * Double(1 << precisionBits))
        }
        starts.append(first)
        counts.append(end - first)
      }
    }
  }

  /// The columns resized to `width` columns.
  static func horizontally(_ image: Image, to width: Int) -> Image {
    let weights = Weights(from: image.width, to: width)
    let channels = image.channels
    let rowBytes = image.width * channels
    let count = width * image.height * channels
    let pixels = [UInt8](unsafeUninitializedCapacity: count) { output, size in
      image.pixels.withUnsafeBufferPointer { input in
        weights.values.withUnsafeBufferPointer { values in
          for y in 0..<image.height {
            for x in 0..<width {
              let first = y * rowBytes + weights.starts[x] * channels
              let kernel = x * weights.size
              let terms = weights.counts[x]
              let target = (y * width + x) * channels
              for channel in 0..<channels {
                var sum = Int32(1) << (precisionBits - 1)
                var at = first + channel
                for j in 0..<terms {
                  sum &+= Int32(input[at]) &* values[kernel + j]
                  at += channels
                }
                output[target + channel] = level(sum)
              }
            }
          }
        }
      }
      size = count
    }
    return Image(width: width, height: image.height, channels: channels, pixels: pixels)
  }

  /// The rows resized to `height` rows.
  static func vertically(_ image: Image, to height: Int) -> Image {
    let weights = Weights(from: image.height, to: height)
    let rowBytes = image.width * image.channels
    var sums = [Int32](repeating: 0, count: rowBytes)
    let pixels = [UInt8](unsafeUninitializedCapacity: rowBytes * height) { output, size in
      image.pixels.withUnsafeBufferPointer { input in
        sums.withUnsafeMutableBufferPointer { sums in
          for y in 0..<height {
            sums.update(repeating: Int32(1) << (precisionBits - 1))
            for j in 0..<weights.counts[y] {
              let weight = weights.values[y * weights.size + j]
              let row = (weights.starts[y] + j) * rowBytes
              for x in 0..<rowBytes { sums[x] &+= Int32(input[row + x]) &* weight }
            }
            for x in 0..<rowBytes { output[y * rowBytes + x] = level(sums[x]) }
          }
        }
      }
      size = rowBytes * height
    }
    return Image(width: image.width, height: height, channels: image.channels, pixels: pixels)
  }

  private static func level(_ sum: Int32) -> UInt8 {
    UInt8(truncatingIfNeeded: min(max(sum >> precisionBits, 0), 255))
  }
}

extension Image {
  /// The picture resized with antialiasing, as Pillow's `resize((width, height), BILINEAR)`.
  ///
  /// - Precondition: both sides are positive.
  public func resized(width: Int, height: Int) -> Image {
    precondition(width > 0 && height > 0, "cannot resize to \(width)×\(height)")
    var image = self
    if width != image.width { image = Resample.horizontally(image, to: width) }
    if height != image.height { image = Resample.vertically(image, to: height) }
    return image
  }

  /// The picture resized so that its shorter side has `side` pixels; the longer one is
  /// `⌊side · longer / shorter⌋`, as in torchvision.
  public func resized(shorterSide side: Int) -> Image {
    width <= height
      ? resized(width: side, height: side * height / width)
      : resized(width: side * width / height, height: side)
  }

  /// The picture resized to the smallest size that covers a rectangle; one side fits exactly.
  public func resized(coveringWidth width: Int, height: Int) -> Image {
    width * self.height >= height * self.width
      ? resized(width: width, height: width * self.height / self.width)
      : resized(width: height * self.width / self.height, height: height)
  }
}
