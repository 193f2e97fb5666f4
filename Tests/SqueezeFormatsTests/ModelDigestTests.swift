import Crypto
import Foundation
import SqueezeFormats
import SqueezeGraph
import SqueezeParameters
import SqueezeTensor
import Testing

@Suite("digest of parameters") struct ModelDigestTests {
  @Test("the digest is that of the documented bytes")
  func isDocumented() {
    let model = Model(
      inputs: [],
      outputs: [],
      nodes: [],
      parameters: ["a.b": Dense(Tensor([2], [1, -2]))]
    )
    var bytes = Data("a.b float32 [2]\n".utf8)
    bytes.append(contentsOf: [0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0])
    let expected = SHA256.hash(data: bytes).map { String(format: "%02x", $0) }.joined()
    #expect(model.parametersSHA256 == expected)
  }

  @Test("encodings of the same bits have one digest, another bit changes it")
  func dependsOnBitsAlone() {
    var model = Model(
      inputs: [],
      outputs: [],
      nodes: [],
      parameters: ["w": Dense(Tensor([3], [1, 0, 1]))]
    )
    let digest = model.parametersSHA256
    model.parameters["w"] = MaskedCodebook(shape: [3], indices: [1, 0, 1], centroids: [1])
    #expect(model.parametersSHA256 == digest)
    model.parameters["w"] = Dense(Tensor([3], [1, -0.0, 1]))
    #expect(model.parametersSHA256 != digest)
  }
}
