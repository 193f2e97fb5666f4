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
    let evidence = predict(inputs, set: set)
    let coded = coder.code(bit, probability: tables.squashed(evidence))
    learn(coded, inputs, set: set, evidence)
    return (coded, evidence)
  }

  /// The stretched probability of a 1 that weight set `set` sees in `inputs`.
  @inline(__always)
  func predict(_ inputs: Lanes, set: Int) -> Int32 {
    max(-2047, min(2047, (inputs &* weights[set]).wrappedSum() &>> 14))
  }

  /// Lets weight set `set` learn that `bit` followed `inputs`, where it had predicted `evidence`.
  @inline(__always)
  func learn(_ bit: Int, _ inputs: Lanes, set: Int, _ evidence: Int32) {
    let error = Int32(truncatingIfNeeded: bit &<< 16) &- Int32(tables.squashed(evidence))
    let step = (error &* rate) &>> 6
    let change = inputs &* Lanes(repeating: step) &+ Lanes(repeating: 1 << 13)
    weights[set] = weights[set] &+ (change &>> Lanes(repeating: 14))
  }
}
