import CSqueezeKernels
import SqueezeGraph
import SqueezeOperators
import SqueezeTensor

/// A value in one form; a value that several kernels take in several forms is several of these.
struct PlanValue {
  var spec: TensorSpec
  var form: Form
  var halo = Halo.none
  /// The value in whose memory this one lies.
  var host: Host?
  /// Where the channels of a scattered value lie.
  var channels: [ChannelSource] = []
  /// A value known before any run.
  var constant: Tensor?
}

/// Memory that a value shares with another.
struct Host {
  var value: Int
  /// The channels of the other value that this one is; `nil` where it is all, in another shape.
  var channels: Range<Int>?
}

/// One channel of a blocked value.
struct ChannelSource: Hashable {
  var value: Int
  var channel: Int
}

/// One kernel with the values it takes and makes.
struct DraftStep {
  var names: [String]
  var operatorName: String
  var kernel: any BoundKernel
  var inputs: [Int]
  var outputs: [Int]
}

/// Chooses kernels and forms node by node and brings values from one form into another.
struct PlanBuilder {
  let table: KernelTable
  let threadCount: Int
  let precision: Precision
  /// Values that are to be floats although ``precision`` says bfloat16.
  var valuesReadAsFloats: Set<String> = []
  private(set) var values: [PlanValue] = []
  private(set) var steps: [DraftStep] = []
  private var indices: [Key: Int] = [:]
  /// The form in which each value is made.
  private var forms: [String: Form] = [:]
  private var specs: [String: TensorSpec] = [:]

  private struct Key: Hashable {
    var name: String
    var form: Form
  }

  private let chooser: KernelChooser

  init(
    table: KernelTable,
    threadCount: Int,
    precision: Precision = .float32,
    chooser: KernelChooser = KernelChooser()
  ) {
    self.table = table
    self.threadCount = threadCount
    self.precision = precision
    self.chooser = chooser
  }

  /// Adds a value that is there before the first step; returns its number.
  mutating func addSource(_ name: String, _ spec: TensorSpec) -> Int {
    addValue(name, spec, .tensor)
  }

  /// Adds a value that never changes.
  mutating func addConstant(_ name: String, _ tensor: Tensor) {
    values[addValue(name, tensor.spec, .tensor)].constant = tensor
  }

  /// Chooses a kernel for a node and adds it with the conversions it needs.
  mutating func add(_ node: DraftNode, outputs: [TensorSpec]) {
    if select(node, outputs) { return }
    let site = Site(
      inputs: node.inputs.compactMap { specs[$0] },
      outputs: outputs,
      forms: node.inputs.compactMap { forms[$0] },
      parameters: node.parameters.map { $0.decoded() },
      encodings: node.parameters,
      addsResidual: node.addsResidual,
      prologue: node.prologue,
      pooling: node.pooling,
      depthwise: node.depthwise,
      clip: node.clip,
      table: table,
      threadCount: threadCount,
      precision: precision,
      isReadAsFloats: valuesReadAsFloats.contains(node.outputs[0])
    )
    let kernel =
      node.program.map { ElementwiseChain($0, site) } ?? chooser.kernel(for: node.op, site)
    add(node, outputs: outputs, kernel: kernel)
  }

  /// Adds a node with its kernel and the conversions it needs.
  mutating func add(_ node: DraftNode, outputs: [TensorSpec], kernel: any BoundKernel) {
    let sources = zip(node.inputs, kernel.inputs).map { value($0, $1) }
    let targets = zip(zip(node.outputs, outputs), kernel.outputs).map {
      addValue($0.0, $0.1, $1)
    }
    if type(of: kernel).sharesMemory { values[targets[0]].host = Host(value: sources[0]) }
    if !kernel.slots.isEmpty { place(sources, inside: targets[0], at: kernel.slots) }
    steps.append(
      DraftStep(
        names: node.names,
        operatorName: type(of: node.op).name,
        kernel: kernel,
        inputs: sources,
        outputs: targets
      )
    )
  }

  /// Lets values be made inside a concatenation, where they are not part of something else yet.
  ///
  /// Parts that already follow each other in an earlier concatenation, of which they are all, take it
  /// along: it becomes a part of the new one.
  private mutating func place(_ parts: [Int], inside whole: Int, at offsets: [Int?]) {
    let earlier = parts.first.map { location(of: $0).value } ?? whole
    let count = offsets.firstIndex { $0 == channelCount(earlier) } ?? parts.count
    let followEachOther = zip(parts, offsets).prefix(count).allSatisfy { part, offset in
      let place = location(of: part)
      return place.value == earlier && place.channel == offset
    }
    let size = parts.prefix(count).reduce(0) { $0 + channelCount($1) }
    if earlier != parts.first, values[earlier].host == nil, values[earlier].form == .blocked,
      followEachOther, size == channelCount(earlier)
    {
      values[earlier].host = Host(value: whole, channels: 0..<size)
    }
    for (part, offset) in zip(parts, offsets) where values[part].host == nil {
      guard let offset else { continue }
      let channels = offset..<offset + channelCount(part)
      values[part].host = Host(value: whole, channels: channels)
    }
  }

