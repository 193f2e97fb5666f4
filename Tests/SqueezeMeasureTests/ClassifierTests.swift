import SqueezeData
import SqueezeGraph
import SqueezeMeasure
import SqueezeOperators
import SqueezeParameters
import SqueezeTensor
import Testing

/// The mean of each channel of a grey or RGB picture as scores.
private func channelMeans(_ input: ModelInput, softmax: Bool = false) -> Model {
  var nodes = [
    Node("mean", GlobalAveragePool(), inputs: [input.name]),
    Node("scores", Flatten(), inputs: ["mean"]),
  ]
  if softmax { nodes.append(Node("prob", Softmax(axis: 1), inputs: ["scores"])) }
  return Model(
    name: "means",
    inputs: [input],
    outputs: [softmax ? "prob" : "scores"],
    nodes: nodes
  )
}

/// Pictures of one colour each; the label is the brightest channel.
private struct Colours: Dataset {
  let name = "colours"
  let classes = ["red", "green", "blue"]
  var labels = [0, 1, 2, 1]
  var count: Int { labels.count }

  func sample(_ index: Int) throws -> Sample {
    let pixel = (0..<3).map { $0 == [0, 1, 2, 1][index] ? UInt8(200) : 40 }
    let image = Image(
      width: 6,
      height: 6,
      channels: 3,
      pixels: (0..<36).flatMap { _ in pixel }
    )
    return Sample(name: "\(index)", image: image, label: labels[index])
  }
}

@Suite struct ClassifierTests {
  let input = ModelInput("x", [.named("N"), .fixed(3), .fixed(4), .fixed(4)])

  @Test func countsRightAnswersOnAnyNumberOfThreads() throws {
    for threads in [1, 2] {
      let classifier = try Classifier(
        channelMeans(input),
        preprocessing: .unit,
        threadCount: threads
      )
      var seen: [Int] = []
      let accuracy = try classifier.accuracy(on: Colours(labels: [0, 1, 2, 0])) { soFar, total in
        seen.append(soFar.count)
        #expect(total == 4)
      }
      #expect(accuracy.count == 4)
      #expect(accuracy.top1Correct == 3)
      #expect(accuracy.top5Correct == 4)
      #expect(accuracy.top1 == 0.75)
      #expect(seen.last == 4)
    }
  }

  @Test func stopsAtTheLimit() throws {
    let classifier = try Classifier(channelMeans(input), preprocessing: .unit)
    #expect(try classifier.accuracy(on: Colours(), limit: 2).count == 2)
  }

  @Test func scoresBecomeProbabilitiesOnce() throws {
    let plain = try Classifier(channelMeans(input), preprocessing: .unit)
    let final = try Classifier(channelMeans(input, softmax: true), preprocessing: .unit)
    #expect(!plain.givesProbabilities)
    #expect(final.givesProbabilities)
    let image = try Colours().sample(2).image
    let (a, b) = (try plain.predictions(image, top: 3), try final.predictions(image, top: 3))
    #expect(a.map(\.index) == b.map(\.index))
    #expect(a[0].index == 2)
    #expect(zip(a, b).allSatisfy { abs($0.probability - $1.probability) < 1e-6 })
    #expect(abs(a.reduce(0) { $0 + $1.probability } - 1) < 1e-6)
  }

  @Test func aLabelBeyondTheScoresIsNamed() throws {
    let classifier = try Classifier(channelMeans(input), preprocessing: .unit)
    #expect(
      throws: MeasureError(
        "colours/1",
        expected: "a label below the model's 3 scores",
        actual: "7"
      )
    ) { try classifier.accuracy(on: Colours(labels: [0, 7])) }
  }

  @Test func asksForWhatItCannotKnow() {
    #expect(throws: MeasureError.self) { try Classifier(channelMeans(input)) }
    let signal = ModelInput("x", [.named("N"), .fixed(3), .fixed(4)])
    #expect(throws: MeasureError.self) {
      try Classifier(channelMeans(signal), preprocessing: .unit)
    }
    let open = ModelInput("x", [.named("N"), .fixed(3), .named("H"), .named("W")])
    #expect(throws: MeasureError.self) { try Classifier(channelMeans(open), preprocessing: .unit) }
  }

  @Test func greyNetworksSeeGreyPictures() throws {
    let grey = ModelInput("x", [.named("N"), .fixed(1), .fixed(4), .fixed(4)])
    let classifier = try Classifier(channelMeans(grey), preprocessing: .unit)
    let scores = try classifier.scores(try Colours().sample(1).image)
    #expect(scores.count == 1)
    // Pillow's grey of (40, 200, 40): (40·19595 + 200·38470 + 40·7471 + 0x8000) >> 16 = 134.
    #expect(abs(scores[0] - 134.0 / 255) < 1e-5)
  }
}
