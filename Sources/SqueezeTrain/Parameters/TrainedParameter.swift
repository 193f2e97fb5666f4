import SqueezeParameters
import SqueezeTensor

/// A parameter while it is trained: its encoding, the scalars an optimizer changes, and what belongs to
/// each.
struct TrainedParameter: Sendable {
  let key: String
  let shape: Shape
  /// The encoding as training began; its ``ParameterEncoding/free`` scalars are in ``values``.
  let template: any ParameterEncoding
  /// Whether the scalars are the decoded tensor itself.
  let isDense: Bool
  /// The weight decay.
  let decay: Float
  /// The free scalars in full precision.
  var values: [Float]
  /// The optimizer's slots, one after the other.
  var slots: [Float]
  /// The average of ``values``; empty without averaging.
  var average: [Float]

  /// Begins to train a parameter.
  init(
    _ key: String,
    _ encoding: any ParameterEncoding,
    decay: Float,
    slotCount: Int,
    isAveraged: Bool
  ) {
    let values = encoding.free
    self.init(
      key,
      template: encoding,
      decay: decay,
      values: values,
      slots: [Float](repeating: 0, count: slotCount * values.count),
      average: isAveraged ? values : []
    )
  }

  /// Goes on with a parameter.
  init(
    _ key: String,
    template: any ParameterEncoding,
    decay: Float,
    values: [Float],
    slots: [Float],
    average: [Float]
  ) {
    self.key = key
    shape = template.shape
    isDense = template is Dense
    self.template = template
    self.decay = decay
    self.values = values
    self.slots = slots
    self.average = average
  }

  /// The encoding with certain free scalars.
  func encoding(_ free: [Float]) -> any ParameterEncoding {
    if isDense { return Dense(Tensor(shape, free)) }
    var encoding = template
    encoding.free = free
    return encoding
  }

  /// What the model computes with; shares the memory of ``values`` where the encoding is dense.
  var decoded: Tensor { isDense ? Tensor(shape, values) : encoding(values).decoded() }

  /// The gradient of the free scalars, given that of the decoded tensor.
  func pullback(_ gradient: Tensor) -> [Float] {
    isDense ? gradient.scalars : encoding(values).pullback(gradient)
  }

  /// Changes the values by their gradients, and the average after them.
  ///
  /// - Parameters:
  ///   - gradients: one per value.
  ///   - optimizer: the rule.
  ///   - step: the step; its decay is replaced by the parameter's own.
  ///   - memory: how much of the old average stays.
  ///   - threads: how many share the work.
  mutating func follow(
    _ gradients: [Float],
    _ optimizer: any Optimizer,
    _ step: OptimizerStep,
    averageDecay memory: Float,
    threads: Int
  ) {
    var step = step
    step.weightDecay = decay
    let count = values.count
    precondition(gradients.count == count, "\(gradients.count) gradients for \(count) scalars")
    values.withUnsafeMutableBufferPointer { values in
      gradients.withUnsafeBufferPointer { gradients in
        slots.withUnsafeMutableBufferPointer { slots in
          average.withUnsafeMutableBufferPointer { average in
            guard let values = values.baseAddress, let gradients = gradients.baseAddress else {
              return
            }
            // Without slots or average the pointers below are never read.
            let slots = slots.baseAddress ?? values
            let average = average.isEmpty ? nil : average.baseAddress
            Chunks.forEach(of: count, threads: threads) { _, range in
              let first = range.lowerBound
              optimizer.update(
                ParameterSlice(
                  count: range.count,
                  values: values + first,
                  gradients: gradients + first,
                  slots: slots + first,
                  slotStride: count
                ),
                step
              )
              guard let average else { return }
              for i in range { average[i] = memory * average[i] + (1 - memory) * values[i] }
            }
          }
        }
      }
    }
  }
}

extension ParameterEncoding {
  /// The same encoding as reading its stored form gives it, so that the order of its free scalars is the one
  /// that a checkpoint restores.
  func canonical() throws(EncodingError) -> any ParameterEncoding { try Self(stored: stored) }
}
