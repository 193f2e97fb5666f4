import Foundation
import SqueezeData
import SqueezeDesign
import SqueezeExperiments
import SqueezeFormats
import SqueezeTestSupport
import SqueezeTrain
import Synchronization
import Testing

/// Whole searches over tiny networks on pictures of two classes.
@Suite struct SearchSessionTests {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    for (split, count) in ["train": 8, "test": 4] {
      for (label, direction) in [("flat", 0.0), ("upright", 90)] {
        let path = folder.url.appendingPathComponent("data/\(split)/\(label)")
        try FileManager.default.createDirectory(at: path, withIntermediateDirectories: true)
        for number in 0..<count {
          try ImageFile.save(
            StripePictures.draw(direction: direction, size: 8, seed: UInt64(number)),
            to: path.appendingPathComponent("\(number).png").path
          )
        }
      }
    }
    try Data(
      """
      network:
        input: [3, 8, 8]
        layers:
          - {kind: conv, channels: 8, kernel: 3}
          - relu
          - {kind: conv, channels: 8, kernel: 3}
          - relu
          - global_pool
          - flatten
          - {kind: fc, features: 2}
          - softmax
      data: {path: data, mean: [0.5], deviation: [0.25]}
      optimizer: {name: sgd, rate: 0.1}
      epochs: 2
      batch: 8
      threads: 1
      """.utf8
    ).write(to: folder.url.appendingPathComponent("train.yaml"))
  }

  private func config(_ more: String = "") throws -> SearchConfig {
    try SearchConfig(
      """
      train: train.yaml
      genes:
        - "| width(multiplier=0.5...0.7 by 0.4)"
        - "| kernel-reduction(fraction=0.5) | depthwise-pointwise"
      candidates: 5
      population: 3
      sample: 2
      generation: 2
      \(more)
      """,
      file: "search.yaml",
      folder: folder.url
    )
  }

  private func session(_ config: SearchConfig, _ name: String) -> SearchSession {
    SearchSession(config, in: folder.url.appendingPathComponent(name))
  }

  @Test("it tries candidates, keeps a front, and leaves a run for each")
  func searches() throws {
    let config = try config()
    let state = try session(config, "a").run()
    #expect(state.candidates.count == 5)
    #expect(Set(state.candidates.map(\.boosters)).count == 5)
    #expect(state.candidates[0].boosters.isEmpty)
    let trained = state.candidates.filter { $0.remark == nil }
    #expect(trained.count >= 3)
    for candidate in trained {
      #expect((0...100).contains(candidate.accuracy ?? -1) && candidate.epochs == 2)
      let model = try ModelFile.load(
        folder.url.appendingPathComponent("a/runs/\(candidate.run)/model.sqz")
      )
      #expect(try model.cost().parameters == candidate.parameters)
    }
    let report = SearchReport(config, state)
    #expect(!report.best.isEmpty)
    #expect(report.page.text.contains("runs/\(report.best[0].run)/report.html"))
    // Nothing on the front is beaten by another candidate.
    for member in report.best {
      #expect(
        !trained.contains {
          ($0.accuracy ?? 0) >= (member.accuracy ?? 0)
            && ($0.parameters ?? 0) < (member.parameters ?? 0)
        }
      )
    }
  }

  @Test(
    "stopped anywhere and resumed, it finds what an uninterrupted search finds",
    arguments: [3, 11]
  )
  func resumes(_ steps: Int) throws {
    var config = try config("halving: {first: 1, factor: 2}\nworkers: 2")
    let whole = try session(config, "whole").run()
    let asked = Atomic<Int>(0)
    let half = try session(config, "half").run(
      shouldStop: { asked.wrappingAdd(1, ordering: .relaxed).newValue > steps }
    )
    #expect(half.candidates.count < 5 || half.candidates.contains { $0.epochs == 0 })
    config.training.threads = 2
    let rest = try session(config, "half").run(resume: true)
    #expect(rest.candidates == whole.candidates)
    #expect(
      whole.candidates.contains { $0.epochs == 1 } && whole.candidates.contains { $0.epochs == 2 }
    )
  }

  @Test(
    "ranks share the candidates, stop together, and find what one process finds",
    arguments: [2, 3]
  )
  func ranks(_ size: Int) throws {
    let config = try config("compare: true\nhalving: {first: 1, factor: 2}")
    let alone = try session(config, "alone").run()
    func shared(resume: Bool, stopAfter steps: Int) throws -> [SearchState] {
      let asked = Count()
      let shared = session(config, "shared")
      return try withRanks(size) { communicator in
        var session = shared
        session.communicator = communicator
        // One rank alone is told to stop.
        return try session.run(
          resume: resume,
          shouldStop: {
            communicator.rank == size - 1
              && asked.value.wrappingAdd(1, ordering: .relaxed).newValue > steps
          }
        )
      }.map { try $0.get() }
    }
    let stopped = try shared(resume: false, stopAfter: 1)
    #expect(stopped.count == size && stopped[0].candidates.count < 5)
    let states = try shared(resume: true, stopAfter: .max)
    for state in states {
      #expect(state.candidates == alone.candidates && state.reference == alone.reference)
    }
    let latency = try self.config("objectives: [accuracy, latency]\nepochs: 1")
    let timed = session(latency, "latency")
    let measured = try withRanks(size) { communicator in
      var session = timed
      session.communicator = communicator
      return try session.run()
    }.map { try $0.get().candidates.map(\.milliseconds) }
    #expect(measured[0].contains { $0 ?? 0 > 0 } && Set(measured).count == 1)
  }

  @Test("a candidate beyond a hard budget is counted, but not trained")
  func budgets() throws {
    let config = try config("objectives: [accuracy, {name: parameters, budget: 300}]")
    let state = try session(config, "b").run()
    let large = state.candidates.filter { ($0.parameters ?? 0) > 300 }
    #expect(!large.isEmpty)
    #expect(large.allSatisfy { $0.accuracy == nil && $0.remark?.contains("budget") == true })
    #expect(SearchReport(config, state).best.allSatisfy { ($0.parameters ?? 0) <= 300 })
  }

  @Test(
    "the training's network is trained as the candidates are, and told from those that beat it",
    arguments: [Int?.none, 1]
  )
  func compares(_ stop: Int?) throws {
    let config = try config("compare: true\nhalving: {first: 1, factor: 2}")
    let session = session(config, "compared \(stop ?? 0)")
    if let stop {
      let asked = Atomic<Int>(0)
      let half = try session.run(
        shouldStop: { asked.wrappingAdd(1, ordering: .relaxed).newValue > stop }
      )
      #expect(half.reference == nil && half.candidates.isEmpty)
    }
    let state = try session.run(resume: stop != nil)
    let base = try #require(state.reference)
    #expect(base.run == "reference" && base.epochs == 2 && base.accuracy != nil)
    // The first candidate does nothing to the network either.
    let same = state.candidates[0]
    #expect(same.boosters.isEmpty && same.parameters == base.parameters)
    if same.epochs == base.epochs { #expect(same.accuracy == base.accuracy) }
    let report = SearchReport(config, state)
    for candidate in report.best {
      let isBetter =
        (candidate.accuracy ?? 0) > (base.accuracy ?? 0)
        && (candidate.parameters ?? 0) < (base.parameters ?? 0)
      #expect(report.betterThanReference.contains(candidate) == isBetter)
    }
    #expect(report.verdict?.contains("the reference in accuracy and parameters") == true)
    #expect(report.page.text.contains("runs/reference/report.html"))
    #expect(report.table.text.contains("to compare with"))
  }

  @Test("every epoch is told as it ends, and as many are planned as there are")
  func tells() throws {
    let config = try config("compare: true\nhalving: {first: 1, factor: 2}")
    let told = Mutex<[Int: [Int]]>([:])
    let state = try session(config, "told").run(
      observe: { event in
        guard case .epoch(let candidate, let epoch, let accuracy) = event else { return }
        #expect(accuracy.map { (0...100).contains($0) } == true)
        told.withLock { $0[candidate.number, default: []].append(epoch) }
      }
    )
    let epochs = told.withLock { $0 }
    #expect(epochs[0] == [1, 2])
    for candidate in state.candidates where candidate.remark == nil {
      #expect(epochs[candidate.number] == Array(1...candidate.epochs))
    }
    // Generations of two, two and one: three epochs, three and two, and the reference's two.
    #expect(config.plannedEpochs == 10)
    let trained = epochs.values.map(\.count).reduce(0, +)
    #expect(trained <= config.plannedEpochs)
    #expect(state.candidates.contains { $0.remark != nil } || trained == config.plannedEpochs)
  }

  @Test("a search may begin with another network than it is compared with")
  func beginsElsewhere() throws {
    let config = try config(
      """
      compare: true
      network:
        input: [3, 8, 8]
        layers:
          - {kind: conv, channels: 4, kernel: 3}
          - relu
          - {kind: conv, channels: 4, kernel: 3}
          - relu
          - global_pool
          - flatten
          - {kind: fc, features: 2}
          - softmax
      """
    )
    let state = try session(config, "elsewhere").run()
    // 3·4·9 + 4, 4·4·9 + 4 and 4·2 + 2; twice the channels in the training's own network.
    #expect(state.candidates[0].boosters.isEmpty && state.candidates[0].parameters == 270)
    #expect(state.reference?.parameters == 826)
    #expect(throws: ConfigError.self) { try session(self.config("network: restnet-9"), "no").run() }
  }

  @Test("bars between choices are told from bars between names of nodes")
  func bars() throws {
    let text = "train: train.yaml\ngenes: ['| kernel-reduction(nodes=a*|b) | fc-to-conv']"
    let config = try SearchConfig(text, file: "search.yaml", folder: folder.url)
    let choices = try config.space().genes[0].choices
    #expect(choices == ["", "kernel-reduction(nodes=a*|b)", "fc-to-conv"])
  }

  @Test("energy is modelled for the device that is named")
  func energy() throws {
    func joules(_ device: String) throws -> [Double] {
      let config = try config(
        "objectives: [{name: parameters}, {name: energy, device: \(device)}]\nepochs: 1"
      )
      let state = try session(config, "energy \(device)").run()
      #expect(SearchReport(config, state).table.text.contains("energy"))
      return state.candidates.compactMap(\.joules)
    }
    let board = try joules("raspberry-pi-4")
    #expect(board.count >= 3 && board.allSatisfy { $0 > 0 && $0 < 1 })
    // Half the channels take less energy than all of them.
    #expect(Set(board).count > 1 && board[0] == board.max())
    try #require(HardwareCatalog.texts.first { $0.contains("raspberry-pi-4") }).write(
      to: folder.url.appendingPathComponent("mine.yaml"),
      atomically: true,
      encoding: .utf8
    )
    #expect(try joules("mine.yaml") == board)
  }

  @Test("mistakes name the line")
  func mistakes() throws {
    func message(_ text: String) -> String {
      do {
        _ = try SearchConfig(text, file: "search.yaml", folder: folder.url)
        return ""
      } catch {
        return "\(error)"
      }
    }
    #expect(message("train: train.yaml\ngenes: ['| wdth']").contains("search.yaml:2"))
    #expect(message("train: train.yaml\ngenes: ['| width(multiplier=1...0.5)']").contains("gene 1"))
    #expect(message("train: train.yaml\ngenes: []").contains("search.yaml:2"))
    #expect(message("train: none.yaml\ngenes: ['|']").contains("none.yaml"))
    #expect(
      message("train: train.yaml\ngenes: ['|']\npopulation: 2\nsample: 3").contains("search.yaml:4")
    )
    let energy = message(
      "train: train.yaml\ngenes: ['|']\nobjectives:\n  - {name: energy, device: raspbery-pi-4}"
    )
    #expect(energy.contains("search.yaml:4") && energy.contains("raspberry-pi-4"))
    #expect(throws: (any Error).self) {
      _ = try session(config(), "c").run(shouldStop: { true })
      _ = try session(config(), "c").run()
    }
  }
}

/// What several threads count.
private final class Count: Sendable {
  let value = Atomic<Int>(0)
}
