import Foundation
public import SqueezeDesign
public import SqueezeEngine
public import SqueezeMeasure

/// Devices by name: those that come with the library, files, and this machine.
public enum HardwareCatalog {
  /// The devices of the library; adding one adds a YAML text beside this file and one line here.
  public static let texts: [String] = [
    DeviceTexts.k20, DeviceTexts.v100, DeviceTexts.estimate2020, DeviceTexts.raspberryPi4,
    DeviceTexts.jetsonNano, DeviceTexts.coral, DeviceTexts.cortexM4, DeviceTexts.cortexM7,
    DeviceTexts.iPhone12, DeviceTexts.snapdragon865,
  ]

  /// Every device of the library.
  ///
  /// - Throws: ``ConfigError`` where a text of the library is wrong, which its tests rule out.
  public static func all() throws(ConfigError) -> [Hardware] {
    var devices: [Hardware] = []
    for text in texts { devices.append(try HardwareFile.read(text, file: "library")) }
    return devices
  }

  /// The device of a name, or of a `.yaml` file in a folder; `nil` where the name is neither.
  ///
  /// - Throws: ``ConfigError`` where the file is wrong.
  static func device(_ name: String, in folder: URL) throws(ConfigError) -> Hardware? {
    if let device = try all().first(where: { $0.name == name }) { return device }
    guard name.hasSuffix(".yaml") || name.hasSuffix(".yml") else { return nil }
    return try HardwareFile.read(contentsOf: URL(fileURLWithPath: name, relativeTo: folder))
  }

  /// The devices of a list such as `v100,raspberry-pi-4,this,my-board.yaml`.
  ///
  /// - Parameters:
  ///   - names: names of the library, paths of `.yaml` files, or `this`, divided by commas.
  ///   - this: describes this machine; called only where it is named.
  /// - Returns: the devices in the order of their names.
  /// - Throws: ``ConfigError`` that names what is unknown.
  public static func devices(
    _ names: String,
    this: () throws -> Hardware
  ) throws -> [Hardware] {
    let folder = URL(
      fileURLWithPath: FileManager.default.currentDirectoryPath,
      isDirectory: true
    )
    return try names.split(separator: ",").map { part in
      let name = part.trimmingCharacters(in: .whitespaces)
      if name == "this" { return try this() }
      if let device = try device(name, in: folder) { return device }
      let names = try all().map(\.name) + ["this"]
      throw ConfigError(
        "--hardware",
        line: nil,
        expected: "a .yaml file or one of \(names.joined(separator: ", "))",
        actual: Spelling.suggestion(for: name, among: names)
      )
    }
  }

  /// This machine, from what is remembered of it or a measurement of some seconds.
  ///
  /// - Throws: `EngineError` where the environment asks for an instruction set that is not there,
  ///   ``ConfigError`` where the measurement does not cover the threads.
  public static func thisMachine(
    threads: Int,
    probing: (MachineProbe) -> Machine = { $0.measure() }
  ) throws -> Hardware {
    let set = try InstructionSet.chosen()
    let machine = MachineCache().thisMachine(threads: threads, probing: probing)
    guard let hardware = Hardware(machine, set, threads: threads) else {
      throw ConfigError(
        "--hardware this",
        line: nil,
        expected: "limits measured with \(set.rawValue) on \(threads) threads",
        actual: "none"
      )
    }
    return hardware
  }
}
