import Foundation

/// Numbers with units as people read them; KB is 1000 bytes.
public enum Units {
  /// Bytes with a decimal prefix, such as `4.99 MB`.
  public static func bytes(_ count: Int) -> String {
    count < 1000 ? "\(count) B" : scaled(Double(count), ["", "K", "M", "G", "T"], "B")
  }

  /// A count with a decimal prefix, such as `1.25 M`.
  public static func count(_ count: Int) -> String {
    count < 1000
      ? "\(count)"
      : scaled(Double(count), ["", "K", "M", "G", "T", "P"], "").trimmingCharacters(
        in: .whitespaces
      )
  }

  /// A count with all its digits, in groups of three, such as `1,248,424`.
  public static func grouped(_ count: Int) -> String {
    var digits = String(count.magnitude)
    var groups: [String] = []
    while digits.count > 3 {
      groups.insert(String(digits.suffix(3)), at: 0)
      digits.removeLast(3)
    }
    return (count < 0 ? "-" : "") + ([digits] + groups).joined(separator: ",")
  }

  /// A time, such as `12.3 ms` or `4.5 s`.
  public static func seconds(_ seconds: Double) -> String {
    switch seconds {
    case ..<1e-3: "\(rounded(seconds * 1e6)) µs"
    case ..<1: "\(rounded(seconds * 1e3)) ms"
    case ..<120: "\(rounded(seconds)) s"
    default: "\(Int(seconds) / 60) min \(Int(seconds) % 60) s"
    }
  }

  /// A fraction in percent with two decimals, such as `63.71 %`.
  public static func percent(_ fraction: Double) -> String {
    String(format: "%.2f %%", fraction * 100)
  }

  /// A number with three significant digits.
  public static func rounded(_ value: Double) -> String {
    switch abs(value) {
    case 100...: String(format: "%.0f", value)
    case 10..<100: String(format: "%.1f", value)
    default: String(format: "%.2f", value)
    }
  }

  private static func scaled(_ value: Double, _ prefixes: [String], _ unit: String) -> String {
    var value = value
    var prefix = 0
    while value >= 999.5, prefix < prefixes.count - 1 {
      value /= 1000
      prefix += 1
    }
    return "\(rounded(value)) \(prefixes[prefix])\(unit)"
  }
}
