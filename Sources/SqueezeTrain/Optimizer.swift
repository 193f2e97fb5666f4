/// A rule by which parameters follow their gradients.
///
/// An optimizer is a value of settings. What it remembers of each scalar lies in *slots*, as many
/// floats per scalar as ``slotCount`` says, 0 in the beginning; the trainer keeps and saves them.
/// Scalars do not influence each other, so any cut of a parameter into slices gives the same bits.
public protocol Optimizer: Sendable {
  /// The floats remembered per scalar.
  var slotCount: Int { get }
  /// Everything the result depends on, as text; a training goes on only under the same settings.
  var settings: String { get }

  /// Changes the values of a slice in place; it must not allocate.
  func update(_ slice: ParameterSlice, _ step: OptimizerStep)
}

extension Optimizer {
  public var settings: String { "\(self)" }
}

/// What is the same for all scalars of a parameter in one step.
public struct OptimizerStep: Sendable, Hashable {
  /// The learning rate.
  public var rate: Float
  /// The step's number, from 1.
  public var number: Int
  /// The weight decay of this parameter.
  public var weightDecay: Float
  /// What gradients are multiplied by before anything else, as clipping wants it.
  public var gradientScale: Float

  /// Creates a step.
  public init(rate: Float, number: Int, weightDecay: Float = 0, gradientScale: Float = 1) {
    self.rate = rate
    self.number = number
    self.weightDecay = weightDecay
    self.gradientScale = gradientScale
  }
}

/// Some consecutive scalars of a parameter with their gradients and slots, in memory of the caller.
public struct ParameterSlice: @unchecked Sendable {
  /// The number of scalars.
  public let count: Int
  public let values: UnsafeMutablePointer<Float>
  public let gradients: UnsafePointer<Float>
  private let slots: UnsafeMutablePointer<Float>
  private let slotStride: Int

  /// Creates a slice; slot `s` of scalar `i` lies at `slots[s · slotStride + i]`.
  ///
  /// - Precondition: all memory outlives the slice, and nothing else touches it meanwhile.
  public init(
    count: Int,
    values: UnsafeMutablePointer<Float>,
    gradients: UnsafePointer<Float>,
    slots: UnsafeMutablePointer<Float>,
    slotStride: Int
  ) {
    self.count = count
    self.values = values
    self.gradients = gradients
    self.slots = slots
    self.slotStride = slotStride
  }

  /// The memory of one slot, `count` floats.
  public func slot(_ index: Int) -> UnsafeMutablePointer<Float> { slots + index * slotStride }
}

extension Optimizer {
  /// Changes a whole parameter; the same arithmetic as the trainer's, for use without one.
  ///
  /// - Precondition: one gradient per value, ``slotCount`` slots of one float per value.
  public func update(
    _ values: inout [Float],
    gradients: [Float],
    slots: inout [Float],
    _ step: OptimizerStep
  ) {
    let count = values.count
    precondition(gradients.count == count, "\(gradients.count) gradients for \(count) values")
    precondition(slots.count == slotCount * count, "\(slots.count) slots for \(count) values")
    guard count > 0 else { return }
    values.withUnsafeMutableBufferPointer { values in
      gradients.withUnsafeBufferPointer { gradients in
        slots.withUnsafeMutableBufferPointer { slots in
          guard let values = values.baseAddress, let gradients = gradients.baseAddress else {
            return
          }
          update(
            ParameterSlice(
              count: count,
              values: values,
              gradients: gradients,
              slots: slots.baseAddress ?? values,
              slotStride: count
            ),
            step
          )
        }
      }
    }
  }
}
