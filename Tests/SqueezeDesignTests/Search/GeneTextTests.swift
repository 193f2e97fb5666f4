import SqueezeDesign
import Testing

@Suite struct GeneTextTests {
  @Test(
    "bars divide choices, and ranges stand for their values",
    arguments: [
      ("", [""]),
      ("| fc-to-conv", ["", "fc-to-conv"]),
      ("kernel-reduction(nodes=a*|b) | ", ["kernel-reduction(nodes=a*|b)", ""]),
      ("w(m=0.25...1 by 0.25)", ["w(m=0.25)", "w(m=0.5)", "w(m=0.75)", "w(m=1)"]),
      ("g(n=2...4)", ["g(n=2)", "g(n=3)", "g(n=4)"]),
      ("g(n=2 ... 9 by 3) | h", ["g(n=2)", "g(n=5)", "g(n=8)", "h"]),
      ("g(n=0.1...0.3 by 0.1)", ["g(n=0.1)", "g(n=0.2)", "g(n=0.3)"]),
      ("g(n=0.005...0.01 by 0.005)", ["g(n=0.005)", "g(n=0.01)"]),
      ("g(n=7...7)", ["g(n=7)"]),
      (
        "g(a=1...2, b=0.5...1 by 0.5)",
        ["g(a=1, b=0.5)", "g(a=1, b=1)", "g(a=2, b=0.5)", "g(a=2, b=1)"]
      ),
      ("width(0.5); g(n=1...2)", ["width(0.5); g(n=1)", "width(0.5); g(n=2)"]),
    ]
  )
  func choices(_ text: String, _ expected: [String]) throws {
    #expect(try GeneText.choices(of: text) == expected)
  }

  @Test(
    "ranges without values, and endless ones, are refused",
    arguments: [
      "g(n=2...1)", "g(n=1...2 by 0)", "g(n=0...1 by 0.0001)", "g(n=0...99999999999999999999)",
      "g(a=1...100, b=1...100)", "g(n=1...700) | h(n=1...700)", "g(n=0.00000000000000001...1)",
    ]
  )
  func refused(_ text: String) {
    #expect(throws: SearchError.self) { try GeneText.choices(of: text) }
  }
}
