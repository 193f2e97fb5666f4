public import SqueezeGraph

/// Measures how a model bears the compression of one part at a time.
///
/// For every item, such as the key of a weight, and every level, such as a sparsity or a number of bits,
/// only that item is changed and the model scored. What it costs per item says where a whole budget is
/// best spent (``SensitivityTable``).
///
/// Source: Han et al., "Learning both Weights and Connections for Efficient Neural Networks" (2015), §3.4
/// and figure 6.
public struct SensitivityScan: Sendable {
  /// The levels, mildest first.
  public var levels: [Double]
  /// What is changed; `nil` for `model.weightKeys`.
  public var items: [String]?

  /// Creates a scan; the standard levels are sparsities.
  public init(
    levels: [Double] = [0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95],
    items: [String]? = nil
  ) {
    self.levels = levels
    self.items = items
  }

  /// Scans by pruning one weight at a time to a sparsity.
  ///
  /// - Parameters:
  ///   - model: the model.
  ///   - pattern: the pattern of the zeros.
  ///   - known: an earlier, perhaps unfinished table; what it has is not measured again.
  ///   - observe: told of the table after every measurement.
  ///   - score: how good a model is, larger is better: an accuracy, or a loss negated.
  /// - Returns: the score of every item at every level.
  /// - Throws: what pruning and `score` throw.
  public func run(
    on model: Model,
    pattern: SparsityPattern = .elements,
    resuming known: SensitivityTable? = nil,
    observe: (SensitivityTable) throws -> Void = { _ in },
    score: (Model) throws -> Double
  ) throws -> SensitivityTable {
    try run(on: model, resuming: known, observe: observe, score: score) { model, key, sparsity in
      try MagnitudePruning(.perParameter([key: sparsity]), pattern: pattern, keys: [key])
        .apply(to: model)
    }
  }

  /// Scans by any change of one item at a time.
  ///
  /// - Parameters:
  ///   - model: the model.
  ///   - known: an earlier, perhaps unfinished table; what it has is not measured again.
  ///   - observe: told of the table after every measurement.
  ///   - score: how good a model is, larger is better.
  ///   - change: the model with one item at one level.
  /// - Returns: the score of every item at every level.
  /// - Throws: what `change` and `score` throw.
  public func run(
    on model: Model,
    resuming known: SensitivityTable? = nil,
    observe: (SensitivityTable) throws -> Void = { _ in },
    score: (Model) throws -> Double,
    change: (_ model: Model, _ item: String, _ level: Double) throws -> Model
  ) throws -> SensitivityTable {
    var table = SensitivityTable(baseline: try known?.baseline ?? score(model), levels: levels)
    for item in items ?? model.weightKeys {
      var row = SensitivityTable.Row(item: item, scores: [])
      table.rows.append(row)
      for level in levels {
        if let score = known?.score(of: item, at: level) {
          row.scores.append(score)
          table.rows[table.rows.count - 1] = row
          continue
        }
        row.scores.append(try score(try change(model, item, level)))
        table.rows[table.rows.count - 1] = row
        try observe(table)
      }
    }
    return table
  }
}
