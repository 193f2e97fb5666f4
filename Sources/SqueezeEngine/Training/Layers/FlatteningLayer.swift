import SqueezeTensor

/// Maps as rows of features, `[N, C, H, W]` to `[N, C · H · W]`.
final class FlatteningLayer: TrainingLayer {
  let inputs: [Int]
  let outputs: [Int]
  private var places: LayerPlaces?

  init(input: Int, output: Int) {
    inputs = [input]
    outputs = [output]
  }

  func bind(_ places: LayerPlaces) { self.places = places }

  func forward(_ run: TrainingRun) {
    guard let input = places?.inputs[0], let rows = places?.outputs[0] else { return }
    move(run.pool, input, rows) { map, row in (run.memory + row).pointee = run.memory[map] }
    for plane in 0..<rows.planes where rows.lanes(of: plane) < 16 {
      for row in 0..<rows.width {
        let pixel = run.memory + rows.row(0, plane) + row * 16
        for lane in rows.lanes(of: plane)..<16 { pixel[lane] = 0 }
      }
    }
  }

  func backward(_ run: TrainingRun) {
    guard let places, let gradient = places.outputGradients[0],
      let target = places.inputGradients[0]
    else { return }
    if !places.accumulates[0] { target.clear(run.memory, run.pool) }
    move(run.pool, target, gradient) { map, row in run.memory[map] += run.memory[row] }
  }

  /// Calls `body` with the places of each number in the maps and in the rows.
  private func move(
    _ pool: ThreadPool,
    _ maps: Layout,
    _ rows: Layout,
    _ body: (_ map: Int, _ row: Int) -> Void
  ) {
    let area = maps.height * maps.width
    pool.forEach(maps.batch) { image, _ in
      for channel in 0..<maps.channels {
        let start = maps.row(image, channel / 16) + channel % 16
        var feature = channel * area
        for row in 0..<maps.height {
          for column in 0..<maps.width {
            body(
              start + row * maps.rowStride + column * 16,
              rows.row(0, feature / 16) + image * 16 + feature % 16
            )
            feature += 1
          }
        }
      }
    }
  }
}
