public import SqueezeTensor

/// The networks that a search looks through: a base network, and choices of what is done to it.
///
/// Each gene is a list of texts in the language of boosters, of which one is chosen; an empty text leaves
/// the network as it is. A candidate applies its chosen texts one after the other.
public struct SearchSpace: Sendable, Hashable, Codable {
  /// One choice.
  public struct Gene: Sendable, Hashable, Codable {
    public var name: String
    /// What may be chosen, at least one.
    public var choices: [String]

    /// Creates a gene.
    public init(_ name: String, _ choices: [String]) {
      self.name = name
      self.choices = choices
    }
  }

  public var genes: [Gene]

  /// Creates a space.
  ///
  /// - Throws: ``SearchError`` without genes or with a gene without choices.
  public init(_ genes: [Gene]) throws(SearchError) {
    guard !genes.isEmpty else { throw SearchError("space", expected: "genes", actual: "none") }
    for gene in genes where gene.choices.isEmpty {
      throw SearchError("gene \(gene.name)", expected: "choices", actual: "none")
    }
    self.genes = genes
  }

  /// How many candidates there are; the largest `Int` where that is less.
  public var count: Int {
    genes.reduce(1) { product, gene in
      let (result, overflow) = product.multipliedReportingOverflow(by: gene.choices.count)
      return overflow ? Int.max : result
    }
  }

  /// The candidate that leaves everything at its first choice.
  public var base: Genome { Genome(genes.map { _ in 0 }) }

  /// A random candidate.
  public func random(_ generator: inout SeededGenerator) -> Genome {
    Genome(genes.map { Int.random(in: 0..<$0.choices.count, using: &generator) })
  }

  /// The candidate with another choice for one of its genes.
  public func mutated(_ genome: Genome, _ generator: inout SeededGenerator) -> Genome {
    let open = genes.indices.filter { genes[$0].choices.count > 1 }
    guard let gene = open.randomElement(using: &generator) else { return genome }
    var result = genome
    let step = Int.random(in: 1..<genes[gene].choices.count, using: &generator)
    result.choices[gene] = (genome.choices[gene] + step) % genes[gene].choices.count
    return result
  }

  /// What a candidate does to the base network, in the language of boosters.
  ///
  /// - Precondition: a candidate of this space.
  public func text(of genome: Genome) -> String {
    zip(genes, genome.choices).map { $0.choices[$1] }.filter { !$0.isEmpty }.joined(separator: "; ")
  }
}

/// A candidate: which choice it takes of each gene.
public struct Genome: Sendable, Hashable, Codable {
  public var choices: [Int]

  /// Creates a candidate.
  public init(_ choices: [Int]) { self.choices = choices }
}

/// A search that cannot be done as it is asked for.
public struct SearchError: Error, Sendable, Hashable, CustomStringConvertible {
  public var place: String
  public var expected: String
  public var actual: String

  /// Creates an error that says what was expected and what came.
  public init(_ place: String, expected: String, actual: String) {
    self.place = place
    self.expected = expected
    self.actual = actual
  }

  public var description: String { "\(place): expected \(expected), got \(actual)" }
}
