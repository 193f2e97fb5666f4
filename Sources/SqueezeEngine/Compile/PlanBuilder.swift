import CSqueezeKernels
import SqueezeGraph
import SqueezeTensor

/// A value in one form; a value that several kernels take in several forms is several of these.
struct PlanValue {
  var spec: TensorSpec
  var form: Form
  var halo = Halo.none
  /// The value in whose memory this one lies.
  var host: Host?
  /// A value known before any run.
  var constant: Tensor?
}

/// Memory that a value shares with another.
struct Host {
  var value: Int
  /// The channels of the other value that this one is; `nil` where it is all, in another shape.
  var channels: Range<Int>?
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

  init(table: KernelTable, threadCount: Int, precision: Precision = .float32) {
    self.table = table
    self.threadCount = threadCount
    self.precision = precision
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
    let site = Site(
      inputs: node.inputs.compactMap { specs[$0] },
      outputs: outputs,
      forms: node.inputs.compactMap { forms[$0] },
      parameters: node.parameters,
      clip: node.clip,
      table: table,
      threadCount: threadCount,
      precision: precision,
      isReadAsFloats: valuesReadAsFloats.contains(node.outputs[0])
    )
    let kernel = KernelCatalog.kernel(for: node.op, site)
    let sources = zip(node.inputs, kernel.inputs).map { value($0, $1) }
    let targets = zip(zip(node.outputs, outputs), kernel.outputs).map {
      addValue($0.0, $0.1, $1)
    }
    if kernel is any SharesMemory { values[targets[0]].host = Host(value: sources[0]) }
    if let concatenation = kernel as? any PlacesInputs {
      place(sources, inside: targets[0], at: concatenation.slots)
    }
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
  private mutating func place(_ parts: [Int], inside whole: Int, at offsets: [Int?]) {
    for (part, offset) in zip(parts, offsets) where values[part].host == nil {
      guard let offset else { continue }
      let channels = offset..<offset + Layout.sizes(values[part].spec.shape)[1]
      values[part].host = Host(value: whole, channels: channels)
    }
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
    let form = made.steppingStone(to: demand.form) ?? made
    let source = value(name, Demand(form: form))
    let target = addValue(name, spec, demand.form, isFirst: false)
    values[target].halo = demand.halo
    steps.append(
      DraftStep(
        names: [name],
        operatorName: "",
        kernel: conversion(spec, from: form, to: demand.form, table: table),
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
