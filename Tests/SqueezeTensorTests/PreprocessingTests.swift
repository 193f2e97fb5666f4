import SqueezeTensor
import Testing

@Suite struct PreprocessingTests {
  @Test func presetsAreSound() {
    #expect(Preprocessing.presets.map(\.name) == ["caffe", "imagenet", "unit"])
    for preset in Preprocessing.presets { #expect(preset.preprocessing.flaw == nil) }
    #expect(Preprocessing.caffe.mean(of: 2) == 123)
    #expect(Preprocessing.unit.mean(of: 2) == 0)
    #expect(Preprocessing.imageNet.deviation(of: 1) == 0.224)
  }

  @Test(
    "flaws are found",
    arguments: [
      (Preprocessing(shorterSide: 0), "size 0"), (Preprocessing(cropWidth: 70_000), "size 70000"),
      (Preprocessing(order: .grey, mean: [1, 2, 3]), "3 means"),
      (Preprocessing(deviation: [1, 2]), "2 deviations"), (Preprocessing(mean: []), "0 means"),
      (Preprocessing(deviation: [0]), "deviation 0 or not finite"),
      (Preprocessing(scale: .nan), "scale or mean not finite"),
      (Preprocessing(mean: [.infinity]), "scale or mean not finite"),
    ]
  )
  func flaws(_ preprocessing: Preprocessing, _ flaw: String) {
    #expect(preprocessing.flaw == flaw)
  }
}
