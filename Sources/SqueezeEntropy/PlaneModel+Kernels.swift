extension PlaneModel {
  /// Codes a plane of kernels, `[O, I, kH, kW]`, each in raster order.
  ///
  /// The contexts are the four neighbours already coded in the kernel, the kernel's mean so far, and
  /// the means of the input channel (column) and of the output channel (row).
  @inline(__always)
  func codeKernels(
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
    let density = statistics.density
    let zero = layout.zero ?? 0
    let rowScales = memory.allocate(columns, repeating: UInt64(0))
    let rowMeanScales = memory.allocate(columns, repeating: 0)
    for column in 0..<columns {
      rowScales[column] = (1 << 44) / UInt64((column * taps + 20) * density)
      rowMeanScales[column] = (1 << 20) / (column * taps + 20)
    }
    let kernelScales = memory.allocate(taps, repeating: UInt64(0))
    for tap in 0..<taps { kernelScales[tap] = (1 << 44) / UInt64((tap + 2) * density) }
    let tapSums = memory.allocate(columns * taps, repeating: 0)
    // The kernel, once with a border of zeros, once in raster order after eight zeros.
    let stride = width + 2
    let bordered = memory.allocate((layout.tapRows + 1) * stride + 1, repeating: Int32(0))
    let raster = memory.allocate(8 + taps, repeating: Int32(0))

    var index = 0
    for row in 0..<layout.rows {
      let columnScale: UInt64 = (1 << 44) / UInt64((row + 4) * taps * density)
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
        let rowRatio = rowSums.relativeMagnitude(
          scale: rowScales[column],
          doubt: 20,
          density: density
        )
        let columnClass = fine[columnRatio]
        let rowClass = fine[rowRatio]
        let columnMean = columnSums[column].mean(scale: columnMeanScale)
        let rowMean = rowSums.mean(scale: rowMeanScales[column])
        let means = tapSums + column &* taps
        var kernelSums = ChannelSums()
        var nonzeros = 0
        var at = stride
        var x = 0
        for tap in 0..<taps {
          at &+= 1
          let left = bordered[at &- 1]
          let up = bordered[at &- stride]
          let upLeft = bordered[at &- stride &- 1]
          let upRight = bordered[at &- stride &+ 1]
          let position = min(tap, 62)
          let target = isEncoding ? Int(symbols[index]) : zero
          let near = 2 &* (abs(left) &+ abs(up)) &+ abs(upLeft) &+ abs(upRight)
          let nearClass = Int(min(7, near &>> 8))

          var isNonzero = true
          var surprise = columnClass
          if hasZero {
            let flag = target != zero ? 1 : 0
            if isDense {
              isNonzero = coder.code(flag, denseFlag, limit: 1000, tables) != 0
            } else {
              let kernelClass = coarse[
                kernelSums.relativeMagnitude(
                  scale: kernelScales[tap],
                  doubt: 2,
                  density: density
                )
              ]
              let pattern =
                (left != 0 ? 1 : 0) | (up != 0 ? 2 : 0) | (upLeft != 0 ? 4 : 0)
                | (upRight != 0 ? 8 : 0)
              let contexts = SIMD4(
                (columnClass &* 8 &+ rowClass) &* 8 &+ kernelClass,
                512 &+ position &* 16 &+ pattern,
                1536 &+ (nearClass &* 8 &+ kernelClass) &* 64 &+ position,
                5632 &+ min(tap, 15) &* 16 &+ min(nonzeros, 15)
              )
              let coded = codeFlag(
                flag,
                contexts,
                set: position &* 8 &+ kernelClass,
                &coder
              )
              isNonzero = coded.bit != 0
              surprise = evidenceClass(coded.evidence &- baseline)
            }
          }

          var symbol = zero
          if isNonzero {
            var (side, rank) = isEncoding ? statistics.magnitude(of: target) : (0, 0)
            var agreement: Int32 = 0
            if hasSign {
              let lean = 2 &* (left &+ up) &+ upLeft &+ upRight
              let strong = lean > 614 || lean < -614
              let leanClass = lean > 0 ? (strong ? 2 : 1) : lean < 0 ? (strong ? 4 : 3) : 0
              let tapMean = Int32(truncatingIfNeeded: (means[tap] &* tapMeanScale) &>> 20)
              let history = UnsafeRawPointer(raster + tap)
                .loadUnaligned(as: SIMD8<Int32>.self)
              let coded = codeSign(
                side,
                context: 16 &+ position &* 6 &+ leanClass,
                column: column,
                history: history &>> 1,
                means: SIMD4(2 &* tapMean, 2 &* columnMean, 2 &* rowMean, 0),
                set: position,
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
              second: nearClass &* 8 &+ agreementClass(agreement),
              agreement: agreement,
              &coder
            )
            symbol = statistics.symbol(side: side, rank: rank)
            nonzeros &+= 1
          }
          if !isEncoding { symbols[index] = UInt16(truncatingIfNeeded: symbol) }
          let value = statistics.values[symbol]
          bordered[at] = value
          raster[8 &+ tap] = value
          means[tap] &+= Int(value)
          kernelSums.add(magnitude: abs(value), value)
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
