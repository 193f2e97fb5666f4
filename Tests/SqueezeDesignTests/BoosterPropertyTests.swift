import SqueezeDesign
import SqueezeGraph
import SqueezeTensor
import Testing

/// Whatever the network: a booster gives a valid one that is cheaper, says what it did, and can be taken back.
@Suite struct BoosterPropertyTests {
  static let boosters = [
    "fc-to-conv", "fc-to-global-pool", "group-convolution(groups=2)",
    "group-convolution(groups=4, shuffle=true)", "depthwise-pointwise",
    "depthwise-pointwise(kernels=2, activation=true)", "depthwise-shuffle", "filter-stacking",
    "filter-stacking(form=asymmetric)", "filter-stacking(width=0.5)", "kernel-reduction",
    "kernel-reduction(fraction=1)", "kernel-reduction(by=random, seed=3)",
    "kernel-reduction(fraction=0.25, by=position)", "downsampling(place=earlier)",
    "channel-reduction", "channel-reduction(ratio=0.5, activation=false)", "width",
    "width(multiplier=0.75, divisor=4)", "resolution", "low-rank", "low-rank(method=spatial)",
    "low-rank(method=tucker)", "low-rank(rank=2)", "fire-module",
    "fire-module(squeeze=0.25, share=1)",
  ]

  @Test("networks stay valid, get cheaper and come back", arguments: boosters)
  func holds(_ text: String) throws {
    let booster = try BoosterCatalog.parse(text)[0]
    var applied = 0
    for seed in 0..<24 {
      let model = try RandomNetwork.model(seed: UInt64(seed))
      var history = RewriteHistory(model)
      do { try history.apply(booster) } catch is BoosterError {
        #expect(areIdentical(history.model, model))
        continue
      }
      applied += 1
      let step = history.steps[0]
      let (before, after) = (step.before, step.after)
      #expect(!step.changes.isEmpty)
      if text == "fc-to-conv" {
        #expect(after.parameters == before.parameters && after.macs == before.macs)
      } else if text.hasPrefix("resolution") || text.hasPrefix("downsampling") {
        #expect(after.macs < before.macs)
      } else {
        #expect(after.parameters < before.parameters)
        #expect(text == "fc-to-global-pool" || after.macs <= before.macs)
      }
      // It runs, and gives numbers of the same shape.
      let (old, new) = (try outputs(model), try outputs(history.model))
      for (name, tensor) in old {
        #expect(new[name]?.shape == tensor.shape)
        #expect(new[name]?.scalars.allSatisfy(\.isFinite) == true)
      }
      // Equal models in, equal models out.
      #expect(areIdentical(try booster.boosted(model).model, history.model))
      #expect(history.undo() != nil)
      #expect(areIdentical(history.model, model) && history.steps.isEmpty)
    }
    #expect(applied >= 3, "applied to \(applied) of 24 networks")
  }

  @Test("every booster is in the list above")
  func listsAll() {
    for type in BoosterCatalog.all {
      #expect(Self.boosters.contains { $0.hasPrefix(type.about.name) }, "\(type.about.name)")
    }
  }

  @Test func undoesManyStepsOneByOne() throws {
    let model = try RandomNetwork.model(seed: 5)
    var history = RewriteHistory(model)
    var models = [model]
    for booster in try BoosterCatalog.parse(
      "fc-to-conv; kernel-reduction; channel-reduction; width"
    ) {
      try history.apply(booster)
      models.append(history.model)
    }
    for expected in models.dropLast().reversed() {
      history.undo()
      #expect(areIdentical(history.model, expected))
    }
    #expect(history.undo() == nil)
  }
}
