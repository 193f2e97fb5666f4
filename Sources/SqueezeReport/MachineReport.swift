public import SqueezeEngine

/// What a machine can do, as tables and as JSON.
public struct MachineReport: Sendable {
  public var machine: Machine

  /// Creates a report.
  public init(machine: Machine) { self.machine = machine }

  /// The most multiply–accumulates per second of every instruction set.
  public var peaks: Table {
    Table(
      [.init("instruction set"), .init("threads", .right), .init("GMAC/s", .right)],
      rows: machine.peaks.map {
        [$0.instructionSet, "\($0.threads)", Units.rounded($0.gmacsPerSecond)]
      }
    )
  }

  /// How fast each level of memory is read.
  public var levels: Table {
    Table(
      [.init("level"), .init("size", .right), .init("threads", .right), .init("GB/s", .right)],
      rows: machine.levels.map {
        [
          $0.name, $0.bytes.map(Units.bytes) ?? "", "\($0.threads)",
          Units.rounded($0.gigabytesPerSecond),
        ]
      }
    )
  }

  /// How fast memory of growing size is read, one column per number of threads.
  public var curve: Table {
    let threads = Set(machine.curve.map(\.threads)).sorted()
    let sizes = Set(machine.curve.map(\.workingSetBytes)).sorted()
    return Table(
      [.init("bytes per thread", .right)]
        + threads.map { .init($0 == 1 ? "1 thread, GB/s" : "\($0) threads, GB/s", .right) },
      rows: sizes.map { size in
        [Units.bytes(size)]
          + threads.map { threads in
            let point = machine.curve.first {
              $0.workingSetBytes == size && $0.threads == threads
            }
            return point.map { Units.rounded($0.gigabytesPerSecond) } ?? ""
          }
      }
    )
  }

  /// The report under stable keys.
  public struct JSON: Codable, Sendable {
    struct Peak: Codable, Sendable {
      var instruction_set: String
      var threads: Int
      var gmacs_per_second: Double
    }

    struct Level: Codable, Sendable {
      var name: String
      var bytes: Int?
      var threads: Int
      var gigabytes_per_second: Double
    }

    struct Point: Codable, Sendable {
      var working_set_bytes: Int
      var threads: Int
      var gigabytes_per_second: Double
    }

    var processor: String
    var logical_processors: Int
    var peaks: [Peak]
    var levels: [Level]
    var curve: [Point]
  }

  /// The report under stable keys, for `--json`.
  public var json: JSON {
    JSON(
      processor: machine.processor,
      logical_processors: machine.logicalProcessors,
      peaks: machine.peaks.map {
        .init(
          instruction_set: $0.instructionSet,
          threads: $0.threads,
          gmacs_per_second: $0.gmacsPerSecond
        )
      },
      levels: machine.levels.map {
        .init(
          name: $0.name,
          bytes: $0.bytes,
          threads: $0.threads,
          gigabytes_per_second: $0.gigabytesPerSecond
        )
      },
      curve: machine.curve.map {
        .init(
          working_set_bytes: $0.workingSetBytes,
          threads: $0.threads,
          gigabytes_per_second: $0.gigabytesPerSecond
        )
      }
    )
  }
}
