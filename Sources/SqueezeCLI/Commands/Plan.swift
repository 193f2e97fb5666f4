import ArgumentParser

/// `squeeze plan`: predictions of what is not run.
struct Plan: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Predict what a job would take before it is run.",
    subcommands: [PlanDistributed.self]
  )
}
