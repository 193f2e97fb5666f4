/// Which values lie in one place of the arena one after another, so that the zeros around them are
/// written once a run.
///
/// The blocks of a network repeat, and each makes a value of the same layout soon after the one before
/// is no longer needed. The place is kept for them in between.
struct SharedPlaces {
  /// A place and the steps from the first to the last of its values.
  struct Place {
    /// The value that comes first, whose halo is cleared.
    var first: Int
    var steps: ClosedRange<Int>
  }

  private(set) var places: [Place] = []
  private var positions: [Int: Int] = [:]

  /// Finds a place for each of `roots`, which are needed for some steps and have a layout each.
  init(_ roots: [Int], _ layouts: [Layout], _ lifetimes: [Int: ClosedRange<Int>]) {
    let needed = roots.compactMap { root in lifetimes[root].map { (root: root, steps: $0) } }
    for (root, steps) in needed.sorted(by: { $0.steps.lowerBound < $1.steps.lowerBound }) {
      let shared = places.lastIndex { place in
        let pause = steps.lowerBound - place.steps.upperBound
        return layouts[root].halo != .none && layouts[place.first] == layouts[root]
          && (1...Self.longestPause).contains(pause)
      }
      if let shared {
        places[shared].steps = places[shared].steps.lowerBound...steps.upperBound
      }
      positions[root] = shared ?? places.count
      if shared == nil { places.append(Place(first: root, steps: steps)) }
    }
  }

  /// The number of the place in which a value lies.
  func position(of root: Int) -> Int? { positions[root] }

  /// The most steps for which a place is kept although nothing lies there.
  private static let longestPause = 4
}
