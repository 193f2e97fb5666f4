/// Chooses a coder for every parameter so that a file is small and still decodes in time.
enum SQZBudget {
  /// One way to code a parameter.
  struct Option: Hashable {
    var byteCount: Int
    /// The time that decoding takes by the coders' usual speed.
    var nanoseconds: Double
  }

  /// One option for every parameter: the smallest file whose decoding keeps to a budget, nearly.
  ///
  /// All begin with the smallest option. While they take too long, the change that costs the fewest
  /// bytes for every nanosecond it saves is made; where nothing saves time any more, the fastest
  /// choice stays, over budget or not.
  ///
  /// - Parameters:
  ///   - options: for every parameter at least one.
  ///   - budget: nanoseconds for all; `nil` for as many as needed.
  /// - Returns: the position of every parameter's option.
  static func choose(_ options: [[Option]], budget: Double?) -> [Int] {
    var choice = options.map { options in
      options.indices.min { Self.isSmaller(options[$0], options[$1]) } ?? 0
    }
    guard let budget else { return choice }
    var total = zip(options, choice).reduce(0.0) { $0 + $1.0[$1.1].nanoseconds }
    while total > budget {
      var best: (parameter: Int, option: Int, price: Double)?
      for (parameter, options) in options.enumerated() {
        let now = options[choice[parameter]]
        for (index, option) in options.enumerated() where option.nanoseconds < now.nanoseconds {
          let saved = now.nanoseconds - option.nanoseconds
          let price = Double(option.byteCount - now.byteCount) / saved
          if price < best?.price ?? .infinity { best = (parameter, index, price) }
        }
      }
      guard let best else { break }
      total += options[best.parameter][best.option].nanoseconds
      total -= options[best.parameter][choice[best.parameter]].nanoseconds
      choice[best.parameter] = best.option
    }
    return choice
  }

  private static func isSmaller(_ a: Option, _ b: Option) -> Bool {
    (a.byteCount, a.nanoseconds) < (b.byteCount, b.nanoseconds)
  }
}
