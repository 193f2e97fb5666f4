#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A thread of the operating system that runs one function.
struct Thread: @unchecked Sendable {
  private let handle: pthread_t

  /// Starts a thread; `nil` where the system grants no more.
  init?(_ body: @escaping @Sendable () -> Void) {
    let start = Unmanaged.passRetained(Start(body))
    #if canImport(Darwin)
      var thread: pthread_t?
      let result = pthread_create(&thread, nil, { Start.run($0) }, start.toOpaque())
    #else
      var created = pthread_t()
      let result = pthread_create(&created, nil, { $0.flatMap(Start.run) }, start.toOpaque())
      let thread: pthread_t? = created
    #endif
    guard result == 0, let thread else {
      start.release()
      return nil
    }
    handle = thread
  }

  /// The processor time used so far; `nil` where the system does not say.
  var processorTime: Duration? {
    #if os(Linux)
      var clock = clockid_t()
      var time = timespec()
      guard pthread_getcpuclockid(handle, &clock) == 0, clock_gettime(clock, &time) == 0 else {
        return nil
      }
      return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    #else
      return nil
    #endif
  }

  /// Waits until the function has returned.
  func join() { pthread_join(handle, nil) }
}

/// The function of a thread on its way there.
private final class Start: Sendable {
  private let body: @Sendable () -> Void

  init(_ body: @escaping @Sendable () -> Void) { self.body = body }

  static func run(_ argument: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
    Unmanaged<Start>.fromOpaque(argument).takeRetainedValue().body()
    return nil
  }
}
