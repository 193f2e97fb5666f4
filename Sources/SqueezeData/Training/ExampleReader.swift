import Synchronization

/// What happens at a sample that cannot be read.
public enum UnreadablePolicy: Sendable, Hashable {
  /// The error, which names the file, ends the work.
  case stop
  /// The next sample that can be read takes its place; the report counts it.
  case skip
}

/// A sample that could not be read.
public struct SkippedExample: Sendable, Hashable {
  public var index: Int
  public var name: String
  public var reason: String
}

/// Reads samples for batches, checks them, and replaces those that cannot be read.
final class ExampleReader: Sendable {
  let examples: any TrainingExamples
  let policy: UnreadablePolicy
  private let skippedByIndex = Mutex([Int: SkippedExample]())

  init(_ examples: any TrainingExamples, _ policy: UnreadablePolicy) {
    self.examples = examples
    self.policy = policy
  }

  var skipped: [SkippedExample] {
    skippedByIndex.withLock { $0.values.sorted { $0.index < $1.index } }
  }

  /// The sample of an index, or the next that can be read, and which it is.
  func read(_ index: Int) throws -> (index: Int, example: TrainingExample) {
    for step in 0..<examples.count {
      let position = (index + step) % examples.count
      guard let example = try readUnlessSkipped(position) else { continue }
      try check(example, position)
      return (position, example)
    }
    throw DataError(
      examples.name,
      expected: "a sample that can be read",
      actual: "none of \(examples.count)"
    )
  }

  private func readUnlessSkipped(_ index: Int) throws -> TrainingExample? {
    if policy == .skip, skippedByIndex.withLock({ $0[index] != nil }) { return nil }
    do {
      return try examples.example(index)
    } catch let error as LabelError {
      throw error
    } catch  where policy == .skip {
      let skipped = SkippedExample(
        index: index,
        name: examples.exampleName(index),
        reason: String(describing: error)
      )
      skippedByIndex.withLock { $0[index] = skipped }
      return nil
    }
  }

  private func check(_ example: TrainingExample, _ index: Int) throws {
    func place() -> String { "\(examples.name)/\(examples.exampleName(index))" }
    guard example.shape == examples.inputShape else {
      let expected = "an input \(examples.inputShape)"
      throw DataError(place(), expected: expected, actual: "\(example.shape)")
    }
    if case .classIndex(let label) = example.target {
      guard examples.classes.indices.contains(label) else {
        throw LabelError(place(), classCount: examples.classes.count, label: label)
      }
    }
  }
}
