import ArgumentParser

/// `squeeze plan`: predictions of what is not run.
struct Plan: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Predict what a job would take before it is run.",
    discussion: """
      EXAMPLES
        squeeze plan distributed alexnet squeezenet-v1.0 --bandwidth 10Gbit --nodes 64
      """,
    subcommands: [PlanDistributed.self]
  )
}
