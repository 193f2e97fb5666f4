import Crypto
import Foundation

/// Which build of the program this is.
enum CodeVersion {
  /// The first 12 digits of the SHA-256 of the running program's file: another build is another version.
  ///
  /// A package has no other mark of its own that changes with every edit.
  static let current: String = {
    guard let path = Bundle.main.executablePath,
      let data = try? Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe)
    else { return "unknown" }
    return SHA256.hash(data: data).prefix(6).map { String(format: "%02x", $0) }.joined()
  }()
}
