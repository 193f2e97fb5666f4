import SqueezeTrain
import Testing

@Suite struct ScalingModelTests {
  @Test("bandwidths and latencies are read with their units")
  func reads() throws {
    let link = try NetworkLink(bandwidth: "10Gbit", latency: "10us")
    #expect(link.bytesPerSecond == 1.25e9)
    #expect(abs(link.latencySeconds - 1e-5) < 1e-18)
    #expect(try NetworkLink(bandwidth: "100 Mbit/s", latency: "0.5ms").bytesPerSecond == 12.5e6)
    #expect(
      try NetworkLink(bandwidth: "1.25GB", latency: "0s")
        == .init(bytesPerSecond: 1.25e9, latencySeconds: 0)
    )
    for (bandwidth, latency) in [
      ("10", "1us"), ("-1Gbit", "1us"), ("0Gbit", "1us"), ("1Gbit", "x"),
    ] {
      #expect(throws: TrainingError.self) {
        try NetworkLink(bandwidth: bandwidth, latency: latency)
      }
    }
  }

  @Test("times are those computed by hand")
  func predicts() throws {
    // 1 MB at 100 MB/s with 1 ms latency; 60 ms of computing, 40 of them backwards.
    let model = try ScalingModel(
      gradientBytes: 1_000_000,
      computeSeconds: 0.06,
      batch: 8,
      link: NetworkLink(bytesPerSecond: 1e8, latencySeconds: 1e-3)
    )
    let one = model.prediction(nodes: 1)
    #expect(one.communicationSeconds == 0)
    #expect(abs(one.stepSeconds - 0.06) < 1e-12)
    #expect(abs(one.efficiency - 1) < 1e-12)
    // 2·3/4 · 1 MB = 1.5 MB: 15 ms, and 6 messages: 6 ms. Hidden behind 40 ms.
    let four = model.prediction(nodes: 4)
    #expect(abs(four.bytesSent - 1.5e6) < 1e-6)
    #expect(abs(four.communicationSeconds - 0.021) < 1e-12)
    #expect(abs(four.stepSeconds - 0.06) < 1e-12)
    #expect(abs(four.plainStepSeconds - 0.081) < 1e-12)
    #expect(abs(four.plainEfficiency - 0.06 / 0.081) < 1e-12)
    #expect(abs(four.speedup - 4) < 1e-9)
    // 2·31/32 · 1 MB: 19.375 ms, and 62 ms: 81.375 ms beside 40 ms; the step is 20 + 81.375 ms.
    let many = model.prediction(nodes: 32)
    #expect(abs(many.communicationSeconds - 0.081375) < 1e-12)
    #expect(abs(many.stepSeconds - 0.101375) < 1e-12)
    #expect(abs(many.efficiency - 0.06 / 0.101375) < 1e-12)
    #expect(abs(many.samplesPerSecond - 256 / 0.101375) < 1e-6)
  }

  @Test("the numbers of nodes double up to the most")
  func nodes() throws {
    let model = try ScalingModel(
      gradientBytes: 4,
      computeSeconds: 1,
      batch: 1,
      link: NetworkLink(bytesPerSecond: 1, latencySeconds: 0)
    )
    #expect(model.predictions(upTo: 12).map(\.nodes) == [1, 2, 4, 8, 12])
    #expect(model.predictions(upTo: 1).map(\.nodes) == [1])
  }

  @Test("of two networks with equal computing the smaller scales further")
  func smallScalesFurther() throws {
    let link = try NetworkLink(bandwidth: "1Gbit", latency: "10us")
    let efficiencies = try [4 * 61_100_840, 4 * 1_248_424].map { bytes in
      try ScalingModel(gradientBytes: bytes, computeSeconds: 1, batch: 32, link: link)
        .prediction(nodes: 64).efficiency
    }
    #expect(efficiencies[0] < 0.3)
    #expect(efficiencies[1] == 1)
  }

  @Test("a number out of range is named")
  func refuses() throws {
    let link = try NetworkLink(bytesPerSecond: 1, latencySeconds: 0)
    for (seconds, share, batch) in [(0.0, 0.5, 1), (1, 1.5, 1), (1, 0.5, 0), (.nan, 0.5, 1)] {
      #expect(throws: TrainingError.self) {
        try ScalingModel(
          gradientBytes: 4,
          computeSeconds: seconds,
          backwardShare: share,
          batch: batch,
          link: link
        )
      }
    }
  }
}
