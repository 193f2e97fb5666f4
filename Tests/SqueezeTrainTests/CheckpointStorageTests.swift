import Foundation
import SqueezeTrain
import Testing

@Suite struct CheckpointStorageTests {
  /// A storage that is full after some files.
  private final class FullStorage: CheckpointStorage, @unchecked Sendable {
    let folder: CheckpointFolder
    var room: Int

    init(_ folder: URL, room: Int) { (self.folder, self.room) = (CheckpointFolder(folder), room) }

    func write(_ bytes: [UInt8], to name: String) throws(TrainingError) -> URL {
      guard room > 0 else {
        throw .storage(name, reason: String(cString: strerror(ENOSPC)))
      }
      room -= 1
      return try folder.write(bytes, to: name)
    }

    func read(_ name: String) throws(TrainingError) -> [UInt8]? { try folder.read(name) }
  }

  @Test("a file is replaced as a whole, and no part is left behind")
  func replaces() throws {
    try withFolder { folder in
      let storage = CheckpointFolder(folder.appendingPathComponent("a/b"))
      #expect(try storage.read("x") == nil)
      _ = try storage.write([1, 2, 3], to: "x")
      let url = try storage.write([4], to: "x")
      #expect(try storage.read("x") == [4])
      let files = try FileManager.default.contentsOfDirectory(
        atPath: url.deletingLastPathComponent().path
      )
      #expect(files == ["x"])
    }
  }

  @Test("a folder that cannot be made is a typed error")
  func noFolder() throws {
    try withFolder { folder in
      let file = folder.appendingPathComponent("file")
      try Data().write(to: file)
      #expect(throws: TrainingError.self) {
        try CheckpointFolder(file.appendingPathComponent("in")).write([1], to: "x")
      }
      #expect(throws: TrainingError.self) { try CheckpointFolder(folder).read(".") }
    }
  }

  @Test("a full disk ends the training, the checkpoint before it stays")
  func full() throws {
    try withFolder { folder in
      let storage = FullStorage(folder, room: 2)
      #expect(throws: TrainingError.storage("last.checkpoint", reason: "No space left on device")) {
        try linearTrainer {
          $0.storage = storage
          $0.checkpointEverySteps = 2
        }.run(training: Clouds())
      }
      let bytes = try #require(try storage.read("last.checkpoint"))
      #expect(try Checkpoint(decoding: bytes, name: "last").state.step == 4)
    }
  }

  @Test("if so wished, a full disk is a warning")
  func fullButGoesOn() throws {
    try withFolder { folder in
      var warnings = 0
      let result = try linearTrainer {
        $0.storage = FullStorage(folder, room: 1)
        $0.checkpointEverySteps = 2
        $0.continuesWithoutCheckpoints = true
      }.run(training: Clouds(), observe: { if case .warning = $0 { warnings += 1 } })
      #expect(result.end == .finished)
      #expect(warnings > 2)
    }
  }

  #if os(Linux)
    @Test("a real full disk keeps the file before it", .enabled(if: getuid() == 0))
    func realFullDisk() throws {
      try withFolder { folder in
        guard mount("squeeze-test", folder.path, "tmpfs", 0, "size=64k") == 0 else {
          // A container may forbid mounts even to root.
          return
        }
        defer { umount(folder.path) }
        let storage = CheckpointFolder(folder)
        let old = [UInt8](repeating: 7, count: 20_000)
        _ = try storage.write(old, to: "x")
        #expect(
          throws: TrainingError.storage(
            folder.appendingPathComponent("x").path,
            reason: "No space left on device"
          )
        ) { try storage.write([UInt8](repeating: 8, count: 60_000), to: "x") }
        #expect(try storage.read("x") == old)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["x"])
      }
    }
  #endif
}
