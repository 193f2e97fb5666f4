import Testing

import SqueezeDesign

@Suite struct BoosterLanguageTests {
  @Test func readsSeveralBoosters() throws {
    let text =
      " fc-to-conv ;channel-reduction( ratio = 0.25 , nodes = conv2* | fire3/* );downsampling()"
    let boosters = try BoosterCatalog.parse(text)
    #expect(boosters.count == 3)
    let reduction = try #require(boosters[1] as? ChannelReduction)
    #expect(reduction.ratio == 0.25 && reduction.activation)
    #expect(reduction.nodes.matches("conv2/a") && reduction.nodes.matches("fire3/x"))
    #expect(!reduction.nodes.matches("conv3"))
  }

  @Test("every booster's text reads back", arguments: BoosterPropertyTests.boosters)
  func readsBack(_ text: String) throws {
    let booster = try BoosterCatalog.parse(text)[0]
    let again = try BoosterCatalog.parse(booster.text)[0]
    #expect(again.options == booster.options && type(of: again) == type(of: booster))
  }

  @Test(
    "mistakes name the place",
    arguments: [
      ("", 1, "a booster such as"), ("fc-to-con", 1, "did you mean fc-to-conv?"),
      ("fc-to-conv, width", 1, "a booster:"), ("width; ; width", 8, "nothing"),
      ("width(multiplier=2)", 18, "a number from 0.01 to 1.0"),
      ("width(multiplyer=1)", 7, "did you mean multiplier?"),
      ("width(multiplier=0.5", 21, "a closing )"), ("width(multiplier)", 17, "= after"),
      ("width(multiplier=0.5) x", 23, "; or the end"),
      ("low-rank(method=qr)", 17, "channel, spatial, tucker"),
      ("group-convolution(groups=1)", 26, "a whole number from 2"),
      ("fc-to-conv(nodes=)", 18, "nothing"),
      ("filter-stacking(seed=-1)", 22, "a whole number from 0"),
    ]
  )
  func namesThePlace(_ text: String, _ column: Int, _ part: String) {
    let error = #expect(throws: BoosterError.self) { try BoosterCatalog.parse(text) }
    #expect(error?.description.contains(part) == true, "\(error?.description ?? "")")
    if case .syntax(let actual, _, _) = error { #expect(actual == column) }
  }

  @Test func patternsMatch() {
    for (pattern, name, matches) in [
      ("*", "anything", true), ("conv*", "conv", true), ("*3x3", "fire2/expand3x3", true),
      ("fire*/*1x1", "fire2/squeeze1x1", true), ("fire*/*1x1", "fire2/expand3x3", false),
      ("a|b", "b", true), ("a*b*c", "axxbyybzc", true), ("a*b*c", "axxbyyb", false),
      ("", "a", false),
    ] {
      #expect(NodePattern(pattern).matches(name) == matches, "\(pattern) \(name)")
    }
  }

  @Test func everyBoosterIsDocumented() {
    for type in BoosterCatalog.all {
      let about = type.about
      #expect(![about.summary, about.applies, about.saves, about.source].contains(""))
      #expect(about.options.allSatisfy { $0.accepts($0.standard) })
      #expect(Set(about.options.map(\.name)).count == about.options.count)
    }
    #expect(Set(BoosterCatalog.all.map { $0.about.name }).count == BoosterCatalog.all.count)
  }

  @Test func saysWhereNothingFits() throws {
    let model = try oneConvolution(4, 4, kernel: 1)
    for text in ["fc-to-conv", "fire-module", "downsampling", "channel-reduction(nodes=x*)"] {
      let booster = try BoosterCatalog.parse(text)[0]
      let error = #expect(throws: BoosterError.self) { try booster.boosted(model) }
      #expect(error?.description.contains(type(of: booster).about.name) == true)
    }
  }
}
