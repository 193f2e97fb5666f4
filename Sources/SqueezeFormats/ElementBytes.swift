import SqueezeTensor

/// Elements of tensors as little-endian bytes, the form in ONNX and safetensors.
enum ElementBytes {
  /// What bytes hold.
  enum Elements {
    case reals([Float])
    case integers([Int])
    /// An element that its type or 63 bits cannot hold.
    case outOfRange(String)
  }

  /// The elements in `bytes`; a rest that is no whole element is left out.
  static func elements(_ bytes: UnsafeRawBufferPointer, _ type: ElementType) -> Elements {
    switch type {
    case .float32: return .reals(map(bytes, UInt32.self) { Float(bitPattern: $0) })
    case .float64:
      return .reals(map(bytes, UInt64.self) { Float(Double(bitPattern: $0)) })
    case .float16: return .reals(map(bytes, UInt16.self) { HalfPrecision.float(float16Bits: $0) })
    case .bfloat16:
      return .reals(map(bytes, UInt16.self) { HalfPrecision.float(bfloat16Bits: $0) })
    case .int8: return .integers(map(bytes, UInt8.self) { Int(Int8(bitPattern: $0)) })
    case .uint8: return .integers(map(bytes, UInt8.self) { Int($0) })
    case .int16: return .integers(map(bytes, UInt16.self) { Int(Int16(bitPattern: $0)) })
    case .uint16: return .integers(map(bytes, UInt16.self) { Int($0) })
    case .int32: return .integers(map(bytes, UInt32.self) { Int(Int32(bitPattern: $0)) })
    case .uint32: return .integers(map(bytes, UInt32.self) { Int($0) })
    case .int64: return .integers(map(bytes, UInt64.self) { Int(Int64(bitPattern: $0)) })
    case .uint64:
      let words = map(bytes, UInt64.self) { $0 }
      if let large = words.first(where: { $0 > UInt64(Int.max) }) { return .outOfRange("\(large)") }
      return .integers(words.map { Int($0) })
    case .bool:
      let values = map(bytes, UInt8.self) { Int($0) }
      if let other = values.first(where: { $0 > 1 }) { return .outOfRange("\(other)") }
      return .integers(values)
    }
  }

  /// The elements in a region of a file; `float32` goes straight into the array.
  static func elements(
    _ region: ByteRegion,
    _ type: ElementType
  ) throws(FormatError) -> Elements {
    #if _endian(little)
      if type == .float32 {
        let count = region.count / 4
        let range = region.range.prefix(count * 4)
        return .reals(
          try region.source.elements(count) { target throws(FormatError) in
            try region.source.read(range, into: target)
          }
        )
      }
    #endif
    return try region.bytes().withUnsafeBytes { elements($0, type) }
  }

  /// The bytes of a tensor in its own type.
  static func bytes(of tensor: Tensor) -> [UInt8] {
    switch tensor.type {
    case .float32: unmap(tensor.scalars) { $0.bitPattern }
    case .float64: unmap(tensor.scalars) { Double($0).bitPattern }
    case .float16: unmap(tensor.scalars) { HalfPrecision.float16Bits($0) }
    case .bfloat16: unmap(tensor.scalars) { HalfPrecision.bfloat16Bits($0) }
    case .int8, .uint8, .bool: unmap(tensor.integers) { UInt8(truncatingIfNeeded: $0) }
    case .int16, .uint16: unmap(tensor.integers) { UInt16(truncatingIfNeeded: $0) }
    case .int32, .uint32: unmap(tensor.integers) { UInt32(truncatingIfNeeded: $0) }
    case .int64, .uint64: unmap(tensor.integers) { UInt64(bitPattern: Int64($0)) }
    }
  }

  @inline(__always)
  private static func map<Word: FixedWidthInteger, Element>(
    _ bytes: UnsafeRawBufferPointer,
    _ word: Word.Type,
    _ element: (Word) -> Element
  ) -> [Element] {
    let width = Word.bitWidth / 8
    let count = bytes.count / width
    return [Element](unsafeUninitializedCapacity: count) { buffer, filled in
      for i in 0..<count {
        let word = bytes.loadUnaligned(fromByteOffset: i * width, as: Word.self)
        buffer.initializeElement(at: i, to: element(Word(littleEndian: word)))
      }
      filled = count
    }
  }

  @inline(__always)
  private static func unmap<Element, Word: FixedWidthInteger>(
    _ elements: [Element],
    _ word: (Element) -> Word
  ) -> [UInt8] {
    let width = Word.bitWidth / 8
    return [UInt8](unsafeUninitializedCapacity: elements.count * width) { buffer, filled in
      let raw = UnsafeMutableRawBufferPointer(buffer)
      for (i, element) in elements.enumerated() {
        raw.storeBytes(of: word(element).littleEndian, toByteOffset: i * width, as: Word.self)
      }
      filled = elements.count * width
    }
  }
}
