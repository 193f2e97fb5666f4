import ArgumentParser
import Squeeze

/// `squeeze devices`: the hardware that models are judged for.
struct Devices: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "devices",
    abstract: "List the devices for --hardware, and their limits.",
    discussion: """
      Peak rates and bandwidths are those of data sheets, 1 MAC = 2 operations; "op/B" is how many \
      operations a device does while one byte comes from its memory. A .yaml file of the same keys \
      describes another device.

      EXAMPLES
        squeeze devices
        squeeze devices --json
        squeeze inspect model.sqz --hardware cortex-m7,my-board.yaml
      """
  )

  @OptionGroup var output: OutputOptions

  private struct Entry: Encodable {
    var name: String
    var title: String
    var kind: String
    var year: Int
    var precision: String
    var gigaoperations_per_second: [String: Double]
    var memory_gigabytes_per_second: Double?
    var operations_per_byte: Double?
    var watts: Double?
    var source: String
  }

  func run() throws {
    let entries = try HardwareCatalog.all().map { device in
      Entry(
        name: device.name,
        title: device.title,
        kind: device.kind.rawValue,
        year: device.year,
        precision: device.fastestPrecision.rawValue,
        gigaoperations_per_second: Dictionary(
          uniqueKeysWithValues: device.gigaoperationsPerSecond.map { ($0.key.rawValue, $0.value) }
        ),
        memory_gigabytes_per_second: device.memory?.gigabytesPerSecond,
        operations_per_byte: device.operationsPerByte(),
        watts: device.watts,
        source: device.source
      )
    }
    if output.json { return try Console.json(entries) }
    let table = Table(
      [
        .init("device"), .init("year", .right), .init("numbers"), .init("Gop/s", .right),
        .init("GB/s", .right), .init("op/B", .right), .init("W", .right), .init("title"),
      ],
      rows: entries.map {
        [
          $0.name, "\($0.year)", $0.precision,
          Units.rounded($0.gigaoperations_per_second[$0.precision] ?? 0),
          $0.memory_gigabytes_per_second.map(Units.rounded) ?? "",
          $0.operations_per_byte.map(Units.rounded) ?? "", $0.watts.map(Units.rounded) ?? "",
          $0.title,
        ]
      }
    )
    Console.print(table.text, terminator: "")
  }
}