  /// The outermost value in which one lies, and its first channel there.
  private func location(of value: Int) -> (value: Int, channel: Int) {
    var place = (value: value, channel: 0)
    while let host = values[place.value].host, let channels = host.channels {
      place = (host.value, place.channel + channels.lowerBound)
    }
    return place
  }

  private func channelCount(_ value: Int) -> Int { Layout.sizes(values[value].spec.shape)[1] }

  /// Adds a node that only selects channels: no step, its outputs are channels of other values.
  ///
  /// - Returns: whether the node was of that kind; concatenations of whole blocks are not, since
  ///   their inputs can be made in place.
  private mutating func select(_ node: DraftNode, _ outputs: [TensorSpec]) -> Bool {
    let inputs = node.inputs.compactMap { specs[$0] }
    // The cheap questions first: the runtime takes a while to say that a type does not conform.
    guard !node.clip.clips,
      (inputs + outputs).allSatisfy({ $0.type == .float32 && $0.shape.count > 0 }),
      inputs.allSatisfy({ $0.shape.rank == 4 }),
      node.inputs.contains(where: { forms[$0] == .blocked || forms[$0] == .scattered }),
      let op = node.op as? any ChannelSelection,
      let selections = op.selectedChannels(inputs.map { $0.shape })
    else { return false }
    let isWhole = inputs.allSatisfy { $0.shape[1] % 16 == 0 }
    if node.op is Concatenate, isWhole, node.inputs.allSatisfy({ forms[$0] != .scattered }) {
      return false
    }
    let sources = node.inputs.map { name in
      forms[name] == .scattered
        ? values[value(name, Demand(form: .scattered))].channels
        : channels(of: value(name, .blocked))
    }
    for (selection, (name, spec)) in zip(selections, zip(node.outputs, outputs)) {
      let channels = selection.map { sources[$0.input][$0.channel] }
      if let slice = Self.slice(channels), slice.channels.lowerBound % 16 == 0,
        slice.channels != 0..<channelCount(slice.value)
      {
        let target = addValue(name, spec, .blocked)
        values[target].host = Host(value: slice.value, channels: slice.channels)
      } else {
        values[addValue(name, spec, .scattered)].channels = channels
      }
    }
    return true
  }

  private func channels(of value: Int) -> [ChannelSource] {
    (0..<channelCount(value)).map { ChannelSource(value: value, channel: $0) }
  }

  /// The neighbouring channels of one value that some channels are, if they are.
  private static func slice(_ channels: [ChannelSource]) -> (value: Int, channels: Range<Int>)? {
    guard let first = channels.first,
      channels.enumerated().allSatisfy({
        $1.value == first.value && $1.channel == first.channel + $0
      })
    else { return nil }
    return (first.value, first.channel..<first.channel + channels.count)
  }

  /// The number of a value in the form a kernel asks for, converted where it is in no such form.
  mutating func value(_ name: String, _ demand: Demand) -> Int {
    let key = Key(name: name, form: demand.form)
    if let index = indices[key] {
      values[index].halo = values[index].halo.union(demand.halo)
      return index
    }
    guard let spec = specs[name], let made = forms[name] else {
      preconditionFailure("value \"\(name)\" is used before it is made")
    }
    var form = made.steppingStone(to: demand.form) ?? made
    if made == .scattered && demand.form != .blocked { form = .blocked }
    let source = value(name, Demand(form: form))
    let target = addValue(name, spec, demand.form, isFirst: false)
    values[target].halo = demand.halo
    let kernel: any BoundKernel =
      form == .scattered
      ? ChannelGather(table: table)
      : conversion(spec, from: form, to: demand.form, table: table)
    steps.append(
      DraftStep(
        names: [name],
        operatorName: "",
        kernel: kernel,
        inputs: [source],
        outputs: [target]
      )
    )
    return target
  }

  private mutating func addValue(
    _ name: String,
    _ spec: TensorSpec,
    _ form: Form,
    isFirst: Bool = true
  ) -> Int {
    indices[Key(name: name, form: form)] = values.count
    if isFirst {
      forms[name] = form
      specs[name] = spec
    }
    values.append(PlanValue(spec: spec, form: form))
    return values.count - 1
  }
}
