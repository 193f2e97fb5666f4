import CAllocationCounter

/// The allocations of memory by the calling thread.
public enum Allocations {
  /// Whether they can be counted on this system.
  public static var areCounted: Bool { sq_allocations_are_counted() }

  /// How many a piece of work makes.
  public static func count(_ body: () throws -> Void) rethrows -> Int {
    let before = sq_allocation_count()
    try body()
    return Int(sq_allocation_count() - before)
  }
}
