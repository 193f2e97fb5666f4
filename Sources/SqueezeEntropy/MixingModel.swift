/// The probability model of the mixing coder: its tables, and how it predicts each kind of decision.
///
/// Values are in 1/256 of the mean magnitude of the weights that are not zero; `evidence` is a
/// stretched probability in 1/256. What surrounds a weight is gathered by `code`, see
/// `MixingModel+Scan`.
struct MixingModel {
  let layout: SymbolLayout
  let statistics: PlaneStatistics
  let tables: CodingTables
  let fine: RatioClasses
  let coarse: RatioClasses
  /// `256 · log₂(x / 256)` of ratios in 1/256, cut at ±4.
  let logarithms: UnsafeMutablePointer<Int32>

  /// Whether zero has a symbol and is not the only one.
  let hasZero: Bool
  /// Whether both signs occur in the table.
  let hasSign: Bool
  /// The stretched density.
  let baseline: Int32

  /// Where the states of a column, and of a column's tap, begin among `flags`.
  static let columnFlags = 8192
  let tapFlags: Int
  private let flags: UnsafeMutablePointer<AdaptiveBit.State>
  private let flagMixer: LogisticMixer<SIMD16<Int32>>
  private let flagMixerByChannels: LogisticMixer<SIMD16<Int32>>
  private let signs: UnsafeMutablePointer<AdaptiveBit.State>
  private let signMixer: LogisticMixer<SIMD16<Int32>>
  private let signMixerByChannel: LogisticMixer<SIMD16<Int32>>
  /// The upper nodes of the trees under contexts: side, kind of context, context, node.
  private let tops: UnsafeMutablePointer<AdaptiveBit.State>
  private let topMixer: LogisticMixer<SIMD8<Int32>>
  private let topMixerByTap: LogisticMixer<SIMD8<Int32>>
  /// The trees of the negative and of the positive magnitudes.
  private let trees: UnsafeMutablePointer<MagnitudeTree>

  /// How many levels of a tree are mixed.
  private static let mixedLevels = 4
  /// The nodes of those levels, 0 being unused.
  private static let mixedNodes = 16

  /// Three kinds of 64 contexts.
  private static let topContexts = 3 * 64

  init(
    _ layout: SymbolLayout,
    _ symbols: UnsafePointer<UInt16>?,
    _ coder: inout some BinaryCoder,
    _ memory: ScratchMemory
  ) {
    let tables = CodingTables.shared
    let statistics = PlaneStatistics(layout, symbols, &coder, memory)
    self.layout = layout
    self.tables = tables
    self.statistics = statistics
    fine = RatioClasses(bounds: RatioClasses.fine, memory)
    coarse = RatioClasses(bounds: RatioClasses.coarse, memory)
    logarithms = memory.allocate(2048, repeating: -1024)
    for ratio in 16..<2048 {
      // Linear between the powers of two.
      let power = Int.bitWidth - 1 - ratio.leadingZeroBitCount
      let fraction = (ratio - 1 << power) * 256 >> power
      logarithms[ratio] = Int32((power - 8) * 256 + fraction)
    }
    hasZero = layout.zero != nil && layout.alphabet > 1
    hasSign = statistics.hasSign(layout)
    baseline = Int32(tables.stretch[statistics.density >> 4])

    let unknown = AdaptiveBit.unknown
    let likely = AdaptiveBit.state(probability: UInt32(statistics.density), count: 2)
    tapFlags = Self.columnFlags + layout.columns
    let taps = layout.tapRows * layout.tapColumns
    flags = memory.allocate(tapFlags + layout.columns * taps, repeating: likely)
    var flagWeights = SIMD16<Int32>(repeating: 0)
    for lane in 0..<8 { flagWeights[lane] = 2500 }
    flagMixer = LogisticMixer(sets: 64 * 8, initial: flagWeights, rate: 8, tables, memory)
    flagMixerByChannels = LogisticMixer(sets: 64, initial: flagWeights, rate: 8, tables, memory)

    signs = memory.allocate(512 + layout.columns, repeating: unknown)
    var signWeights = SIMD16<Int32>.zero
    signWeights[8] = 5000
    signWeights[9] = 5000
    signMixer = LogisticMixer(sets: 64, initial: signWeights, rate: 160, tables, memory)
    signMixerByChannel = LogisticMixer(sets: 64, initial: signWeights, rate: 100, tables, memory)

    trees = statistics.trees(layout, tables, memory)
    tops = memory.allocate(2 * Self.topContexts * Self.mixedNodes, repeating: unknown)
    for side in 0..<2 {
      for node in 1..<Self.mixedNodes where node < 1 << trees[side].depth {
        let prior = AdaptiveBit.state(
          probability: AdaptiveBit.probability(trees[side].nodes[node]),
          count: 3
        )
        for context in 0..<Self.topContexts {
          tops[(side * Self.topContexts + context) * Self.mixedNodes + node] = prior
        }
      }
    }
    let topWeights = SIMD8<Int32>(5000, 4000, 4000, 4000, 0, 0, 0, 0)
    topMixer = LogisticMixer(
      sets: 2 * Self.mixedNodes,
      initial: topWeights,
      rate: 6,
      tables,
      memory
    )
    topMixerByTap = LogisticMixer(
      sets: 64 * Self.mixedNodes,
      initial: topWeights,
      rate: 6,
      tables,
      memory
    )
  }

