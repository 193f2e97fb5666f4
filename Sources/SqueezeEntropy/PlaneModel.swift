/// The probability model of the context tree coder.
///
/// All values are in 1/256 of the mean magnitude of the weights that are not zero; `evidence` is a
/// stretched probability, in 1/256.
struct PlaneModel {
  let layout: SymbolLayout
  let statistics: PlaneStatistics
  let tables: CodingTables
  let fine: RatioClasses
  let coarse: RatioClasses

  /// Whether zero has a symbol and is not the only one.
  let hasZero: Bool
  /// Whether so few weights are zero that contexts would not pay.
  let isDense: Bool
  /// Whether both signs occur in the table.
  let hasSign: Bool

  /// The stretched density.
  let baseline: Int32
  let denseFlag: UnsafeMutablePointer<AdaptiveBit.State>
  let flags: UnsafeMutablePointer<AdaptiveBit.State>
  let flagMixer: LogisticMixer<SIMD4<Int32>>
  let signs: UnsafeMutablePointer<AdaptiveBit.State>
  let signMixer: LogisticMixer<SIMD16<Int32>>
  let pointwiseSignMixer: LogisticMixer<SIMD8<Int32>>
  let tops: UnsafeMutablePointer<AdaptiveBit.State>
  let topMixer: LogisticMixer<SIMD4<Int32>>
  /// The trees of the negative and of the positive magnitudes.
  let trees: UnsafeMutablePointer<MagnitudeTree>

  /// The sums of each input channel.
  let columnSums: UnsafeMutablePointer<ChannelSums>

  static let flagContexts = 512 + 1024 + 4096 + 512
  static let signContexts = 512

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
    hasZero = layout.zero != nil && layout.alphabet > 1
    isDense = statistics.density > 63570
    hasSign = statistics.hasSign(layout)
    baseline = Int32(tables.stretch[statistics.density >> 4])

    let unknown = AdaptiveBit.unknown
    denseFlag = memory.allocate(
      1,
      repeating: AdaptiveBit.state(probability: UInt32(statistics.density), count: 20)
    )
    flags = memory.allocate(Self.flagContexts + layout.columns, repeating: unknown)
    flagMixer = LogisticMixer(
      sets: 64 * 8,
      initial: SIMD4(repeating: 5000),
      rate: 7,
      tables,
      memory
    )
    signs = memory.allocate(Self.signContexts + layout.columns, repeating: unknown)
    var even = SIMD16<Int32>.zero
    even[8] = 5000
    even[9] = 5000
    signMixer = LogisticMixer(sets: 64, initial: even, rate: 40, tables, memory)
    pointwiseSignMixer = LogisticMixer(sets: 1, initial: even.highHalf, rate: 40, tables, memory)
    columnSums = memory.allocate(layout.columns, repeating: ChannelSums())

    trees = statistics.trees(layout, tables, memory)
    tops = memory.allocate(2 * 128, repeating: unknown)
    for side in 0..<2 where trees[side].depth > 2 {
      let prior = AdaptiveBit.state(
        probability: AdaptiveBit.probability(trees[side].nodes[1]),
        count: 3
      )
      for context in 0..<128 { tops[side * 128 + context] = prior }
    }
    topMixer = LogisticMixer(
      sets: 2,
      initial: SIMD4(5000, 5000, 5000, 0),
      rate: 3,
      tables,
      memory
    )
  }

  /// Codes whether a weight is other than zero under four contexts.
  @inline(__always)
  func codeFlag(
    _ bit: Int,
    _ contexts: SIMD4<Int>,
    set: Int,
    _ coder: inout some BinaryCoder
  ) -> (bit: Int, evidence: Int32) {
    let a = flags[contexts[0]]
    let b = flags[contexts[1]]
    let c = flags[contexts[2]]
    let d = flags[contexts[3]]
    let inputs = SIMD4(
      tables.stretched(a),
      tables.stretched(b),
      tables.stretched(c),
      tables.stretched(d)
    )
    let coded = flagMixer.code(bit, inputs: inputs, set: set, &coder)
    flags[contexts[0]] = AdaptiveBit.next(a, coded.bit, limit: 255, tables)
    flags[contexts[1]] = AdaptiveBit.next(b, coded.bit, limit: 255, tables)
    flags[contexts[2]] = AdaptiveBit.next(c, coded.bit, limit: 255, tables)
    flags[contexts[3]] = AdaptiveBit.next(d, coded.bit, limit: 255, tables)
    return coded
  }

  /// Codes whether a weight is positive under two contexts and other evidence.
  ///
  /// `history` holds the eight values coded before in the kernel, halved, `nil` without kernels;
  /// `means` up to four mean values around the weight.
  @inline(__always)
  func codeSign(
    _ bit: Int,
    context: Int,
    column: Int,
    history: SIMD8<Int32>?,
    means: SIMD4<Int32>,
    set: Int,
    _ coder: inout some BinaryCoder
  ) -> (bit: Int, evidence: Int32) {
    let own = signs + context
    let shared = signs + (Self.signContexts + column)
    let a = own.pointee
    let b = shared.pointee
    let features = SIMD8<Int32>(
      lowHalf: SIMD4(tables.stretched(a), tables.stretched(b), 0, 0),
      highHalf: means
    )
    let coded: (bit: Int, evidence: Int32)
    if let history {
      let inputs = SIMD16<Int32>(lowHalf: history, highHalf: features)
      coded = signMixer.code(bit, inputs: inputs, set: set, &coder)
    } else {
      coded = pointwiseSignMixer.code(bit, inputs: features, set: set, &coder)
    }
    own.pointee = AdaptiveBit.next(a, coded.bit, limit: 400, tables)
    shared.pointee = AdaptiveBit.next(b, coded.bit, limit: 400, tables)
    return coded
  }

  /// Codes the rank of a magnitude; a decoder passes 0.
  ///
  /// `first` and `second` are contexts, 0 to 63, of the highest level of the tree, and `agreement`
  /// says how sure the sign was. Further levels gain 600 bytes of 516,000 on SqueezeNet, but a tenth
  /// of the time goes into them.
  @inline(__always)
  func codeMagnitude(
    _ rank: Int,
    side: Int,
    first: Int,
    second: Int,
    agreement: Int32,
    _ coder: inout some BinaryCoder
  ) -> Int {
    let tree = trees + side
    let depth = tree.pointee.depth
    guard depth > 0 else { return 0 }
    let nodes = tree.pointee.nodes
    let path = 1 << depth | Int(tree.pointee.paths[rank])
    var shift = depth &- 1
    var node = 1
    if depth > 2 {
      let specific = tops + (side &* 128 &+ first)
      let other = tops + (side &* 128 &+ 64 &+ second)
      let a = nodes[1]
      let b = specific.pointee
      let c = other.pointee
      let inputs = SIMD4(
        Int32(tables.stretch[Int(a &>> 20)]),
        Int32(tables.stretch[Int(b &>> 20)]),
        Int32(tables.stretch[Int(c &>> 20)]),
        agreement
      )
      let bit = topMixer.code(path &>> shift & 1, inputs: inputs, set: side, &coder).bit
      nodes[1] = AdaptiveBit.next(a, bit, limit: 1000, tables)
      specific.pointee = AdaptiveBit.next(b, bit, limit: 1000, tables)
      other.pointee = AdaptiveBit.next(c, bit, limit: 1000, tables)
      node = 2 &+ bit
      shift &-= 1
    }
    return tree.pointee.codeLeaf(path: path, below: node, shift: shift, &coder, tables)
  }
}
