extension PlaneModel {
  /// Codes a plane of single weights, `[O, I]`, row after row.
  ///
  /// The contexts are the means of the input channel (column) and of the output channel (row), and
  /// the weights to the left and above.
  @inline(__always)
  func codePointwise(
    _ symbols: UnsafeMutablePointer<UInt16>,
    isEncoding: Bool,
    _ shared: inout some BinaryCoder,
    _ memory: ScratchMemory
  ) {
    var coder = shared  // whose state stays in registers
    defer { shared = coder }
    let columns = layout.columns
    let density = statistics.density
    let zero = layout.zero ?? 0
    let above = memory.allocate(columns, repeating: Int32(0))
    let rowScales = memory.allocate(columns, repeating: UInt64(0))
    let rowMeanScales = memory.allocate(columns, repeating: 0)
    for column in 0..<columns {
      rowScales[column] = (1 << 44) / UInt64((column + 20) * density)
      rowMeanScales[column] = (1 << 20) / (column + 20)
    }
    var index = 0
    for row in 0..<layout.rows {
      guard !coder.isExhausted else { return }
      let columnScale: UInt64 = (1 << 44) / UInt64((row + 4) * density)
      let columnMeanScale = (1 << 20) / (row + 4)
      var rowSums = ChannelSums()
      var left: Int32 = 0
      for column in 0..<columns {
        let target = isEncoding ? Int(symbols[index]) : zero
        let columnRatio = columnSums[column].relativeMagnitude(
          scale: columnScale,
          doubt: 4,
          density: density
        )
        let rowRatio = rowSums.relativeMagnitude(
          scale: rowScales[column],
          doubt: 20,
          density: density
        )
        let columnClass = fine[columnRatio]
        let rowClass = fine[rowRatio]

        var isNonzero = true
        var surprise = columnClass
        if hasZero {
          let flag = target != zero ? 1 : 0
          if isDense {
            isNonzero = coder.code(flag, denseFlag, limit: 1000, tables) != 0
          } else {
            let leftClass = min(31, Int(truncatingIfNeeded: abs(left) &>> 6))
            let aboveClass = min(7, Int(truncatingIfNeeded: abs(above[column]) &>> 7))
            let contexts = SIMD4(
              (columnClass &* 8 &+ rowClass) &* 8,
              Self.flagContexts &+ column,
              1536 &+ leftClass &* 8 &+ aboveClass,
              5632 &+ min(63, columnRatio &>> 4) &* 8 &+ rowClass
            )
            let coded = codeFlag(flag, contexts, set: 0, &coder)
            isNonzero = coded.bit != 0
            surprise = evidenceClass(coded.evidence &- baseline)
          }
        }

        var symbol = zero
        if isNonzero {
          var (side, rank) = isEncoding ? statistics.magnitude(of: target) : (0, 0)
          var agreement: Int32 = 0
          if hasSign {
            let columnMean = columnSums[column].mean(scale: columnMeanScale)
            let rowMean = rowSums.mean(scale: rowMeanScales[column])
            let coded = codeSign(
              side,
              context: meanClass(columnMean) &* 4 &+ meanClass(rowMean),
              column: column,
              history: nil,
              means: SIMD4(2 &* columnMean, 2 &* rowMean, left &>> 2, above[column] &>> 2),
              set: 0,
              &coder
            )
            side = coded.bit
            agreement = side == 1 ? coded.evidence : 0 &- coded.evidence
          } else {
            side = statistics.negatives > 0 ? 0 : 1
          }
          rank = codeMagnitude(
            rank,
            side: side,
            first: columnClass &* 8 &+ surprise,
            second: rowClass &* 8 &+ agreementClass(agreement),
            agreement: agreement,
            &coder
          )
          symbol = statistics.symbol(side: side, rank: rank)
        }
        if !isEncoding { symbols[index] = UInt16(truncatingIfNeeded: symbol) }
        let value = statistics.values[symbol]
        let size = abs(value)
        rowSums.add(magnitude: size, value)
        columnSums[column].add(magnitude: size, value)
        left = value
        above[column] = value
        index &+= 1
      }
    }
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

  /// Four classes of a mean value, cut at ±1/16 of the mean magnitude and at 0.
  @inline(__always)
  func meanClass(_ mean: Int32) -> Int {
    (mean > 16 ? 1 : 0) &+ (mean >= 0 ? 1 : 0) &+ (mean > -16 ? 1 : 0)
  }
}
