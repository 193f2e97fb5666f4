import SqueezeTestSupport
import Testing

/// Parses damaged copies of `file`; each must give a value or an error of type `Failure`.
///
/// The intact file must parse, its cuts must not unless `cutsMayParse`.
func fuzz<Failure: Error>(
  _ file: [UInt8],
  count: Int = 10_000,
  cutsMayParse: Bool = false,
  throwing: Failure.Type,
  parse: ([UInt8]) throws -> Void
) throws {
  try parse(file)
  var parsed = 0
  for bytes in Mutations(of: file, count: count) {
    do {
      try parse(bytes)
      parsed += 1
      if !cutsMayParse && bytes.count < file.count {
        Issue.record("a file cut at \(bytes.count) was read")
      }
    } catch is Failure {
      continue
    } catch {
      Issue.record("\(type(of: error)) was thrown: \(error)")
    }
  }
  #expect(parsed < count, "no damage was noticed")
}
