public import Foundation

/// A file of curves that TensorBoard shows: `tensorboard --logdir` on the folder of runs.
public final class EventFile {
  /// The file.
  public let url: URL
  private let handle: FileHandle
  private var pending: [UInt8] = []

  /// Begins a file in a folder.
  ///
  /// A training that goes on begins another file; TensorBoard joins them.
  ///
  /// - Throws: the file system's error.
  public init(in folder: URL, now: Date = Date()) throws {
    let seconds = now.timeIntervalSince1970
    let host = ProcessInfo.processInfo.hostName
    let place = host.map { $0.isLetter || $0.isNumber || $0 == "-" ? $0 : "-" }
    var name = "events.out.tfevents.\(Int(seconds)).\(String(place))"
    // Two files within one second need two names.
    var number = 1
    while FileManager.default.fileExists(atPath: folder.appendingPathComponent(name).path) {
      name = "events.out.tfevents.\(Int(seconds)).\(String(place)).\(number)"
      number += 1
    }
    url = folder.appendingPathComponent(name)
    try Data(EventRecord.version(seconds: seconds)).write(to: url)
    handle = try FileHandle(forWritingTo: url)
    try handle.seekToEnd()
  }

  /// Adds the values of a step by tag; values that are not finite show as gaps.
  public func add(_ values: [(tag: String, value: Double)], step: Int, now: Date = Date()) {
    pending += EventRecord.scalars(values, step: step, seconds: now.timeIntervalSince1970)
  }

  /// Hands what was added to the file system.
  ///
  /// - Throws: the file system's error, such as a full disk.
  public func flush() throws {
    guard !pending.isEmpty else { return }
    try handle.write(contentsOf: Data(pending))
    pending = []
  }

  /// Ends the file.
  public func close() throws {
    try flush()
    try handle.close()
  }
}
