extension Communicator {
  /// Adds the numbers of all ranks, place by place; every rank gets the same bits.
  ///
  /// A ring in two rounds of `n − 1` messages. The numbers are cut into `n` parts. First part `c` travels from
  /// rank `c` once around while each rank adds its own, so the last one has the sum; then the sums travel
  /// around. Each rank sends `2 (n − 1) / n` of the numbers, which no all-reduce can undercut, and the order
  /// of additions depends on the number of ranks alone.
  ///
  /// Source: Patarasuk and Yuan, "Bandwidth optimal all-reduce algorithms for clusters of workstations"
  /// (2009).
  ///
  /// - Parameter values: equally many on every rank.
  /// - Returns: the bytes this rank sent.
  /// - Throws: ``CommunicationError``; the numbers are then undefined.
  @discardableResult
  public func sum(_ values: UnsafeMutableBufferPointer<Float>) throws(CommunicationError) -> Int {
    guard size > 1, !values.isEmpty else { return 0 }
    func part(_ number: Int) -> UnsafeMutableBufferPointer<Float> {
      let number = ((number % size) + size) % size
      let range = values.count * number / size..<values.count * (number + 1) / size
      return UnsafeMutableBufferPointer(rebasing: values[range])
    }
    let (next, previous) = ((rank + 1) % size, (rank + size - 1) % size)
    let incoming = UnsafeMutableBufferPointer<Float>.allocate(capacity: values.count / size + 1)
    defer { incoming.deallocate() }
    var bytes = 0
    for round in 0..<size - 1 {
      let (sent, target) = (part(rank - round), part(rank - round - 1))
      let received = UnsafeMutableBufferPointer(rebasing: incoming[..<target.count])
      try exchange(
        UnsafeRawBufferPointer(sent),
        to: next,
        UnsafeMutableRawBufferPointer(received),
        from: previous
      )
      for i in target.indices { target[i] += received[i] }
      bytes += sent.count * 4
    }
    for round in 0..<size - 1 {
      let (sent, target) = (part(rank + 1 - round), part(rank - round))
      try exchange(
        UnsafeRawBufferPointer(sent),
        to: next,
        UnsafeMutableRawBufferPointer(target),
        from: previous
      )
      bytes += sent.count * 4
    }
    return bytes
  }

  /// The same for an array.
  @discardableResult
  public func sum(_ values: inout [Float]) throws -> Int {
    try values.withUnsafeMutableBufferPointer { try sum($0) }
  }
}
