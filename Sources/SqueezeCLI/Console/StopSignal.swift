import Foundation
import Synchronization

/// Ctrl-C and termination as a wish to stop: the first is noted, the second ends the process as usual.
enum StopSignal {
  private static let received = Atomic<Int32>(0)

  /// Begins to note signals.
  static func install() {
    for number in [SIGINT, SIGTERM] {
      signal(number) { number in
        StopSignal.received.store(number, ordering: .relaxed)
        // The next one acts as it always does.
        signal(SIGINT, SIG_DFL)
        signal(SIGTERM, SIG_DFL)
      }
    }
  }

  /// Whether one came.
  static var isSet: Bool { received.load(ordering: .relaxed) != 0 }

  /// What a shell expects of a process that a signal ended: 128 and its number.
  static var exitCode: Int32 { 128 + received.load(ordering: .relaxed) }
}