  /// Codes whether a weight is other than zero under eight contexts and eight features.
  @inline(__always)
  func codeFlag(
    _ bit: Int,
    _ contexts: SIMD8<Int32>,
    _ features: SIMD8<Int32>,
    set: Int,
    second: Int,
    _ coder: inout some BinaryCoder
  ) -> (bit: Int, evidence: Int32) {
    var inputs = SIMD16<Int32>(lowHalf: .zero, highHalf: features)
    for lane in 0..<8 { inputs[lane] = tables.stretched(flags[Int(contexts[lane])]) }
    let a = flagMixer.predict(inputs, set: set)
    let b = flagMixerByChannels.predict(inputs, set: second)
    let evidence = (a &+ b) &>> 1
    let coded = coder.code(bit, probability: tables.squashed(evidence))
    flagMixer.learn(coded, inputs, set: set, a)
    flagMixerByChannels.learn(coded, inputs, set: second, b)
    for lane in 0..<8 {
      let state = flags + Int(contexts[lane])
      state.pointee = AdaptiveBit.next(state.pointee, coded, limit: 255, tables)
    }
    return (coded, evidence)
  }

  /// Codes whether a weight is positive.
  ///
  /// `history` holds the eight values coded before in the kernel, halved; `others` and `means` six
  /// more values around the weight, or mean ones.
  @inline(__always)
  func codeSign(
    _ bit: Int,
    context: Int,
    column: Int,
    history: SIMD8<Int32>,
    means: SIMD4<Int32>,
    others: SIMD2<Int32>,
    set: Int,
    second: Int,
    _ coder: inout some BinaryCoder
  ) -> (bit: Int, evidence: Int32) {
    let own = signs + context
    let shared = signs + (512 &+ column)
    let first = SIMD4<Int32>(
      lowHalf: SIMD2(tables.stretched(own.pointee), tables.stretched(shared.pointee)),
      highHalf: others
    )
    let inputs = SIMD16(lowHalf: history, highHalf: SIMD8(lowHalf: first, highHalf: means))
    let a = signMixer.predict(inputs, set: set)
    let b = signMixerByChannel.predict(inputs, set: second)
    let evidence = (a &+ b) &>> 1
    let coded = coder.code(bit, probability: tables.squashed(evidence))
    signMixer.learn(coded, inputs, set: set, a)
    signMixerByChannel.learn(coded, inputs, set: second, b)
    own.pointee = AdaptiveBit.next(own.pointee, coded, limit: 400, tables)
    shared.pointee = AdaptiveBit.next(shared.pointee, coded, limit: 400, tables)
    return (coded, evidence)
  }

  /// Codes the rank of a magnitude; a decoder passes 0.
  ///
  /// Three contexts and the place of the weight in its kernel, all 0 to 63, refine the upper levels of
  /// the tree; `features` are four more inputs.
  @inline(__always)
  func codeMagnitude(
    _ rank: Int,
    side: Int,
    _ contexts: SIMD4<Int32>,
    _ features: SIMD4<Int32>,
    _ coder: inout some BinaryCoder
  ) -> Int {
    let tree = trees + side
    let depth = tree.pointee.depth
    guard depth > 0 else { return 0 }
    let nodes = tree.pointee.nodes
    let path = 1 << depth | Int(tree.pointee.paths[rank])
    var shift = depth &- 1
    var node = 1
    let base = tops + side &* (Self.topContexts &* Self.mixedNodes)
    let one = base + Int(contexts[0]) &* Self.mixedNodes
    let two = base + (64 &+ Int(contexts[1])) &* Self.mixedNodes
    let three = base + (128 &+ Int(contexts[2])) &* Self.mixedNodes
    let set = side &* Self.mixedNodes
    let last = max(0, depth &- 1 &- Self.mixedLevels)
    while shift > last {
      let a = nodes[node]
      let b = one[node]
      let c = two[node]
      let d = three[node]
      let inputs = SIMD8(
        lowHalf: SIMD4(
          Int32(tables.stretch[Int(a &>> 20)]),
          Int32(tables.stretch[Int(b &>> 20)]),
          Int32(tables.stretch[Int(c &>> 20)]),
          Int32(tables.stretch[Int(d &>> 20)])
        ),
        highHalf: features
      )
      let second = Int(contexts[3]) &* Self.mixedNodes &+ node
      let p = topMixer.predict(inputs, set: set &+ node)
      let q = topMixerByTap.predict(inputs, set: second)
      let bit = coder.code(path &>> shift & 1, probability: tables.squashed((p &+ q) &>> 1))
      topMixer.learn(bit, inputs, set: set &+ node, p)
      topMixerByTap.learn(bit, inputs, set: second, q)
      nodes[node] = AdaptiveBit.next(a, bit, limit: 1000, tables)
      one[node] = AdaptiveBit.next(b, bit, limit: 1000, tables)
      two[node] = AdaptiveBit.next(c, bit, limit: 1000, tables)
      three[node] = AdaptiveBit.next(d, bit, limit: 1000, tables)
      node = node &* 2 &+ bit
      shift &-= 1
    }
    return tree.pointee.codeLeaf(path: path, below: node, shift: shift, &coder, tables)
  }

  /// Eight classes of how much likelier than average it was that the weight is not zero.
  @inline(__always)
  func evidenceClass(_ evidence: Int32) -> Int {
    Int(max(0, min(7, (evidence &+ 256) &>> 6)))
  }

  /// Eight classes of how sure the sign was.
  @inline(__always)
  func agreementClass(_ agreement: Int32) -> Int {
    Int(max(0, min(7, ((agreement &+ 384) &* 43) &>> 12)))
  }
}
