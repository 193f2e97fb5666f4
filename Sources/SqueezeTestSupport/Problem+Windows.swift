import SqueezeGraph
import SqueezeOperators
import SqueezeTensor

extension Problem {
  /// Convolutions and poolings with windows, groups and sizes drawn at random, some over signals.
  public static func randomWindows(seeds: Range<UInt64>) -> [Problem] {
    seeds.flatMap { seed -> [Problem] in
      var random = SeededGenerator(seed: seed &+ 1000)
      func draw(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
      let rank = draw(1...2)
      func axes(_ range: ClosedRange<Int>) -> [Int] { (0..<rank).map { _ in draw(range) } }
      let kernel = axes(1...4)
      // Padding below the kernel's size, so that poolings take it too.
      let begin = kernel.map { draw(0...($0 - 1)) }
      let end = kernel.map { draw(0...($0 - 1)) }
      let window = SlidingWindow(
        kernelSize: kernel,
        stride: axes(1...3),
        dilation: axes(1...2),
        padding: [.explicit(begin: begin, end: end), .sameUpper, .sameLower][draw(0...2)],
        rounding: draw(0...1) == 0 ? .down : .up
      )
      let groups = draw(1...3)
      let shape = Shape([draw(1...2), groups * draw(1...2)] + axes(3...8))
      var convolved = window
      convolved.rounding = .down
      let outputs = groups * draw(1...2)
      let hasBias = draw(0...1) == 0
      let operators: [any Operator] = [
        Convolution(
          outputChannels: outputs,
          window: convolved,
          groups: groups,
          hasBias: hasBias
        ),
        TransposedConvolution(
          outputChannels: outputs,
          window: convolved,
          groups: groups,
          hasBias: hasBias
        ),
        MaxPool(window: window),
        AveragePool(window: window, countsPadding: draw(0...1) == 0),
      ]
      return operators.compactMap { op -> Problem? in
        let specs = [TensorSpec(shape)]
        guard (try? op.checkedOutputs(for: specs)) != nil else { return nil }
        return try? Problem(op, specs, seed: seed)
      }
    }
  }
}
