extension Communicator {
  /// The blocks of all ranks, by rank; each rank gives equally many bytes.
  ///
  /// Blocks travel around a ring: `n − 1` messages of one block.
  ///
  /// - Throws: ``CommunicationError``.
  public func gather(_ block: [UInt8]) throws -> [[UInt8]] {
    var blocks = [[UInt8]](repeating: block, count: size)
    for round in 0..<size - 1 {
      let sent = blocks[(rank - round + size) % size]
      var received = [UInt8](repeating: 0, count: block.count)
      try sent.withUnsafeBytes { sent in
        try received.withUnsafeMutableBytes { received in
          try exchange(sent, to: (rank + 1) % size, received, from: (rank + size - 1) % size)
        }
      }
      blocks[(rank - round - 1 + size) % size] = received
    }
    return blocks
  }

  /// Adds a few numbers of all ranks in the order of ranks; every rank gets the same bits.
  ///
  /// - Throws: ``CommunicationError``.
  public func sum(_ values: [Double]) throws -> [Double] {
    guard size > 1 else { return values }
    let blocks = try gather(values.withUnsafeBytes { Array($0) })
    var sums = [Double](repeating: 0, count: values.count)
    for block in blocks {
      block.withUnsafeBytes { block in
        for i in sums.indices {
          sums[i] += block.loadUnaligned(fromByteOffset: i * 8, as: Double.self)
        }
      }
    }
    return sums
  }

  /// Whether any rank says yes.
  ///
  /// - Throws: ``CommunicationError``.
  public func any(_ answer: Bool) throws -> Bool {
    guard size > 1 else { return answer }
    return try gather([answer ? 1 : 0]).contains([1])
  }

  /// Waits until all ranks are here.
  ///
  /// - Throws: ``CommunicationError``.
  public func barrier() throws { _ = try gather([0]) }

  /// The bytes of rank 0, on every rank.
  ///
  /// A binomial tree: `⌈log₂ n⌉` rounds, in each of which every rank that has the bytes sends them to one
  /// that has not.
  ///
  /// - Parameter bytes: what rank 0 sends; of no account on others.
  /// - Returns: what rank 0 sent.
  /// - Throws: ``CommunicationError``.
  public func broadcast(_ bytes: [UInt8]) throws -> [UInt8] {
    var header = [UInt64(bytes.count)]
    try header.withUnsafeMutableBytes { try relay($0) }
    var content = rank == 0 ? bytes : [UInt8](repeating: 0, count: Int(header[0]))
    try content.withUnsafeMutableBytes { try relay($0) }
    return content
  }

  /// What rank 0 makes of something, on every rank; the others do not run `make`.
  ///
  /// - Throws: ``CommunicationError``, and what `make` throws, on rank 0.
  package func broadcast(_ make: () throws -> [UInt8]?) throws -> [UInt8]? {
    guard size > 1 else { return try make() }
    let own = rank == 0 ? try make() : nil
    let bytes = try broadcast(own.map { [1] + $0 } ?? [0])
    return bytes.first == 1 ? Array(bytes.dropFirst()) : nil
  }

  /// Passes a buffer of known size from rank 0 on.
  private func relay(_ buffer: UnsafeMutableRawBufferPointer) throws {
    let none = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    var distance = 1
    while distance < size {
      if rank & distance != 0 {
        try exchange(UnsafeRawBufferPointer(none), to: rank, buffer, from: rank - distance)
        break
      }
      distance *= 2
    }
    distance /= 2
    while distance > 0 {
      if rank + distance < size {
        try exchange(UnsafeRawBufferPointer(buffer), to: rank + distance, none, from: rank)
      }
      distance /= 2
    }
  }
}
