import ArgumentParser
import Foundation
import Squeeze

/// `squeeze new`: a published network with random parameters.
struct New: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new",
    abstract: "Build a published network with random parameters.",
    discussion: """
      squeeze models lists the networks. The parameters are random but seeded, of a size that keeps \
      activations alive through any depth; cost and speed are those of the real network.

      EXAMPLES
        squeeze new squeezenet-v1.1 --classes 10 --input 3,224,224 -o model.sqz
        squeeze new u-net --base 16 --input 1,256,256 --classes 2 -o u-net.onnx
        squeeze new resnet-18 --batch 1 --seed 7 -o resnet-18.onnx
      """
  )

  @Argument(help: "The network's name.")
  var name: String
  @Option(help: "How many classes, or output maps in a segmentation network.")
  var classes: Int?
  @Option(
    help: ArgumentHelp(
      "The shape of one input without its batch.",
      valueName: "channels,height,width"
    )
  )
  var input: String?
  @Option(help: "A fixed number of inputs per run; without it every run may choose.")
  var batch: Int?
  @Option(help: "The channels of the first level, for u-net, resnet-18 and vgg-16.")
  var base: Int?
  @Option(help: "The seed of the random parameters.")
  var seed: UInt64 = 1
  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: ArgumentHelp("The file to write; its extension chooses the format.", valueName: "file")
  )
  var destination: String
  @OptionGroup var output: OutputOptions

  private struct Result: Encodable {
    var name: String
    var output: String
    var input_shape: [Int]
    var classes: Int
    var parameters: Int
    var macs: Int
    var bytes: Int
    var seed: UInt64
  }

  func run() throws {
    guard let network = NetworkCatalog.network(named: name) else {
      let names = NetworkCatalog.all.map(\.name).joined(separator: ", ")
      throw ValidationError("expected one of \(names), got \(NamedModel.suggestion(for: name))")
    }
    let options = try options(for: network)
    let model = try network.model(options, seed: seed)
    try ModelFile.save(model, to: URL(fileURLWithPath: destination))
    let cost = try model.cost()
    let result = Result(
      name: name,
      output: destination,
      input_shape: options.shape.dimensions,
      classes: options.classes,
      parameters: cost.parameters,
      macs: cost.macs,
      bytes: Files.byteCount(destination),
      seed: seed
    )
    if output.json { return try Console.json(result) }
    Console.print("\(destination)  \(Units.grouped(result.bytes)) bytes")
    Console.print(
      "\(network.title), input \(options.shape), \(Units.grouped(cost.parameters)) parameters, "
        + "\(Units.count(cost.macs)) MACs, seed \(seed)"
    )
  }

  /// The network's own options with those of the command line in place.
  private func options(for network: PublishedNetwork) throws -> NetworkOptions {
    var options = network.published
    if let classes { options.classes = classes }
    if let base {
      guard options.baseWidth != nil else {
        throw ValidationError("--base: \(name) has no width to choose")
      }
      options.baseWidth = base
    }
    options.batch = batch
    if let input {
      let sizes = input.split(separator: ",").map { Int($0) }
      guard !sizes.isEmpty, !sizes.contains(nil) else {
        throw ValidationError("--input: expected sizes such as 3,224,224, got \(input)")
      }
      options.input = Shape(sizes.compactMap { $0 })
    }
    return options
  }
}
