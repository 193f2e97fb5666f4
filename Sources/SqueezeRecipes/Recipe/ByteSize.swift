/// Sizes of files as people write them; KB is 1000 bytes.
public enum ByteSize {
  private static let units: [(name: String, factor: Double)] = [
    ("KB", 1e3), ("MB", 1e6), ("GB", 1e9), ("K", 1e3), ("M", 1e6), ("G", 1e9), ("B", 1),
  ]

  /// The bytes that a text such as `400KB`, `1.5 MB` or `27000` means, or `nil`.
  public static func bytes(_ text: String) -> Int? {
    let text = text.uppercased().filter { $0 != " " && $0 != "_" }
    let unit = units.first { text.hasSuffix($0.name) }
    let digits = text.dropLast(unit?.name.count ?? 0)
    guard let number = Double(digits), number.isFinite, number >= 0 else { return nil }
    let bytes = (number * (unit?.factor ?? 1)).rounded()
    return bytes < 0x1p53 ? Int(bytes) : nil
  }
}
