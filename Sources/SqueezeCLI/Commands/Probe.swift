import ArgumentParser
import Foundation
import Squeeze

/// `squeeze probe`: what this machine can do.
struct Probe: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "probe",
    abstract: "Measure what this machine can do: arithmetic, caches and memory.",
    discussion: """
      Measures multiply–accumulates per second of every instruction set, and how fast memory is read by \
      size, on one thread and on several. squeeze profile compares with these figures; they are \
      remembered per processor in $XDG_CACHE_HOME/squeeze, else ~/.cache/squeeze. Measure on an idle \
      machine: whatever else runs makes it look slower.

      EXAMPLES
        squeeze probe
        squeeze probe --threads 2 --json
        squeeze probe --remembered
      """
  )

  @OptionGroup var threads: ThreadOptions
  @Flag(help: "Print what is remembered where there is something; measure only otherwise.")
  var remembered = false
  @OptionGroup var output: OutputOptions

  func run() throws {
    let cache = MachineCache()
    let machine = cache.thisMachine(threads: threads.threads, renew: !remembered)
    let report = MachineReport(machine: machine)
    if output.json { return try Console.json(report.json) }
    Console.print("\(machine.processor), \(machine.logicalProcessors) logical processors\n")
    Console.print(report.peaks.text)
    Console.print(report.levels.text)
    Console.print(report.curve.text)
    Console.print("kept in \(cache.file(for: machine.processor).path)")
  }
}
