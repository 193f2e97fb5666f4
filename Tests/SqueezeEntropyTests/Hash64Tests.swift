import SqueezeEntropy
import Testing

@Suite("Hash64") struct Hash64Tests {
  @Test(
    "published XXH64 values",
    arguments: [
      ("", 0, 0xEF46_DB37_51D8_E999),
      ("a", 0, 0xD24E_C4F1_A98C_6E5B),
      ("abc", 0, 0x44BC_2CF5_AD77_0999),
      ("xxhash", 0, 0x32DD_3895_2C4B_C720),
      ("xxhash", 20_141_025, 0xB559_B98D_844E_0635),
      ("Nobody inspects the spammish repetition", 0, 0xFBCE_A83C_8A37_8BF1),
    ] as [(String, UInt64, UInt64)]
  )
  func known(text: String, seed: UInt64, hash: UInt64) {
    #expect(Hash64.hash([UInt8](text.utf8), seed: seed) == hash)
  }

  @Test func signsOfZerosCount() {
    #expect(Hash64.hash([Float(0)]) != Hash64.hash([Float(-0.0)]))
  }
}
