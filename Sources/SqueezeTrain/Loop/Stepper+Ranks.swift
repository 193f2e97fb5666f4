import SqueezeTensor

extension Stepper {
  /// Replaces gradients, losses, samples and statistics of this rank by those of all.
  ///
  /// Gradients are `Σ nᵢ gᵢ / Σ nᵢ` over the batches of all ranks. Running statistics are averaged over ranks,
  /// which gives those of the mean of the ranks' batch moments; each rank normalizes with its own batch unless
  /// ``TrainerOptions/sharesMoments`` is set.
  ///
  /// - Throws: ``CommunicationError``.
  func share(
    _ gradients: inout GradientSum,
    _ outcome: inout Outcome,
    _ store: inout ParameterStore,
    _ exchange: GradientExchange,
    unit: Int
  ) throws {
    let communicator = exchange.communicator
    // All of them where this rank had no sample in the last batch, none otherwise.
    for position in exchange.open {
      let length = store.trained[position].values.count
      exchange.send(
        gradients.total(position, adding: [], samples: 0, unit: unit, length: length),
        at: position
      )
    }
    let sums = try exchange.finish()
    let clock = ContinuousClock()
    let summed = clock.now
    let totals = try communicator.sum([outcome.lossSum, Double(outcome.samples)])
    var bytes = sums.bytes
    if !store.statistics.isEmpty {
      let keys = store.statistics.keys.sorted()
      var values = keys.flatMap { store.statistics[$0]?.scalars ?? [] }
      bytes += try communicator.sum(&values)
      var place = 0
      for key in keys {
        guard let old = store.statistics[key] else { continue }
        let mean = values[place..<place + old.scalars.count].map { $0 / Float(communicator.size) }
        store.statistics[key] = Tensor(old.shape, mean, type: old.type)
        place += mean.count
      }
    }
    let rest = (clock.now - summed).seconds
    outcome.lossSum = totals[0]
    outcome.samples = Int(totals[1])
    gradients = GradientSum(sums.lists, unit: unit, samples: outcome.samples)
    outcome.communication = CommunicationReport(
      ranks: communicator.size,
      computeSeconds: 0,
      communicationSeconds: sums.seconds + rest,
      waitSeconds: sums.waitSeconds + rest,
      bytesSent: bytes
    )
  }
}
