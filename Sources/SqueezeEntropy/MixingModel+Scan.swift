extension MixingModel {
  /// Codes a plane `[O, I, kH, kW]` in row-major order.
  @inline(__always)
  func code(
    _ symbols: UnsafeMutablePointer<UInt16>,
    isEncoding: Bool,
    _ shared: inout some BinaryCoder,
    _ memory: ScratchMemory
  ) {
    var coder = shared  // whose state stays in registers
    defer { shared = coder }
    let columns = layout.columns
    let width = layout.tapColumns
    let taps = layout.tapRows * width
    let isPointwise = taps == 1
    let density = statistics.density
    let zero = layout.zero ?? 0
    let columnSums = memory.allocate(columns, repeating: ChannelSums())
    let rowScales = memory.allocate(columns, repeating: UInt64(0))
    let rowMeanScales = memory.allocate(columns, repeating: 0)
    for column in 0..<columns {
      rowScales[column] = (1 << 44) / UInt64((column * taps + 20) * density)
      rowMeanScales[column] = (1 << 20) / (column * taps + 20)
    }
    let kernelScales = memory.allocate(taps, repeating: UInt64(0))
    for tap in 0..<taps { kernelScales[tap] = (1 << 44) / UInt64((tap + 2) * density) }
    let tapSums = memory.allocate(columns * taps, repeating: ChannelSums())
    // The row before, with as many zeros on each side as a neighbour may lie outside.
    let above = memory.allocate((columns + 2) * taps, repeating: Int32(0)) + taps
    // The kernel, once with a border of zeros, once in raster order after eight zeros.
    let stride = width + 2
    let bordered = memory.allocate((layout.tapRows + 1) * stride + 1, repeating: Int32(0))
    let raster = memory.allocate(8 + taps, repeating: Int32(0))

    var index = 0
    for row in 0..<layout.rows {
      let columnScale: UInt64 = (1 << 44) / UInt64((row + 4) * taps * density)
      let tapScale: UInt64 = (1 << 44) / UInt64((row + 4) * density)
      let columnMeanScale = (1 << 20) / ((row + 4) * taps)
      let tapMeanScale = (1 << 20) / (row + 3)
      var rowSums = ChannelSums()
      for column in 0..<columns {
        guard !coder.isExhausted else { return }
        let columnRatio = columnSums[column].relativeMagnitude(
          scale: columnScale,
          doubt: 4 &* taps,
          density: density
        )
        // The channels on both sides, of use where neighbours are alike, as pixels are.
        let before = columnSums[max(column &- 1, 0)].relativeMagnitude(
          scale: columnScale,
          doubt: 4 &* taps,
          density: density
        )
        let after = columnSums[min(column &+ 1, columns &- 1)].relativeMagnitude(
          scale: columnScale,
          doubt: 4 &* taps,
          density: density
        )
        let nearRatio = (before &+ after) &>> 1
        let rowRatio = rowSums.relativeMagnitude(
          scale: rowScales[column],
          doubt: 20,
          density: density
        )
        let columnClass = fine[columnRatio]
        let rowClass = fine[rowRatio]
        let columnMean = columnSums[column].mean(scale: columnMeanScale)
        let rowMean = rowSums.mean(scale: rowMeanScales[column])
        let columnLog = logarithms[columnRatio]
        let rowLog = logarithms[rowRatio]
        let nearLog = logarithms[nearRatio]
        let base = column &* taps
        var kernelSums = ChannelSums()
        var nonzeros = 0
        var at = stride
        var x = 0
        for tap in 0..<taps {
          at &+= 1
          let up = above[base &+ tap]
          let before = column == 0 ? 0 : above[base &+ tap &- taps]  // of this row already
          let left = isPointwise ? before : bordered[at &- 1]
          let upper = isPointwise ? up : bordered[at &- stride]
          let upLeft = bordered[at &- stride &- 1]
          let upRight = isPointwise ? above[base &+ tap &+ 1] : bordered[at &- stride &+ 1]
          let position = min(tap, 62)
          let target = isEncoding ? Int(symbols[index]) : zero
          let near = 2 &* (abs(left) &+ abs(upper)) &+ abs(upLeft) &+ abs(upRight)
          let nearClass = Int(min(7, near &>> 8))
          let kernelRatio = kernelSums.relativeMagnitude(
            scale: kernelScales[tap],
            doubt: 2,
            density: density
          )
          let kernelClass = isPointwise ? nearClass : coarse[kernelRatio]
          let tapRatio = tapSums[base &+ tap].relativeMagnitude(
            scale: tapScale,
            doubt: 4,
            density: density
          )
          let kernelLog = logarithms[kernelRatio]
          let tapLog = logarithms[tapRatio]

          var isNonzero = true
          var surprise = columnClass
          if hasZero {
            let flag = target != zero ? 1 : 0
            let pattern =
              (left != 0 ? 1 : 0) | (upper != 0 ? 2 : 0) | (upLeft != 0 ? 4 : 0)
              | (upRight != 0 ? 8 : 0)
            let aside = (up != 0 ? 1 : 0) | (before != 0 ? 2 : 0)
            let leftClass = min(15, Int(truncatingIfNeeded: abs(left) &>> 7))
            let upClass = min(15, Int(truncatingIfNeeded: abs(up) &>> 7))
            let counts =
              isPointwise
              ? leftClass &* 16 &+ upClass : min(tap, 15) &* 16 &+ min(nonzeros, 15)
            let contexts = SIMD8<Int32>(
              truncatingIfNeeded: SIMD8(
                (columnClass &* 8 &+ rowClass) &* 8 &+ kernelClass,
                512 &+ position &* 16 &+ pattern,
                1536 &+ (nearClass &* 8 &+ kernelClass) &* 64 &+ position,
                5632 &+ counts,
                5888 &+ aside &* 64 &+ fine[tapRatio] &* 8 &+ rowClass,
                6144 &+ min(63, columnRatio &>> 4) &* 8 &+ rowClass,
                Self.columnFlags &+ column,
                tapFlags &+ base &+ tap
              )
            )
            let features = SIMD8<Int32>(
              columnLog,
              rowLog,
              isPointwise ? nearLog : kernelLog,
              tapLog,
              abs(up) &- 256,
              abs(before) &- 256,
              near &>> 2 &- 256,
              256
            )
            let coded = codeFlag(
              flag,
              contexts,
              features,
              set: position &* 8 &+ kernelClass,
              second: columnClass &* 8 &+ rowClass,
              &coder
            )
            isNonzero = coded.bit != 0
            surprise = evidenceClass(coded.evidence &- baseline)
          }

          var symbol = zero
          if isNonzero {
            var (side, rank) = isEncoding ? statistics.magnitude(of: target) : (0, 0)
            var agreement: Int32 = 0
            if hasSign {
              let lean = 2 &* (left &+ upper) &+ upLeft &+ upRight
              let strong = lean > 614 || lean < -614
              let leanClass = lean > 0 ? (strong ? 2 : 1) : lean < 0 ? (strong ? 4 : 3) : 0
              let tapMean = tapSums[base &+ tap].mean(scale: tapMeanScale)
              let history = UnsafeRawPointer(raster + tap).loadUnaligned(as: SIMD8<Int32>.self)
              let coded = codeSign(
                side,
                context: position &* 8 &+ leanClass,
                column: column,
                history: history &>> 1,
                means: SIMD4(2 &* tapMean, 2 &* columnMean, 2 &* rowMean, 64),
                others: SIMD2(up &>> 2, before &>> 2),
                set: position,
                second: columnClass &* 8 &+ nearClass,
                &coder
              )
              side = coded.bit
              agreement = side == 1 ? coded.evidence : 0 &- coded.evidence
            } else {
              side = statistics.negatives > 0 ? 0 : 1
            }
            let sureness = agreementClass(agreement)
            rank = codeMagnitude(
              rank,
              side: side,
              SIMD4(
                Int32(truncatingIfNeeded: columnClass &* 8 &+ surprise),
                Int32(truncatingIfNeeded: nearClass &* 8 &+ sureness),
                Int32(truncatingIfNeeded: rowClass &* 8 &+ fine[tapRatio]),
                Int32(truncatingIfNeeded: position)
              ),
              SIMD4(agreement, columnLog &+ rowLog, isPointwise ? nearLog : kernelLog, tapLog),
              &coder
            )
            symbol = statistics.symbol(side: side, rank: rank)
            nonzeros &+= 1
          }
          if !isEncoding { symbols[index] = UInt16(truncatingIfNeeded: symbol) }
          let value = statistics.values[symbol]
          above[base &+ tap] = value
          if !isPointwise {
            bordered[at] = value
            raster[8 &+ tap] = value
          }
          let size = abs(value)
          tapSums[base &+ tap].add(magnitude: size, value)
          kernelSums.add(magnitude: size, value)
          index &+= 1
          x &+= 1
          if x == width {
            x = 0
            at &+= 2
          }
        }
        rowSums.add(kernelSums)
        columnSums[column].add(kernelSums)
      }
    }
  }
}
