import ArgumentParser
import Squeeze

/// `squeeze inspect`: what a model costs.
struct Inspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Say what a model costs, node by node.",
    discussion: """
      Counts parameters, multiply–accumulates (MACs; 1 MAC = 2 FLOPs), bytes of weights as stored in \
      their encodings, activations, and memory traffic with every value moved once. These are \
      counts from the graph, nothing is run, unless --measure asks for the time of every layer.

      --html writes one page that loads nothing: the graph with a card per layer, where everything goes, \
      search and sort; --beside puts a second model next to the first.

      With --hardware it also says what bounds the model on some devices: the least time by the roofline, \
      node by node, what fits into which memory, and the energy by a model. squeeze devices lists them; \
      `this` is this machine, measured once.

      EXAMPLES
        squeeze inspect squeezenet.onnx
        squeeze inspect mobilenet-v2 --hardware this
        squeeze inspect squeezenet.onnx --input 1,3,227,227 --json
        squeeze inspect model.sqz --svg cost.svg
        squeeze inspect model.sqz --html cost.html --measure --beside original.onnx
        squeeze inspect model.sqz --hardware v100,raspberry-pi-4,this
      """
  )

  @Argument(help: NamedModel.help) var model: String
  @OptionGroup var inputs: InputOptions
  @OptionGroup var structure: StructureOptions
  @Option(help: ArgumentHelp("Draw where the model spends into an SVG file.", valueName: "file"))
  var svg: String?
  @Option(help: ArgumentHelp("Write a page for a browser.", valueName: "file"))
  var html: String?
  @Option(help: ArgumentHelp("A second model, for --html.", valueName: "model"))
  var beside: String?
  @Flag(help: "Measure the time of every layer, for --html.")
  var measure = false
  @OptionGroup var hardware: HardwareOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    if html == nil, beside != nil || measure {
      throw ValidationError("--beside and --measure: expected --html as well")
    }
  }

  private struct Result: Encodable {
    var cost: CostReport.JSON
    var hardware: [HardwareReport.JSON]

    enum Keys: CodingKey { case hardware }

    /// The cost's own keys, and `hardware` beside them.
    func encode(to encoder: any Encoder) throws {
      try cost.encode(to: encoder)
      var container = encoder.container(keyedBy: Keys.self)
      try container.encode(hardware, forKey: .hardware)
    }
  }

  func run() throws {
    let first = try sheet(of: model, given: structure)
    let report = first.report
    if let svg {
      try Files.write(CostPicture(model, report.cost).svg, to: svg)
      Console.note("wrote \(svg)")
    }
    if let html {
      // A second model says of itself what it is.
      let second = try beside.map { try sheet(of: $0, given: nil) }
      try Files.write(ModelPage([first] + [second].compactMap { $0 }).text, to: html)
      Console.note("wrote \(html)")
    }
    let fileBytes = NamedModel.fileBytes(model)
    let devices = try hardware.report(first.model, report.cost, fileBytes: fileBytes)
    if output.json {
      guard let devices else { return try Console.json(report.json) }
      return try Console.json(Result(cost: report.json, hardware: devices.json))
    }
    Console.print(report.table.text)
    Console.print(report.histogram.text)
    Console.print(report.summary, terminator: "")
    guard let devices else { return }
    Console.print("\n" + devices.nodes.text)
    Console.print(devices.memories.text)
    Console.print(devices.table.text)
    Console.print(devices.remarks(megabitsPerSecond: hardware.bandwidth), terminator: "")
  }

  /// A model with its costs, and its times where they are asked for.
  private func sheet(of path: String, given structure: StructureOptions?) throws -> ModelSheet {
    let loaded = try NamedModel.load(path, given: structure)
    let shapes = try inputs.shapes(for: loaded)
    let compiled = try CompiledModel(loaded, shapes: shapes)
    let report = CostReport(
      model: path,
      cost: try loaded.cost(for: shapes),
      fileBytes: NamedModel.fileBytes(path),
      planBytes: compiled.peakActivationBytes
    )
    var profile: ExecutionProfile?
    if measure {
      let machine = MachineCache().thisMachine(threads: 1, renew: false) { probe in
        Console.note("measuring this machine, once")
        return probe.measure()
      }
      profile = try ExecutionProfile(
        of: compiled,
        loaded,
        shapes: shapes,
        on: machine,
        iterations: 10
      )
    }
    let title = path.split(separator: "/").last.map(String.init) ?? path
    return ModelSheet(title, model: loaded, report: report, profile: profile)
  }
}
