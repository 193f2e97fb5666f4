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
  private struct Entry<Fact: Codable>: Codable {
    var version: Int
    var fact: Fact
  }

  private static let version = 3

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
    guard let machine: Machine = fact(in: file(for: processor)), machine.processor == processor
    else { return nil }
    return machine
  }

  /// Keeps what was measured.
  ///
  /// - Throws: the file system's error.
  public func store(_ machine: Machine) throws {
    try keep(machine, in: file(for: machine.processor))
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

  /// The file of choices for an instruction set and a number of threads on this machine.
  public func tuningFile(_ set: InstructionSet, threads: Int) -> URL {
    file("kernels", set, threads: threads)
  }

  /// What is known of the fastest kernels on this machine, to compile with.
  public func tunedChoices(_ set: InstructionSet, threads: Int) -> TunedChoices {
    TunedChoices(fact(in: tuningFile(set, threads: threads)) ?? [:])
  }

  /// Keeps choices, those of other programs in the meantime included.
  ///
  /// - Throws: the file system's error.
  public func store(_ tuned: TunedChoices, _ set: InstructionSet, threads: Int) throws {
    var choices = tunedChoices(set, threads: threads).choices
    choices.merge(tuned.choices) { _, new in new }
    try keep(choices, in: tuningFile(set, threads: threads))
  }

  // MARK: - Times of kernels

  /// The file of fitted times for an instruction set and a number of threads on this machine.
  public func timesFile(_ set: InstructionSet, threads: Int) -> URL {
    file("times", set, threads: threads)
  }

  /// What steps take on this machine, or `nil` where it was not fitted.
  public func times(_ set: InstructionSet, threads: Int) -> TimeModel? {
    fact(in: timesFile(set, threads: threads))
  }

  /// Keeps fitted times.
  ///
  /// - Throws: the file system's error.
  public func store(_ times: TimeModel, _ set: InstructionSet, threads: Int) throws {
    try keep(times, in: timesFile(set, threads: threads))
  }

  // MARK: - Files

  /// The file of a kind of fact about this machine with an instruction set and a number of threads.
  private func file(_ kind: String, _ set: InstructionSet, threads: Int) -> URL {
    let machine = file(for: thisProcessor).deletingPathExtension().lastPathComponent
    return folder.appendingPathComponent("\(machine)-\(set.rawValue)-\(threads)-\(kind).json")
  }

  private func fact<Fact: Codable>(in file: URL) -> Fact? {
    guard let data = try? Data(contentsOf: file),
      let entry = try? JSONDecoder().decode(Entry<Fact>.self, from: data),
      entry.version == Self.version
    else { return nil }
    return entry.fact
  }

  private func keep<Fact: Codable>(_ fact: Fact, in file: URL) throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let entry = Entry(version: Self.version, fact: fact)
    try encoder.encode(entry).write(to: file, options: .atomic)
  }
}
