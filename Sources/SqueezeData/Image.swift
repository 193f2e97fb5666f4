/// A picture of 8-bit grey levels, row by row from the top left, channels interleaved.
public struct Image: Sendable, Hashable {
  /// Pixels per row.
  public let width: Int
  /// Rows.
  public let height: Int
  /// 1 for grey, 3 for red, green and blue.
  public let channels: Int
  /// The levels; pixel (x, y) starts at `(y · width + x) · channels`.
  public var pixels: [UInt8]

  /// Creates a picture.
  ///
  /// - Precondition: `channels` is 1 or 3 and `pixels` has `width · height · channels` levels.
  public init(width: Int, height: Int, channels: Int, pixels: [UInt8]) {
    precondition(channels == 1 || channels == 3, "an image has 1 or 3 channels, not \(channels)")
    precondition(
      width > 0 && height > 0 && pixels.count == width * height * channels,
      "\(width)×\(height)×\(channels) pixels expected, got \(pixels.count)"
    )
    self.width = width
    self.height = height
    self.channels = channels
    self.pixels = pixels
  }

  /// The picture in grey: `(19595 R + 38470 G + 7471 B + 2¹⁵) / 2¹⁶`, ITU-R 601 luma as Pillow
  /// rounds it.
  public func grey() -> Image {
    guard channels == 3 else { return self }
    let count = width * height
    let levels = [UInt8](unsafeUninitializedCapacity: count) { grey, size in
      pixels.withUnsafeBufferPointer { rgb in
        for i in 0..<count {
          let red = Int32(rgb[3 * i]) * 19595
          let green = Int32(rgb[3 * i + 1]) * 38470
          let blue = Int32(rgb[3 * i + 2]) * 7471
          grey[i] = UInt8(truncatingIfNeeded: (red + green + blue + 0x8000) >> 16)
        }
      }
      size = count
    }
    return Image(width: width, height: height, channels: 1, pixels: levels)
  }

  /// The picture with red, green and blue; grey levels are repeated.
  public func rgb() -> Image {
    guard channels == 1 else { return self }
    let count = width * height
    let levels = [UInt8](unsafeUninitializedCapacity: 3 * count) { rgb, size in
      pixels.withUnsafeBufferPointer { grey in
        for i in 0..<count {
          rgb[3 * i] = grey[i]
          rgb[3 * i + 1] = grey[i]
          rgb[3 * i + 2] = grey[i]
        }
      }
      size = 3 * count
    }
    return Image(width: width, height: height, channels: 3, pixels: levels)
  }

  /// The pixels of a rectangle.
  ///
  /// - Precondition: the rectangle is not empty and lies in the picture.
  public func crop(left: Int, top: Int, width: Int, height: Int) -> Image {
    precondition(
      left >= 0 && top >= 0 && left + width <= self.width && top + height <= self.height,
      "crop \(width)×\(height) at (\(left), \(top)) of \(self.width)×\(self.height)"
    )
    if width == self.width && height == self.height { return self }
    var cropped: [UInt8] = []
    cropped.reserveCapacity(width * height * channels)
    for y in top..<top + height {
      let start = (y * self.width + left) * channels
      cropped.append(contentsOf: pixels[start..<start + width * channels])
    }
    return Image(width: width, height: height, channels: channels, pixels: cropped)
  }

  /// The middle of the picture; its corner is at half the margin, rounded down.
  ///
  /// Caffe's rule. torchvision's `center_crop` rounds half a pixel to the even one, which moves
  /// crops with a margin of 3, 7, 11, … by one pixel.
  ///
  /// - Precondition: the crop is not larger than the picture.
  public func centreCrop(width: Int, height: Int) -> Image {
    crop(
      left: (self.width - width) / 2,
      top: (self.height - height) / 2,
      width: width,
      height: height
    )
  }
}
