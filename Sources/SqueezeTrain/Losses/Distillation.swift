public import SqueezeData
public import SqueezeGraph
public import SqueezeTensor

/// What a large teacher answers, softened, besides what is right.
///
/// `α T² KL(softmax(z / T) ‖ softmax(x / T)) + (1 − α) hard`, with the scores `x` of the network, `z` of the
/// teacher on the same inputs, and the temperature `T`.
///
/// Reduction: the divergence is summed over channels and averaged over positions ("batchmean" in PyTorch
/// for `[N, C]`); the hard loss has its own.
///
/// Source: Hinton, Vinyals and Dean, "Distilling the Knowledge in a Neural Network" (2015), §2.
public struct Distillation: Loss {
  /// The loss on true targets.
  public let hard: any Loss
  /// The temperature, above 0.
  public let temperature: Float
  /// The share of the teacher, in `0...1`.
  public let teacherShare: Double
  private let teacher: Model
  private let output: String
  private let runtime: any Runtime

  /// Creates the loss.
  ///
  /// - Parameters:
  ///   - teacher: a model with one input of the student's shape; its logits are used.
  ///   - runtime: what runs the teacher.
  ///   - hard: the loss on true targets.
  ///   - temperature: `T`.
  ///   - teacherShare: `α`.
  /// - Throws: ``TrainingError/setting(_:expected:actual:)``.
  public init(
    teacher: Model,
    runtime: any Runtime,
    hard: any Loss = CrossEntropy(),
    temperature: Float = 4,
    teacherShare: Double = 0.9
  ) throws(TrainingError) {
    guard temperature > 0, temperature.isFinite else {
      throw .setting("temperature", expected: "a number above 0", actual: "\(temperature)")
    }
    guard (0...1).contains(teacherShare) else {
      throw .setting("teacher share", expected: "0 to 1", actual: "\(teacherShare)")
    }
    guard teacher.inputs.count == 1, let name = teacher.outputs.first else {
      throw .setting(
        "teacher",
        expected: "one input and an output",
        actual: "\(teacher.inputs.count) inputs"
      )
    }
    guard hard.takesLogits else {
      throw .setting("hard loss", expected: "a loss on logits", actual: hard.settings)
    }
    output = teacher.logits(of: name)
    self.teacher = teacher.giving([output])
    self.runtime = runtime
    self.hard = hard
    self.temperature = temperature
    self.teacherShare = teacherShare
  }

  public var settings: String {
    "Distillation(teacher: \(teacher.name) \(teacher.weightsHash), hard: \(hard.settings), "
      + "temperature: \(temperature), teacherShare: \(teacherShare))"
  }

  public func evaluate(
    _ output: Tensor,
    _ batch: TrainingBatch
  ) throws(TrainingError) -> LossValue {
    let layout = try ScoreLayout("distillation", output)
    let scores: Tensor
    do {
      let results = try runtime.run(teacher, inputs: [teacher.inputs[0].name: batch.inputs])
      guard let result = results[self.output] else {
        throw ModelError.unknownOutput(self.output)
      }
      scores = result
    } catch {
      throw .target("teacher", expected: "scores", actual: "\(error)")
    }
    guard scores.shape == output.shape else {
      throw .target("teacher", expected: "scores \(output.shape)", actual: "\(scores.shape)")
    }
    var result = try hard.evaluate(output, batch)
    let soft = divergence(output, from: scores, layout)
    let hardShare = Float(1 - teacherShare)
    result.value = teacherShare * soft.value + (1 - teacherShare) * result.value
    let softShare = Float(teacherShare)
    result.gradient.scalars.withUnsafeMutableBufferPointer { gradient in
      soft.gradient.scalars.withUnsafeBufferPointer { soft in
        for i in gradient.indices { gradient[i] = hardShare * gradient[i] + softShare * soft[i] }
      }
    }
    return result
  }

  /// `T² KL` and its gradient, `T (softmax(x / T) − softmax(z / T))`, over the number of positions.
  private func divergence(
    _ output: Tensor,
    from scores: Tensor,
    _ layout: ScoreLayout
  ) -> LossValue {
    let (count, positions) = (layout.count, layout.positions)
    let (channels, area) = (layout.channels, layout.area)
    let scale = 1 / Float(max(1, positions))
    var facts = [Float](repeating: 0, count: 4 * positions)
    var wanted = [Float](repeating: 0, count: count)
    var sum = 0.0
    let gradient = filled(count) { p in
      facts.withUnsafeMutableBufferPointer { facts in
        wanted.withUnsafeMutableBufferPointer { wanted in
          output.scalars.withUnsafeBufferPointer { x in
            scores.scalars.withUnsafeBufferPointer { z in
              guard let facts = facts.baseAddress, let q = wanted.baseAddress,
                let x = x.baseAddress, let z = z.baseAddress
              else { return }
              let (top, logs) = (facts, facts + positions)
              let (otherTop, otherLogs) = (facts + 2 * positions, facts + 3 * positions)
              layout.softmax(x, temperature: temperature, p, largest: top, logSums: logs)
              layout.softmax(
                z,
                temperature: temperature,
                q,
                largest: otherTop,
                logSums: otherLogs
              )
              for n in 0..<layout.samples {
                for c in 0..<channels {
                  let first = (n * channels + c) * area
                  for i in 0..<area {
                    let (at, position) = (first + i, n * area + i)
                    let own = x[at] / temperature - top[position] - logs[position]
                    let other = z[at] / temperature - otherTop[position] - otherLogs[position]
                    if q[at] > 0 { sum += Double(q[at]) * Double(other - own) }
                    p[at] = scale * temperature * (p[at] - q[at])
                  }
                }
              }
            }
          }
        }
      }
    }
    let value = sum * Double(scale) * Double(temperature * temperature)
    return LossValue(value: value, gradient: Tensor(output.shape, gradient))
  }
}
