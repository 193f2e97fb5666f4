import SqueezeEngine
import SqueezeGraph
import SqueezeOperators
import SqueezeTensor
import SqueezeTestSupport
import Testing

/// Shapes that leave tails in tiles, blocks and rows, beyond the catalogue's examples.
@Suite struct ConvolutionTests {
  struct Case: Sendable, CustomStringConvertible {
    var op: Convolution
    var input: Shape
    var description: String { "\(input) \(op)" }
  }

  static func cases(
    _ channels: [(input: Int, output: Int)],
    _ sizes: [(Int, Int)],
    _ window: SlidingWindow,
    groups: Int = 1,
    batch: Int = 1
  ) -> [Case] {
    channels.flatMap { channels in
      sizes.map { size in
        Case(
          op: Convolution(outputChannels: channels.output, window: window, groups: groups),
          input: [batch, channels.input, size.0, size.1]
        )
      }
    }
  }

  static let pointwise = cases(
    [(1, 1), (16, 16), (17, 31), (48, 33), (5, 64)],
    [(1, 1), (3, 7), (2, 29), (5, 14), (1, 57)],
    SlidingWindow(1),
    batch: 2
  )
  static let winograd =
    cases(
      [(16, 16), (17, 49), (40, 32)],
      [(12, 12), (13, 13), (11, 15), (30, 17), (57, 9)],
      SlidingWindow(3, padding: 1),
      batch: 2
    ) + cases([(16, 40)], [(14, 14), (18, 15)], SlidingWindow(3))
  static let firstLayers =
    cases(
      [(1, 16), (2, 20), (3, 33), (4, 8)],
      [(15, 23), (31, 16)],
      SlidingWindow(7, stride: 2, padding: 3)
    ) + cases([(3, 17)], [(11, 12)], SlidingWindow(3, dilation: 2, padding: 2))
  static let strided =
    cases(
      [(16, 17), (19, 32), (32, 40)],
      [(9, 9), (14, 31)],
      SlidingWindow(3, stride: 2, padding: 1)
    ) + cases([(24, 16)], [(13, 17)], SlidingWindow(5, stride: 3, dilation: 2, padding: 4))
  static let grouped =
    cases([(32, 64)], [(6, 7)], SlidingWindow(3, padding: 1), groups: 2)
    + cases([(64, 64)], [(5, 9)], SlidingWindow(1), groups: 4)
    + cases([(24, 48)], [(7, 5)], SlidingWindow(3, padding: 1), groups: 3)
    + cases([(20, 30)], [(7, 5)], SlidingWindow(3, padding: 1), groups: 10)
    + cases([(36, 18), (18, 36)], [(5, 5)], SlidingWindow(2), groups: 2)
  static let depthwise =
    cases(
      [(7, 7), (16, 16), (33, 33)],
      [(5, 31), (14, 14)],
      SlidingWindow(3, padding: 1),
      groups: 1
    )
    .map { depthwise($0) }
    + cases([(24, 24)], [(9, 30)], SlidingWindow(5, stride: 2, padding: 2)).map { depthwise($0) }
    + cases(
      [(20, 20)],
      [(1, 1), (2, 6), (7, 7), (6, 13), (3, 29)],
      SlidingWindow(5, padding: 2)
    ).map { depthwise($0) }
    + cases([(16, 16)], [(9, 27)], SlidingWindow(3, dilation: 2, padding: 2)).map { depthwise($0) }
    + cases(
      [(16, 16)],
      [(9, 27)],
      SlidingWindow(kernelSize: [1, 3], padding: .explicit(begin: [0, 1], end: [0, 1]))
    ).map { depthwise($0) }

  static func depthwise(_ original: Case) -> Case {
    var copy = original
    copy.op.groups = original.input[1]
    return copy
  }

  static let all = pointwise + winograd + firstLayers + strided + grouped + depthwise

  @Test("convolutions of awkward sizes agree with the reference", arguments: all)
  func agrees(_ test: Case) throws {
    let problem = try Problem(test.op, [TensorSpec(test.input)], seed: 7)
    for set in InstructionSet.available {
      try expectAgreement(problem, FastRuntime(threadCount: 1, instructionSet: set))
    }
  }

  @Test("results do not depend on the number of threads")
  func bitIdentical() throws {
    let pools = [1, 2, 3].map { ThreadPool(threadCount: $0) }
    for test in Self.all {
      let problem = try Problem(test.op, [TensorSpec(test.input)], seed: 3)
      let model = try problem.model()
      for set in InstructionSet.available {
        let results = try pools.map { pool in
          try CompiledModel(model, pool: pool, instructionSet: set).run(problem.namedInputs)["y0"]
        }
        for result in results {
          #expect(result.map { results[0]?.isBitIdentical(to: $0) ?? false } == true, "\(test)")
        }
      }
    }
  }
}
