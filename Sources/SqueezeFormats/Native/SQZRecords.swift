import SqueezeEntropy

/// What a container knows of one parameter besides its kind.
struct SQZRecord {
  /// The kind with its numbers.
  var kind: SQZDirectory.Kind
  var byteCount: Int
  var proof: Proof

  /// What tells a sound parameter from a damaged one.
  enum Proof: Hashable {
    /// CRC-32C of the payload and hash of the decoded tensor.
    case version1(checksum: UInt32, hash: UInt64)
    /// See `SQZ.check`.
    case version2(UInt32)
  }
}

/// The numbers of a container's records.
///
/// A kind in the directory's text is a form; its blanks are filled here. The numbers of a parameter
/// are: bytes of its payload; its attributes, in the order of their names; one more than the length of
/// every list of floats and of integers, 0 for one element per weight; streams less one, where there
/// are symbols. They are written kind by kind and, within a kind, each number for all parameters,
/// because such neighbours are alike.
enum SQZRecords {
  /// The bytes of the records of parameters, whose kinds are `forms` by `indices`.
  static func encode(
    _ records: [SQZRecord],
    indices: [Int],
    forms: Int
  ) -> [UInt8] {
    var columns: [Int] = []
    for form in 0..<forms {
      let rows = zip(records, indices).filter { $1 == form }.map { record, _ in
        [record.byteCount] + record.kind.numbers
      }
      for column in rows.first?.indices ?? 0..<0 { columns += rows.map { $0[column] } }
    }
    let numbers = IntegerCoder.encode(columns)
    var writer = ByteWriter()
    writer.writeVarint(numbers.count)
    writer.write(contentsOf: numbers)
    for record in records {
      if case .version2(let check) = record.proof { writer.write(check) }
    }
    return writer.bytes
  }

  /// Reads the records of version 2.
  static func decode(
    _ bytes: ArraySlice<UInt8>,
    kinds: [SQZDirectory.Kind]
  ) throws(EntropyError) -> [SQZRecord] {
    var reader = ByteReader(bytes, of: "directory, records")
    let length = try reader.readVarint(atMost: reader.remaining)
    let coded = try reader.readSlice(length)
    guard reader.remaining == 4 * kinds.count else { throw .truncated("directory, records") }

    var members: [SQZDirectory.Kind: [Int]] = [:]
    var forms: [SQZDirectory.Kind] = []
    for (index, kind) in kinds.enumerated() {
      if members[kind] == nil { forms.append(kind) }
      members[kind, default: []].append(index)
    }
    let count = forms.reduce(0) { $0 + (1 + $1.numberCount) * (members[$1]?.count ?? 0) }
    var numbers = try IntegerCoder.decode(coded, count: count)[...]
    var rows = [[Int]](repeating: [], count: kinds.count)
    for form in forms {
      for _ in 0...form.numberCount {
        for index in members[form] ?? [] { rows[index].append(numbers.removeFirst()) }
      }
    }
    var records: [SQZRecord] = []
    for (kind, row) in zip(kinds, rows) {
      guard row[0] >= 0, let filled = kind.filled(row.dropFirst()) else {
        throw .malformed("directory, records")
      }
      records.append(
        SQZRecord(
          kind: filled,
          byteCount: row[0],
          proof: .version2(try reader.readUInt32())
        )
      )
    }
    return records
  }

  /// Reads the records of version 1, whose kinds need no filling.
  static func decodeVersion1(
    _ bytes: ArraySlice<UInt8>,
    kinds: [SQZDirectory.Kind]
  ) throws(EntropyError) -> [SQZRecord] {
    var reader = ByteReader(bytes, of: "directory")
    var records: [SQZRecord] = []
    for kind in kinds {
      let byteCount = try reader.readVarint()
      let checksum = try reader.readUInt32()
      let hash = try reader.readUInt64()
      records.append(
        SQZRecord(
          kind: kind,
          byteCount: byteCount,
          proof: .version1(checksum: checksum, hash: hash)
        )
      )
    }
    guard reader.isAtEnd else { throw .malformed("directory: bytes are left over") }
    return records
  }
}

extension SQZDirectory.Kind {
  /// The kind without what differs between its parameters.
  var form: Self {
    var form = self
    form.attributes = attributes?.mapValues { _ in 0 }
    form.floats = floats?.map { _ in nil }
    form.integers = integers?.map { _ in nil }
    form.streams = nil
    return form
  }

  /// What differs between parameters of one form.
  var numbers: [Int] {
    var numbers = (attributes ?? [:]).sorted { $0.key < $1.key }.map(\.value)
    numbers += ((floats ?? []) + (integers ?? [])).map { $0.map { $0 + 1 } ?? 0 }
    if coder != nil { numbers.append((streams ?? 1) - 1) }
    return numbers
  }

  var numberCount: Int {
    (attributes?.count ?? 0) + (floats?.count ?? 0) + (integers?.count ?? 0)
      + (coder == nil ? 0 : 1)
  }

  /// The kind with these numbers; `nil` where they make no sense.
  func filled(_ numbers: ArraySlice<Int>) -> Self? {
    var numbers = numbers
    var kind = self
    for name in (attributes ?? [:]).keys.sorted() { kind.attributes?[name] = numbers.removeFirst() }
    for list in (floats ?? []).indices {
      let number = numbers.removeFirst()
      guard number >= 0 else { return nil }
      kind.floats?[list] = number == 0 ? nil : number - 1
    }
    for list in (integers ?? []).indices {
      let number = numbers.removeFirst()
      guard number >= 0 else { return nil }
      kind.integers?[list] = number == 0 ? nil : number - 1
    }
    if coder != nil {
      let number = numbers.removeFirst()
      guard (0..<SQZ.streamLimit).contains(number) else { return nil }
      kind.streams = number == 0 ? nil : number + 1
    }
    return kind
  }
}
