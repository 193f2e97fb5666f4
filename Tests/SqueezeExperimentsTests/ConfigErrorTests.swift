import SqueezeExperiments
import Testing

@Suite struct ConfigErrorTests {
  @Test func namesFileAndLine() {
    let error = ConfigError("a.yaml", line: 3, expected: "a number", actual: "x")
    #expect("\(error)" == "a.yaml:3: expected a number, got x")
  }
}
