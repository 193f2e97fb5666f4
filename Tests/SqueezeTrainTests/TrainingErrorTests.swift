import SqueezeTrain
import Testing

@Suite struct TrainingErrorTests {
  @Test func messagesNameThePlaceAndTheFix() {
    let error = TrainingError.diverged(step: 7, place: "loss", statistics: "nan")
    #expect("\(error)".hasPrefix("step 7: training diverged at loss: nan"))
    #expect("\(error)".contains("learning rate"))
  }
}
