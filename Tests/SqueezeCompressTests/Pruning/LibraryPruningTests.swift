import SqueezeCompress
import SqueezeGraph
import SqueezeModels
import SqueezeOperators
import SqueezeTensor
import Testing

/// Structured pruning through every network of the library.
@Suite struct LibraryPruningTests {
  /// A small input for each network, and the part of its channels that can go at 40 % at least.
  static let networks: [(name: String, input: Shape, least: Double)] = [
    ("lenet-300-100", [1, 28, 28], 0.38), ("lenet-5", [1, 28, 28], 0.35),
    ("alexnet", [3, 63, 63], 0.38), ("alexnet-grouped", [3, 67, 67], 0.2),
    ("alexnet-small", [3, 32, 32], 0.35), ("alexnet-xnor", [3, 63, 63], 0.38),
    ("vgg-16", [3, 32, 32], 0.35),
    ("vgg-small", [3, 32, 32], 0.35), ("squeezenet-v1.0", [3, 48, 48], 0.35),
    ("squeezenet-v1.1", [3, 48, 48], 0.35), ("squeezenet-simple-bypass", [3, 48, 48], 0.35),
    ("squeezenet-complex-bypass", [3, 48, 48], 0.35), ("squeezenet-small", [3, 32, 32], 0.35),
    ("resnet-9", [3, 32, 32], 0.35), ("resnet-18", [3, 32, 32], 0.35),
    ("densenet-121", [3, 32, 32], 0.3), ("densenet-bc-40", [3, 32, 32], 0.3),
    ("densenet-1d", [1, 170], 0.3), ("xception", [3, 32, 32], 0.35),
    ("mobilenet-v1", [3, 32, 32], 0.35), ("mobilenet-v2", [3, 32, 32], 0.35),
    ("mobilenet-v2-small", [3, 32, 32], 0.35),
    ("shufflenet-v1-g3", [3, 32, 32], 0.2), ("shufflenet-v2-x1.0", [3, 32, 32], 0.3),
    ("u-net", [1, 32, 32], 0.35), ("enet", [3, 32, 32], 0.1), ("squeezedet", [3, 48, 64], 0.35),
  ]

  @Test func everyNetworkIsHere() {
    #expect(Self.networks.map(\.name) == NetworkCatalog.all.map(\.name))
  }

  @Test(
    "shapes stay valid, costs fall, and what was zero is gone without a trace",
    arguments: networks
  )
  func prunes(_ name: String, _ input: Shape, _ least: Double) throws {
    let network = try #require(NetworkCatalog.network(named: name))
    var options = NetworkOptions(classes: 5, input: input, batch: 1)
    if network.published.baseWidth != nil { options.baseWidth = 8 }
    let model = try network.structure(options).withRandomParameters(seed: 3)
    let groups = try ChannelGroups(of: model)
    let method = StructuredPruning(
      .uniform(0.4),
      importance: Silencing.randomImportance(seed: 11)
    )
    let (small, report) = try method.prune(model)

    let (before, after) = (try model.cost(), try small.cost())
    #expect(before.parameters == report.parametersBefore && before.macs == report.macsBefore)
    #expect(after.parameters == report.parametersAfter && after.macs == report.macsAfter)
    #expect(after.parameters < before.parameters && after.macs < before.macs)
    let all = report.groups.reduce(0) { $0 + $1.setsBefore }
    let gone = all - report.groups.reduce(0) { $0 + $1.setsAfter }
    #expect(Double(gone) >= least * Double(all), "\(gone) of \(all) sets")
    // Outputs keep their shape.
    let (shapes, smallShapes) = (try model.infer().values, try small.infer().values)
    for output in model.outputs { #expect(shapes[output] == smallShapes[output]) }

    let channels = Silencing.channels(try method.sets(of: model, groups), groups)
    let inputs = Silencing.inputs(model, seed: 5)
    let result = try ReferenceRuntime().run(small, inputs: inputs)
    var others = [try Silencing.readers(model, channels)]
    // The rule of the makers is shown by the small networks; the large ones take seconds.
    if before.parameters < 10_000_000 { others.append(try Silencing.makers(model, channels)) }
    for silenced in others {
      let expected = try ReferenceRuntime().run(silenced, inputs: inputs)
      for output in model.outputs {
        let (a, b) = (try #require(result[output]), try #require(expected[output]))
        #expect(a.shape == b.shape)
        #expect(a.scalars.allSatisfy { $0.isFinite })
        let largest = b.scalars.reduce(0) { max($0, abs($1)) }
        let difference = zip(a.scalars, b.scalars).reduce(Float(0)) { max($0, abs($1.0 - $1.1)) }
        #expect(difference <= 1e-6 * largest, "\(output): \(difference) of \(largest)")
      }
    }
  }

  @Test(
    "a multiple keeps every layer's channels in whole vectors",
    arguments: ["resnet-18", "mobilenet-v2", "squeezenet-v1.1", "u-net", "densenet-121"]
  )
  func multiples(_ name: String) throws {
    let network = try #require(NetworkCatalog.network(named: name))
    let input: Shape = name == "u-net" ? [1, 32, 32] : [3, 48, 48]
    var options = NetworkOptions(classes: 5, input: input)
    if network.published.baseWidth != nil { options.baseWidth = 32 }
    let model = try network.structure(options).withRandomParameters(seed: 3)
    let (small, report) = try StructuredPruning(.uniform(0.5), multiple: 8).prune(model)
    var changed = 0
    for (old, new) in zip(model.nodes, small.nodes) {
      guard let before = old.op as? Convolution, let after = new.op as? Convolution,
        before.outputChannels != after.outputChannels
      else { continue }
      changed += 1
      #expect(after.outputChannels % 8 == 0, "\(new.name): \(after.outputChannels)")
    }
    #expect(changed > 0)
    #expect(Double(report.macsAfter) < 0.6 * Double(report.macsBefore))
  }

  @Test(
    "a target for multiply–accumulates is met, and not by far",
    arguments: ["vgg-small", "mobilenet-v2", "shufflenet-v2-x1.0"]
  )
  func target(_ name: String) throws {
    let network = try #require(NetworkCatalog.network(named: name))
    var options = NetworkOptions(classes: 10, input: [3, 32, 32])
    if network.published.baseWidth != nil { options.baseWidth = 32 }
    let model = try network.structure(options).withRandomParameters(seed: 3)
    for fraction in [0.7, 0.4] {
      let (small, report) = try StructuredPruning(.macs(keeping: fraction)).prune(model)
      let share = Double(report.macsAfter) / Double(report.macsBefore)
      #expect(try small.cost().macs == report.macsAfter)
      #expect((fraction - 0.05...fraction).contains(share), "\(share) for \(fraction)")
    }
    let (_, report) = try StructuredPruning(.parameters(keeping: 0.5)).prune(model)
    let share = Double(report.parametersAfter) / Double(report.parametersBefore)
    #expect((0.42...0.5).contains(share), "\(share)")
    #expect(throws: PruningError.self) {
      try StructuredPruning(.macs(keeping: 0)).prune(model)
    }
  }
}
