public import Foundation
public import SqueezeEngine

/// Where the facts measured of a machine are kept from one run to the next.
///
/// One file per processor in the user's cache folder: `$XDG_CACHE_HOME/squeeze`, else
/// `~/.cache/squeeze`. A file that cannot be read, or of another version, counts as absent.
public struct MachineCache: Sendable {
  /// The folder of the files.
  public var folder: URL

  /// The contents of a file.
  private struct Entry: Codable {
    var version: Int
    var machine: Machine
  }

  private static let version = 1

  /// Creates a cache in a folder, the user's own by default.
  public init(folder: URL? = nil) {
    self.folder = folder ?? Self.standardFolder
  }

  /// The user's cache folder for this program.
  public static var standardFolder: URL {
    let environment = ProcessInfo.processInfo.environment
    // The specification of XDG asks to ignore relative paths.
    if let path = environment["XDG_CACHE_HOME"], path.hasPrefix("/") {
      return URL(fileURLWithPath: path, isDirectory: true).appendingPathComponent("squeeze")
    }
    return FileManager.default.homeDirectoryForCurrentUser
      .appendingPathComponent(".cache/squeeze", isDirectory: true)
  }

  /// The name of this machine's processor.
  public var thisProcessor: String { Processor.name }

  /// The file for a processor.
  public func file(for processor: String) -> URL {
    let name = processor.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" }
    let parts = String(name).split(separator: "-")
    return folder.appendingPathComponent("machine-\(parts.joined(separator: "-")).json")
  }

  /// What is known of a processor, or `nil`.
  public func machine(_ processor: String) -> Machine? {
    guard let data = try? Data(contentsOf: file(for: processor)),
      let entry = try? JSONDecoder().decode(Entry.self, from: data), entry.version == Self.version,
      entry.machine.processor == processor
    else { return nil }
    return entry.machine
  }

  /// Keeps what was measured.
  ///
  /// - Throws: the file system's error.
  public func store(_ machine: Machine) throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    let data = try encoder.encode(Entry(version: Self.version, machine: machine))
    try data.write(to: file(for: machine.processor), options: .atomic)
  }

  /// This machine, measured anew where `renew` asks for it or where nothing is known for `threads`.
  ///
  /// What cannot be kept is measured again next time.
  public func thisMachine(
    threads: Int,
    renew: Bool = false,
    probing: (MachineProbe) -> Machine = { $0.measure() }
  ) -> Machine {
    if !renew, let known = machine(Processor.name),
      InstructionSet.available.allSatisfy({ known.roofline($0, threads: threads) != nil })
    {
      return known
    }
    let measured = probing(MachineProbe(threads: threads))
    try? store(measured)
    return measured
  }

  // MARK: - Choices among kernels

  private struct TunedEntry: Codable {
    var version: Int
    var choices: [String: String]
  }

  /// The file of choices for an instruction set and a number of threads on this machine.
  public func tuningFile(_ set: InstructionSet, threads: Int) -> URL {
    let machine = file(for: thisProcessor).deletingPathExtension().lastPathComponent
    return folder.appendingPathComponent("\(machine)-\(set.rawValue)-\(threads)-kernels.json")
  }

  /// What is known of the fastest kernels on this machine, to compile with.
  public func tunedChoices(_ set: InstructionSet, threads: Int) -> TunedChoices {
    guard let data = try? Data(contentsOf: tuningFile(set, threads: threads)),
      let entry = try? JSONDecoder().decode(TunedEntry.self, from: data),
      entry.version == Self.version
    else { return TunedChoices() }
    return TunedChoices(entry.choices)
  }

  /// Keeps choices, those of other programs in the meantime included.
  ///
  /// - Throws: the file system's error.
  public func store(_ tuned: TunedChoices, _ set: InstructionSet, threads: Int) throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    var choices = tunedChoices(set, threads: threads).choices
    choices.merge(tuned.choices) { _, new in new }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let data = try encoder.encode(TunedEntry(version: Self.version, choices: choices))
    try data.write(to: tuningFile(set, threads: threads), options: .atomic)
  }

  // MARK: - Times of kernels

  private struct TimesEntry: Codable {
    var version: Int
    var times: TimeModel
  }

  /// The file of fitted times for an instruction set and a number of threads on this machine.
  public func timesFile(_ set: InstructionSet, threads: Int) -> URL {
    let machine = file(for: thisProcessor).deletingPathExtension().lastPathComponent
    return folder.appendingPathComponent("\(machine)-\(set.rawValue)-\(threads)-times.json")
  }

  /// What steps take on this machine, or `nil` where it was not fitted.
  public func times(_ set: InstructionSet, threads: Int) -> TimeModel? {
    guard let data = try? Data(contentsOf: timesFile(set, threads: threads)),
      let entry = try? JSONDecoder().decode(TimesEntry.self, from: data),
      entry.version == Self.version
    else { return nil }
    return entry.times
  }

  /// Keeps fitted times.
  ///
  /// - Throws: the file system's error.
  public func store(_ times: TimeModel, _ set: InstructionSet, threads: Int) throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    let data = try encoder.encode(TimesEntry(version: Self.version, times: times))
    try data.write(to: timesFile(set, threads: threads), options: .atomic)
  }
}
