import SqueezeGraph
import SqueezeParameters
import SqueezeTensor

extension ParameterStore {
  /// Everything that a checkpoint keeps of parameters.
  func checkpoint(_ state: TrainingState) -> Checkpoint {
    var parameters = model.parameters
    var lists: [Checkpoint.ListName: [Float]] = [:]
    for parameter in trained {
      let key = parameter.key
      if parameter.isDense {
        parameters[key] = parameter.encoding(parameter.values)
      } else {
        parameters[key] = parameter.template
        lists[.init(role: .values, key: key)] = parameter.values
      }
      lists[.init(role: .slots, key: key)] = parameter.slots
      if !parameter.average.isEmpty { lists[.init(role: .average, key: key)] = parameter.average }
    }
    for (key, value) in statistics { parameters[key] = Dense(value) }
    for (key, value) in averagedStatistics {
      lists[.init(role: .statisticAverage, key: key)] = value.scalars
    }
    return Checkpoint(state: state, parameters: parameters, lists: lists)
  }

  /// Goes on from a checkpoint of the same graph.
  ///
  /// - Throws: ``TrainingError/checkpoint(_:expected:actual:)`` where something is missing or has another size.
  mutating func restore(_ checkpoint: Checkpoint, name: String) throws(TrainingError) {
    func list(
      _ role: Checkpoint.ListName.Role,
      _ key: String,
      count: Int
    ) throws(TrainingError) -> [Float] {
      let list = checkpoint.lists[.init(role: role, key: key)] ?? []
      guard list.count == count else {
        throw .checkpoint(name, expected: "\(count) \(role) of \(key)", actual: "\(list.count)")
      }
      return list
    }
    for (key, old) in model.parameters {
      guard let new = checkpoint.parameters[key], new.shape == old.shape, new.type == old.type
      else {
        let actual = checkpoint.parameters[key].map { "\($0.shape)" } ?? "none"
        throw .checkpoint(name, expected: "parameter \(key) \(old.shape)", actual: actual)
      }
      if statistics[key] != nil {
        statistics[key] = new.decoded()
      } else if positions[key] == nil {
        model.parameters[key] = new
      }
    }
    for position in trained.indices {
      let old = trained[position]
      guard let new = checkpoint.parameters[old.key],
        Swift.type(of: new).name == Swift.type(of: old.template).name,
        new.free.count == old.values.count
      else {
        let encoding = Swift.type(of: old.template).name
        throw .checkpoint(
          name,
          expected: "parameter \(old.key) as \(encoding)",
          actual: "another encoding"
        )
      }
      trained[position] = TrainedParameter(
        old.key,
        template: new,
        decay: old.decay,
        values: old.isDense ? new.free : try list(.values, old.key, count: old.values.count),
        slots: try list(.slots, old.key, count: old.slots.count),
        average: try list(.average, old.key, count: old.average.count)
      )
    }
    for (key, value) in averagedStatistics {
      let average = try list(.statisticAverage, key, count: value.scalars.count)
      averagedStatistics[key] = Tensor(value.shape, average, type: value.type)
    }
  }
}
