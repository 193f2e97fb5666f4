#if MPI
  import COpenMPI
  import Foundation
  import SqueezeTrain

  /// The processes of an MPI job; MPI carries messages between two ranks and nothing else.
  struct MPICommunicator: Communicator {
    let rank: Int
    let size: Int
    private let isInterrupted: @Sendable () -> Bool

    /// Messages above this are sent in pieces; MPI counts bytes in 32 bits.
    private static let largest = 1 << 30
    /// How long a wait goes on after an interruption.
    ///
    /// `mpirun` kills a second after it signals, and a checkpoint is still to be written.
    private static let patience = Duration.milliseconds(200)

    /// Starts MPI; once per process.
    init(
      _ started: MPIEnvironment,
      isInterrupted: @escaping @Sendable () -> Bool
    ) throws(CommunicationError) {
      var (threads, rank, size): (Int32, Int32, Int32) = (0, 0, 0)
      var code = sqMPIInitialize(&threads)
      if code == 0 { code = sqMPIRank(&rank) }
      if code == 0 { code = sqMPISize(&size) }
      guard code == 0 else {
        throw CommunicationError(
          rank: started.rank,
          size: started.size,
          "MPI cannot be started: \(Self.text(code))"
        )
      }
      guard sqMPIIsSerialized(threads) != 0 else {
        throw CommunicationError(
          rank: Int(rank),
          size: Int(size),
          "this MPI allows calls from its first thread only"
        )
      }
      self.rank = Int(rank)
      self.size = Int(size)
      self.isInterrupted = isInterrupted
    }

    func exchange(
      _ sent: UnsafeRawBufferPointer,
      to receiver: Int,
      _ received: UnsafeMutableRawBufferPointer,
      from sender: Int
    ) throws(CommunicationError) {
      var requests: [MPI_Request?] = []
      for start in stride(from: 0, to: received.count, by: Self.largest) {
        guard let base = received.baseAddress else { break }
        let count = min(Self.largest, received.count - start)
        var request: MPI_Request?
        try check(sqMPIReceive(base + start, Int32(count), Int32(sender), &request))
        requests.append(request)
      }
      for start in stride(from: 0, to: sent.count, by: Self.largest) {
        guard let base = sent.baseAddress else { break }
        let count = min(Self.largest, sent.count - start)
        var request: MPI_Request?
        try check(sqMPISend(base + start, Int32(count), Int32(receiver), &request))
        requests.append(request)
      }
      do {
        try wait(&requests)
      } catch {
        // Nobody may write into the buffers after they are gone.
        sqMPICancel(Int32(requests.count), &requests)
        throw error
      }
    }

    /// Asks again and again: short waits at full attention, long ones while others use the processor.
    private func wait(_ requests: inout [MPI_Request?]) throws(CommunicationError) {
      let clock = ContinuousClock()
      var (done, tries) = (Int32(0), 0)
      var interrupted: ContinuousClock.Instant?
      while true {
        try check(sqMPITest(Int32(requests.count), &requests, &done))
        if done != 0 { return }
        tries += 1
        if tries < 200 {
          sched_yield()
          continue
        }
        usleep(tries < 2000 ? 20 : 200)
        guard isInterrupted() else { continue }
        let since = interrupted ?? clock.now
        interrupted = since
        guard clock.now - since < Self.patience else {
          throw CommunicationError(
            rank: rank,
            size: size,
            "another rank failed or the job was stopped; the other ranks do not answer"
          )
        }
      }
    }

    func leave() { _ = sqMPIFinalize() }

    func abort(exitCode: Int32) { _ = sqMPIAbort(exitCode) }

    private func check(_ code: Int32) throws(CommunicationError) {
      guard code != 0 else { return }
      throw CommunicationError(rank: rank, size: size, "MPI: \(Self.text(code))")
    }

    private static func text(_ code: Int32) -> String {
      var text = [CChar](repeating: 0, count: Int(sqMPITextSize))
      sqMPIText(code, &text)
      let bytes = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
      return bytes.isEmpty ? "error \(code)" : String(decoding: bytes, as: UTF8.self)
    }
  }
#endif
