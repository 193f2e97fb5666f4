/// Mixes stretched probabilities and other evidence by online logistic regression.
///
/// `p = squash(Σ wᵢ xᵢ)`, then `wᵢ += rate · (bit − p) · xᵢ`; Mahoney, "Adaptive weighing of context
/// models for lossless data compression" (2005), §3.1. Inputs have 8 fractional bits, weights 14.
struct LogisticMixer<Lanes: SIMD & BitwiseCopyable> where Lanes.Scalar == Int32 {
  private let weights: UnsafeMutablePointer<Lanes>
  private let rate: Int32
  private let tables: CodingTables

  /// `sets` of weights to choose from, all `initial` before anything was learnt; `rate` is the
  /// learning rate in 1/1024.
  init(
    sets: Int,
    initial: Lanes,
    rate: Int32,
    _ tables: CodingTables,
    _ memory: ScratchMemory
  ) {
    weights = memory.allocate(sets, repeating: initial)
    self.rate = rate
    self.tables = tables
  }

  /// Codes a bit with the mixture of `inputs` under weight set `set`, which then learns from it.
  ///
  /// The result is the bit and the stretched probability of a 1 it was coded with.
  @inline(__always)
  func code(
    _ bit: Int,
    inputs: Lanes,
    set: Int,
    _ coder: inout some BinaryCoder
  ) -> (bit: Int, evidence: Int32) {
    let before = weights[set]
    let evidence = max(-2047, min(2047, (inputs &* before).wrappedSum() &>> 14))
    let probability = tables.squashed(evidence)
    let coded = coder.code(bit, probability: probability)
    let error = Int32(truncatingIfNeeded: coded &<< 16) &- Int32(probability)
    let step = (error &* rate) &>> 6
    let change = inputs &* Lanes(repeating: step) &+ Lanes(repeating: 1 << 13)
    weights[set] = before &+ (change &>> Lanes(repeating: 14))
    return (coded, evidence)
  }
}
