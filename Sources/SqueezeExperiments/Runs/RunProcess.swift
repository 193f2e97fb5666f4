#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The process of a run.
package enum RunProcess {
  /// This process.
  package static var own: Int { Int(getpid()) }

  /// Whether a process of this machine still lives; one of another user counts as alive.
  static func isAlive(_ process: Int) -> Bool {
    guard let id = pid_t(exactly: process), id > 0 else { return false }
    return kill(id, 0) == 0 || errno == EPERM
  }
}
