import Foundation
import SqueezeDesign
import SqueezeExperiments
import Testing

@Suite struct HardwareCatalogTests {
  /// The lecture's table: operations a device does while it reads one byte.
  @Test(
    "the lecture's table",
    arguments: [
      ("k20", 3.5, 0.208, 17), ("v100", 112, 0.9, 124), ("estimate-2020", 2500, 1.8, 1389),
    ]
  )
  func reproducesTheLecture(_ name: String, _ tera: Double, _ terabytes: Double, _ ratio: Int)
    throws
  {
    let device = try #require(try HardwareCatalog.all().first { $0.name == name })
    #expect(device.gigaoperationsPerSecond[device.fastestPrecision] == tera * 1000)
    #expect(abs((device.memory?.gigabytesPerSecond ?? 0) - terabytes * 1000) < 1e-9)
    #expect(Int(try #require(device.operationsPerByte()).rounded()) == ratio)
  }

  @Test func everyDeviceIsSound() throws {
    let devices = try HardwareCatalog.all()
    #expect(Set(devices.map(\.name)).count == devices.count)
    for kind in [Hardware.Kind.gpu, .board, .microcontroller, .phone, .accelerator] {
      #expect(devices.contains { $0.kind == kind })
    }
    for device in devices {
      #expect(device.operationsPerByte() != nil && HardwareRoofline(device) != nil)
      #expect(!device.source.isEmpty && !device.isMeasured)
      #expect((device.kind == .microcontroller) == (device.flash?.bytes != nil))
      #expect((device.flash == nil) == (device.kind != .microcontroller))
    }
  }

  @Test func picksDevices() throws {
    let this = Hardware(
      name: "this",
      title: "",
      kind: .cpu,
      year: 0,
      source: "",
      gigaoperationsPerSecond: [:],
      levels: []
    )
    let found = try HardwareCatalog.devices("v100, this,cortex-m4") { this }
    #expect(found.map(\.name) == ["v100", "this", "cortex-m4"])
    let error = #expect(throws: ConfigError.self) {
      try HardwareCatalog.devices("raspberrypi-4") { this }
    }
    #expect(error?.description.contains("did you mean raspberry-pi-4?") == true)
  }

  @Test(
    "mistakes name the line",
    arguments: [
      ("kind: gpu", "kind: car", "kind to be one of"),
      ("year: 2017", "yaer: 2017", "did you mean year?"),
      ("HBM, bytes: 17179869184, rate: 900", "HBM", "a memory with a rate"),
      ("peak: {float32: 14000, float16: 112000}", "peak: {}", "the rate of a precision"),
      ("rate: 900", "rate: fast", "rate"),
    ]
  )
  func namesMistakes(_ right: String, _ wrong: String, _ expected: String) throws {
    let text = """
      name: x
      title: x
      kind: gpu
      year: 2017
      source: x
      peak: {float32: 14000, float16: 112000}
      levels:
        - {name: HBM, bytes: 17179869184, rate: 900}
      """
    #expect(try HardwareFile.read(text, file: "x.yaml").year == 2017)
    let error = #expect(throws: ConfigError.self) {
      try HardwareFile.read(text.replacing(right, with: wrong), file: "x.yaml")
    }
    #expect(error?.description.contains(expected) == true, "\(error?.description ?? "")")
  }
}
