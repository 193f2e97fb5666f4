import SqueezeTensor

/// When the memory of values, gradients and layers is needed, and where it lies.
///
/// Layer `i` of `n` runs forwards as step `i` and backwards as step `2n − 1 − i`; one arena serves both
/// ways. A part of a concatenation shares the memory of the whole.
struct TrainingPlan {
  /// The layouts of values and of gradients, `nil` where there is none.
  private(set) var data: [Layout]
  private(set) var gradients: [Layout?]
  private(set) var places: [LayerPlaces] = []
  /// The layouts whose halo is to be cleared before a step.
  private(set) var cleared: [[Layout]]
  /// The layers whose output is computed again before a step, and where to.
  private(set) var recomputed: [[(layer: Int, layout: Layout)]]
  private(set) var arenaCount = 0

  init(_ graph: TrainingGraph, inputs: [Int], outputs: [Int], recomputes: Bool = false) {
    let (values, layers) = (graph.values, graph.layers)
    let roots = values.indices.map { index in
      var root = index
      while let host = values[root].host { root = host.value }
      return root
    }
    var halos = [Halo](repeating: .none, count: values.count)
    var gradientHalos = halos
    for layer in layers {
      for (position, value) in layer.inputs.enumerated() {
        halos[roots[value]] = halos[roots[value]].union(layer.halo(ofInput: position))
      }
      for (position, value) in layer.outputs.enumerated() where values[value].needsGradient {
        gradientHalos[roots[value]] = gradientHalos[roots[value]]
          .union(layer.halo(ofGradient: position))
      }
    }
    let makers = recomputes ? Self.recomputable(graph, roots, outputs: outputs) : [:]
    let uses = Self.uses(graph, roots, Set(makers.keys), inputs: inputs, outputs: outputs)
    var requests: [ArenaPlan.Request] = []
    func request(_ count: Int, _ steps: ClosedRange<Int>) -> Int {
      requests.append(ArenaPlan.Request(count: count, steps: steps))
      return requests.count - 1
    }
    var dataRequests = [Int?](repeating: nil, count: values.count)
    var gradientRequests = dataRequests
    var keptRequests = dataRequests
    for index in values.indices where roots[index] == index {
      if let steps = uses.data[index] {
        dataRequests[index] = request(values[index].layout(halos[index]).count, steps)
      }
      if let steps = uses.kept[index] {
        keptRequests[index] = request(values[index].layout(halos[index]).count, steps)
      }
      if let steps = uses.gradients[index] {
        gradientRequests[index] = request(values[index].layout(gradientHalos[index]).count, steps)
      }
    }
    let last = 2 * layers.count - 1
    let scratch = layers.enumerated().map { position, layer in
      (
        request(layer.forwardScratch, position...position),
        request(layer.backwardScratch, last - position...last - position)
      )
    }
    let arena = ArenaPlan(requests)
    // Kernels may read, but not use, a little beyond the last value.
    arenaCount = arena.count + 64
    func layout(_ index: Int, _ halos: [Halo], _ requests: [Int?]) -> Layout? {
      guard let request = requests[roots[index]] else { return nil }
      let whole = Self.layout(index, values, halos)
      return whole.moved(by: arena.offsets[request])
    }
    data = values.indices.map {
      layout($0, halos, dataRequests) ?? Self.layout($0, values, halos)
    }
    gradients = values.indices.map { index in
      values[index].needsGradient ? layout(index, gradientHalos, gradientRequests) : nil
    }
    cleared = [[Layout]](repeating: [], count: 2 * layers.count)
    for index in values.indices where roots[index] == index {
      if let steps = uses.data[index] { cleared[steps.lowerBound].append(data[index]) }
      if let steps = uses.gradients[index],
        let layout = layout(index, gradientHalos, gradientRequests)
      {
        cleared[steps.lowerBound].append(layout)
      }
    }
    recomputed = [[(layer: Int, layout: Layout)]](repeating: [], count: 2 * layers.count)
    var kept = data
    for (index, layer) in makers.sorted(by: { $0.key < $1.key }) {
      guard let steps = uses.kept[index], let layout = layout(index, halos, keptRequests) else {
        continue
      }
      kept[index] = layout
      cleared[steps.lowerBound].append(layout)
      recomputed[steps.lowerBound].append((layer, layout))
    }
    var written = Set(outputs)
    for (position, layer) in layers.enumerated().reversed() {
      var accumulates: [Bool] = []
      for value in layer.inputs {
        // A part of a concatenation has its gradient where the whole has it.
        accumulates.append(written.contains(value) || values[value].host != nil)
        written.insert(value)
      }
      places.append(
        LayerPlaces(
          inputs: layer.inputs.map { data[$0] },
          keptInputs: layer.inputs.map { kept[$0] },
          outputs: layer.outputs.map { data[$0] },
          inputGradients: layer.inputs.map { gradients[$0] },
          outputGradients: layer.outputs.map { gradients[$0] },
          accumulates: accumulates,
          forwardScratch: arena.offsets[scratch[position].0],
          backwardScratch: arena.offsets[scratch[position].1]
        )
      )
    }
    places.reverse()
  }

