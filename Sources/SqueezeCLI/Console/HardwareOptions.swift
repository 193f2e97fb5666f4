import ArgumentParser
import Foundation
import Squeeze

/// `--hardware` and what goes with it, for commands that say what a model costs.
struct HardwareOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Devices by name, .yaml files, or this for this machine.",
      valueName: "device,device,…"
    )
  )
  var hardware: String?
  @Option(
    help:
      "The numbers to compute in: float32, float16, bfloat16 or int8; else each device's fastest."
  )
  var numbers: String?
  @Option(help: "The bandwidth for downloads and updates, in Mbit/s.")
  var bandwidth = 10.0

  func validate() throws {
    guard bandwidth > 0, bandwidth.isFinite else {
      throw ValidationError("--bandwidth: expected more than 0, got \(bandwidth)")
    }
    _ = try precision()
  }

  /// The numbers that were named; `nil` leaves them to each device.
  func precision() throws -> Hardware.Precision? {
    guard let numbers else { return nil }
    guard let precision = Hardware.Precision(rawValue: numbers) else {
      let names = Hardware.Precision.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("--numbers: expected one of \(names), got \(numbers)")
    }
    return precision
  }

  /// The devices that were named; none without the option.
  func devices() throws -> [Hardware] {
    guard let hardware else { return [] }
    return try HardwareCatalog.devices(hardware) {
      try HardwareCatalog.thisMachine(
        threads: ProcessInfo.processInfo.activeProcessorCount
      ) { probe in
        Console.note("measuring this machine, once")
        return probe.measure()
      }
    }
  }

  /// What a model costs on the devices; `nil` where none were named.
  func report(_ model: Model, _ cost: ModelCost, fileBytes: Int?) throws -> HardwareReport? {
    let devices = try devices()
    guard !devices.isEmpty else { return nil }
    return try HardwareReport(
      model,
      cost: cost,
      devices: devices,
      precision: try precision(),
      fileBytes: fileBytes
    )
  }
}
