import ArgumentParser
import Squeeze

/// `squeeze compare`: models side by side.
struct Compare: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Compare what models cost, side by side.",
    discussion: """
      In brackets stands how many times less a model costs than the first. Names of squeeze models stand \
      for themselves, without a file. With --hardware also the least time on some devices.

      EXAMPLES
        squeeze compare alexnet squeezenet-v1.0
        squeeze compare before.sqz after.sqz --hardware raspberry-pi-4,this
      """
  )

  @Argument(help: "The models: files, or names of squeeze models.")
  var models: [String]
  @OptionGroup var hardware: HardwareOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    let devices = try hardware.devices()
    let entries = try models.map { name in
      ComparisonReport.Entry(
        name,
        cost: try NamedModel.structure(name).cost(),
        fileBytes: NamedModel.fileBytes(name),
        devices: devices,
        precision: try hardware.precision()
      )
    }
    let report = ComparisonReport(entries, megabitsPerSecond: hardware.bandwidth)
    if output.json { return try Console.json(report.json) }
    Console.print(report.table.text, terminator: "")
  }
}
