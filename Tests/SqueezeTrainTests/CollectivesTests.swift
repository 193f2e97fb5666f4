import SqueezeTensor
import SqueezeTestSupport
import SqueezeTrain
import Testing

@Suite struct CollectivesTests {
  @Test("the sum is that of all ranks, with the same bits on each", arguments: 1...5)
  func sums(_ size: Int) throws {
    for count in [0, 1, 3, 7, 1000] {
      let parts = (0..<size).map { rank in
        var random = SeededGenerator(seed: UInt64(rank))
        return (0..<count).map { _ in random.uniform(-1, 1) }
      }
      let sums = try withRanks(size) { communicator in
        var values = parts[communicator.rank]
        let bytes = try communicator.sum(&values)
        return (values, bytes)
      }.map { try $0.get() }
      #expect(sums.count == size)
      for (values, bytes) in sums {
        #expect(values == sums[0].0)
        #expect(Double(bytes) <= 8 * Double(count) * Double(size - 1) / Double(size) + 8)
        for i in values.indices {
          let exact = parts.reduce(0.0) { $0 + Double($1[i]) }
          #expect(abs(Double(values[i]) - exact) < 1e-6)
        }
      }
    }
  }

  @Test("additions go around the ring, whatever the numbers")
  func order() throws {
    // Part c begins at rank c: (1 + 1e8) − 1e8 at rank 0, (1e8 − 1e8) + 1 at rank 1, (−1e8 + 1) + 1e8 at 2.
    let parts: [Float] = [1, 1e8, -1e8]
    let sums = try withRanks(3) { communicator in
      var values = [Float](repeating: parts[communicator.rank], count: 3)
      try communicator.sum(&values)
      return values
    }.map { try $0.get() }
    #expect(sums == [[Float]](repeating: [0, 1, 0], count: 3))
  }

  @Test("blocks, numbers and answers of all ranks arrive", arguments: 1...5)
  func gathers(_ size: Int) throws {
    let results = try withRanks(size) { communicator in
      let blocks = try communicator.gather([UInt8(communicator.rank), 7])
      let sum = try communicator.sum([Double(communicator.rank), 0.5])
      let any = try communicator.any(communicator.rank == size - 1)
      let none = try communicator.any(false)
      try communicator.barrier()
      return (blocks, sum, any, none)
    }.map { try $0.get() }
    for (blocks, sum, any, none) in results {
      #expect(blocks == (0..<size).map { [UInt8($0), 7] })
      #expect(sum == [Double(size * (size - 1) / 2), Double(size) / 2])
      #expect(any && !none)
    }
  }

  @Test("everyone gets what rank 0 has", arguments: 1...6)
  func broadcasts(_ size: Int) throws {
    let results = try withRanks(size) { communicator in
      let text = Array("rank \(communicator.rank)".utf8)
      return (
        try communicator.broadcast(text), try communicator.broadcast { text },
        try communicator.broadcast { nil }
      )
    }.map { try $0.get() }
    for (bytes, made, none) in results {
      #expect(bytes == Array("rank 0".utf8))
      #expect(made == Array("rank 0".utf8))
      #expect(none == nil)
    }
  }

  @Test("gradients come back summed, whatever the order they are given in")
  func exchanges() throws {
    let counts = [3, 10, 1, 6]
    let results = try withRanks(3) { communicator in
      let exchange = GradientExchange(communicator, counts: counts, bucketSize: 8)
      var lists: [[[Float]]] = []
      for step in 1...2 {
        let order = step == 1 ? [3, 2, 1, 0] : [1, 0, 3, 2]
        for position in order {
          let value = Float(step * (communicator.rank + 1) * (position + 1))
          exchange.send([Float](repeating: value, count: counts[position]), at: position)
        }
        let sums = try exchange.finish()
        #expect(sums.bytes > 0)
        lists.append(sums.lists)
      }
      return lists
    }.map { try $0.get() }
    for lists in results {
      for step in 1...2 {
        #expect(
          lists[step - 1]
            == counts.enumerated().map { position, count in
              [Float](repeating: Float(6 * step * (position + 1)), count: count)
            }
        )
      }
    }
  }

  @Test("a rank that is gone is an error on the others")
  func loses() throws {
    struct Gone: Error {}
    let results = withRanks(3) { communicator in
      if communicator.rank == 1 { throw Gone() }
      let exchange = GradientExchange(communicator, counts: [5])
      exchange.send([1, 2, 3, 4, 5], at: 0)
      _ = try exchange.finish()
    }
    #expect(throws: Gone.self) { try results[1].get() }
    for rank in [0, 2] {
      #expect(throws: CommunicationError.self) { try results[rank].get() }
    }
  }
}
