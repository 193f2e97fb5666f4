import Foundation
import SqueezeExperiments

/// A folder that is removed when the test is over.
final class TemporaryFolder {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory
      .appendingPathComponent("squeeze-experiments-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }
}

/// The least config there is, and changes of it.
func config(_ changes: String = "", network: String = "lenet-5") throws -> ExperimentConfig {
  try ExperimentConfig(
    """
    network: \(network)
    data: pictures
    optimizer: {name: sgd, rate: 0.1}
    epochs: 2
    batch: 8
    \(changes)
    """,
    file: "test.yaml",
    folder: URL(fileURLWithPath: "/configs")
  )
}

/// The message of what reading a config throws.
func message(_ text: String) -> String {
  do {
    _ = try ExperimentConfig(text, file: "test.yaml", folder: URL(fileURLWithPath: "/"))
    return ""
  } catch {
    return "\(error)"
  }
}

/// A run as records keep it.
func record(_ name: String, seed: UInt64 = 1, process: Int? = nil) throws -> RunRecord {
  RunRecord(
    name: name,
    experiment: "test",
    config: try config("seed: \(seed)").text,
    identity: "identity",
    version: "0.1.0",
    data: "data",
    machine: "a processor",
    threads: 2,
    seed: seed,
    started: Date(timeIntervalSince1970: 1_000_000),
    process: process
  )
}
