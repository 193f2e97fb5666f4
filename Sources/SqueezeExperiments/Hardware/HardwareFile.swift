public import Foundation
public import SqueezeDesign

/// Reads a device from YAML.
///
///     name: v100
///     title: NVIDIA Tesla V100, PCIe
///     kind: gpu
///     year: 2017
///     source: NVIDIA, Tesla V100 data sheet
///     peak: {float32: 14000, float16: 112000}
///     levels:
///       - {name: HBM, bytes: 17179869184, rate: 900}
public enum HardwareFile {
  /// Reads a device from a file.
  ///
  /// - Throws: ``ConfigError`` that names file and line.
  public static func read(contentsOf url: URL) throws(ConfigError) -> Hardware {
    try read(ConfigReader.text(of: url, "device"), file: url.lastPathComponent)
  }

  /// Reads a device from a text.
  ///
  /// - Throws: ``ConfigError`` that names the line.
  public static func read(_ text: String, file: String) throws(ConfigError) -> Hardware {
    let settings = try ConfigReader(file: file).read(text, as: schema)
    var rates: [Hardware.Precision: Double] = [:]
    for precision in Hardware.Precision.allCases {
      rates[precision] = settings.settings("peak")?.number(precision.rawValue)
    }
    let levels = settings.variants("levels").map { level($0, name: $0.variant ?? "") }
    // A section that is left out reads as one without values.
    let flash = settings.settings("flash").flatMap { section in
      section.has("bytes") || section.has("rate") ? level(section, name: "flash") : nil
    }
    guard !rates.isEmpty, levels.contains(where: { $0.gigabytesPerSecond != nil }) else {
      throw ConfigError(
        file,
        line: settings.lines[rates.isEmpty ? "peak" : "levels"],
        expected: rates.isEmpty ? "the rate of a precision" : "a memory with a rate",
        actual: "none"
      )
    }
    return Hardware(
      name: settings.text("name") ?? "",
      title: settings.text("title") ?? "",
      kind: settings.text("kind").flatMap { Hardware.Kind(rawValue: $0) } ?? .board,
      year: settings.integer("year") ?? 0,
      source: settings.text("source") ?? "",
      gigaoperationsPerSecond: rates,
      levels: levels,
      flash: flash,
      watts: settings.number("watts"),
      picojoulesPerMAC: settings.number("picojoules_per_mac"),
      picojoulesPerByte: settings.number("picojoules_per_byte")
    )
  }

  private static func level(_ settings: Settings, name: String) -> Hardware.Level {
    Hardware.Level(
      name,
      bytes: settings.integer("bytes"),
      gigabytesPerSecond: settings.number("rate")
    )
  }

  private static let rate: ClosedRange<Double> = 1e-6...1e12

  private static let sizes = [
    ConfigField("bytes", .integer(1...Int.max), "What it holds."),
    ConfigField("rate", .number(rate), "What is read from it, in 10⁹ bytes per second."),
  ]

  /// The keys of a device.
  public static let schema = ConfigSection(
    "device",
    "What a device computes and moves per second at most.",
    [
      ConfigField("name", .text, isRequired: true, "The name on the command line."),
      ConfigField("title", .text, isRequired: true, "The name in prose."),
      ConfigField(
        "kind",
        .word(Hardware.Kind.allCases.map(\.rawValue)),
        isRequired: true,
        "The sort of device."
      ),
      ConfigField("year", .integer(1940...2100), isRequired: true, "When it came out."),
      ConfigField("source", .text, isRequired: true, "Where the numbers come from."),
      ConfigField(
        "peak",
        .section(
          ConfigSection(
            "peak",
            "Operations per second by precision, in 10⁹; 1 MAC = 2 operations.",
            Hardware.Precision.allCases.map { ConfigField($0.rawValue, .number(rate), "Its rate.") }
          )
        ),
        isRequired: true,
        "What it computes at most."
      ),
      ConfigField(
        "levels",
        .variants(
          ConfigVariants(
            "level",
            ["L1", "L2", "L3", "SLC", "SRAM", "TCM", "DRAM", "GDDR", "HBM"].map {
              ConfigSection($0, "A memory.", sizes)
            }
          )
        ),
        isRequired: true,
        "Caches and memory, nearest first."
      ),
      ConfigField(
        "flash",
        .section(ConfigSection("flash", "Where weights are read from.", sizes)),
        "Memory of program and weights, where a network runs from it."
      ),
      ConfigField("watts", .number(rate), "Electrical power under load."),
      ConfigField("picojoules_per_mac", .number(rate), "Energy of a multiply–accumulate."),
      ConfigField("picojoules_per_byte", .number(rate), "Energy of a byte of the last level."),
    ]
  )
}
