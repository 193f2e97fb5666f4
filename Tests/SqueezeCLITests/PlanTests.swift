import Foundation
import Testing

/// `squeeze plan distributed`, run as a user runs it.
@Suite struct PlanTests {
  private func plan(_ arguments: String...) throws -> SqueezeProcess.Result {
    try SqueezeProcess.run(["plan", "distributed"] + arguments)
  }

  @Test("predictions follow the formula, under stable keys")
  func predicts() throws {
    let result = try plan(
      "squeezenet-v1.0",
      "lenet-300-100",
      "--step-ms",
      "60",
      "--step-ms",
      "0.6",
      "--nodes",
      "6",
      "--bandwidth",
      "100Mbit",
      "--latency",
      "1ms",
      "--batch",
      "4",
      "--json"
    )
    #expect(result.exitCode == 0, "\(result.errors)")
    let json = try result.json()
    #expect(json["is_modelled"] as? Bool == true)
    #expect(json["bandwidth_bytes_per_second"] as? Double == 12.5e6)
    let networks = try #require(json["networks"] as? [[String: Any]])
    #expect(networks.map { $0["network"] as? String } == ["squeezenet-v1.0", "lenet-300-100"])
    #expect(networks.map { $0["gradient_bytes"] as? Int } == [4 * 1_248_424, 4 * 266_610])
    #expect(networks.map { $0["compute_is_measured"] as? Bool } == [false, false])
    let rows = try #require(networks[0]["predictions"] as? [[String: Any]])
    #expect(rows.map { $0["nodes"] as? Int } == [1, 2, 4, 6])
    // 4,993,696 bytes at 12.5 MB/s: 399.49568 ms, and 2 messages: 2 ms.
    let communication = try #require(rows[1]["communication_ms"] as? Double)
    #expect(abs(communication - 401.49568) < 1e-6)
    let step = try #require(rows[1]["step_ms"] as? Double)
    #expect(abs(step - (20 + 401.49568)) < 1e-6)
  }

  @Test("computing is measured where it is not given, and the table says what is modelled")
  func measures() throws {
    let result = try plan("lenet-300-100", "--batch", "8", "--nodes", "2", "--threads", "1")
    #expect(result.exitCode == 0, "\(result.errors)")
    #expect(result.output.contains("modelled"))
    #expect(result.output.contains("efficiency"))
    #expect(result.errors.contains("measuring"))
  }

  @Test(
    "a wrong option is named",
    arguments: [
      ["--bandwidth", "10"], ["--latency", "fast"], ["--nodes", "0"], ["--step-ms", "0"],
      ["--step-ms", "1", "--step-ms", "2"],
    ]
  )
  func refuses(_ options: [String]) throws {
    let result = try SqueezeProcess.run(["plan", "distributed", "lenet-300-100"] + options)
    #expect(result.exitCode == 64)
    #expect(result.errors.contains(options[0].dropFirst(2)))
  }
}