  /// The layout of a value from the start of its root's memory.
  private static func layout(_ index: Int, _ values: [TrainingValue], _ halos: [Halo]) -> Layout {
    guard let host = values[index].host else { return values[index].layout(halos[index]) }
    let whole = layout(host.value, values, halos)
    let channels = values[index].spec.shape[1]
    return whole.slice(channels: host.channel..<host.channel + channels)
  }

  /// The values that are cheap to compute again, each with the layer that makes it: what batch
  /// normalizations give, whose inputs are kept in any case.
  private static func recomputable(
    _ graph: TrainingGraph,
    _ roots: [Int],
    outputs: [Int]
  ) -> [Int: Int] {
    let hosts = Set(graph.values.compactMap { $0.host?.value })
    var makers: [Int: Int] = [:]
    for (position, layer) in graph.layers.enumerated() where layer is NormalizationLayer {
      let value = layer.outputs[0]
      // The input of one is not the output of another, or that would have to come first.
      guard roots[value] == value, !hosts.contains(value), !outputs.contains(value),
        makers[layer.inputs[0]] == nil
      else { continue }
      makers[value] = position
    }
    return makers
  }

  /// From which to which step the memory of each root is needed, and of what is computed again.
  private static func uses(
    _ graph: TrainingGraph,
    _ roots: [Int],
    _ recomputed: Set<Int>,
    inputs: [Int],
    outputs: [Int]
  ) -> (data: [ClosedRange<Int>?], kept: [ClosedRange<Int>?], gradients: [ClosedRange<Int>?]) {
    let count = graph.layers.count
    let last = 2 * count - 1
    var data = [ClosedRange<Int>?](repeating: nil, count: roots.count)
    var (kept, gradients) = (data, data)
    func add(_ step: Int, _ value: Int, _ ranges: inout [ClosedRange<Int>?]) {
      let known = ranges[roots[value]]
      ranges[roots[value]] =
        known.map { min($0.lowerBound, step)...max($0.upperBound, step) } ?? step...step
    }
    for value in inputs { add(0, value, &data) }
    for value in outputs {
      add(max(0, count - 1), value, &data)
      if graph.values[value].needsGradient { add(count, value, &gradients) }
    }
    for (position, layer) in graph.layers.enumerated() {
      let isBackward = layer.outputs.contains { graph.values[$0].needsGradient }
      for value in layer.inputs {
        add(position, value, &data)
        guard isBackward else { continue }
        if layer.keepsInputs {
          if recomputed.contains(value) {
            add(last - position, value, &kept)
          } else {
            add(last - position, value, &data)
          }
        }
        if graph.values[value].needsGradient { add(last - position, value, &gradients) }
      }
      for value in layer.outputs {
        add(position, value, &data)
        guard isBackward else { continue }
        if layer.keepsOutputs { add(last - position, value, &data) }
        if graph.values[value].needsGradient { add(last - position, value, &gradients) }
      }
    }
    return (data, kept, gradients)
  }
}

extension Layout {
  /// The same layout so many elements later in memory.
  func moved(by count: Int) -> Layout {
    var layout = self
    layout.origin += count
    return layout
  }
}
