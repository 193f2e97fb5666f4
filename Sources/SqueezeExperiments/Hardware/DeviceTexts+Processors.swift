/// The devices of the library, as YAML; ``HardwareFile`` says what the keys mean.
enum DeviceTexts {
  static let k20 = """
    name: k20
    title: NVIDIA Tesla K20
    kind: gpu
    year: 2012
    source: NVIDIA, Tesla K20 board specification (2012), as in the lecture's table
    peak: {float32: 3500}
    levels:
      - {name: L2, bytes: 1310720}
      - {name: GDDR, bytes: 5368709120, rate: 208}
    watts: 225
    """

  static let v100 = """
    name: v100
    title: NVIDIA Tesla V100, PCIe, 16 GB
    kind: gpu
    year: 2017
    source: NVIDIA, Tesla V100 data sheet (2018); float16 by tensor cores, as in the lecture's table
    peak: {float32: 14000, float16: 112000}
    levels:
      - {name: L2, bytes: 6291456}
      - {name: HBM, bytes: 17179869184, rate: 900}
    watts: 250
    """

  static let estimate2020 = """
    name: estimate-2020
    title: the lecture's estimate for an accelerator of 2020
    kind: accelerator
    year: 2020
    source: the lecture's table, an extrapolation and no product
    peak: {float16: 2500000}
    levels:
      - {name: HBM, rate: 1800}
    """

  static let coral = """
    name: coral
    title: Google Coral Edge TPU, USB accelerator
    kind: accelerator
    year: 2019
    source: Google, Coral USB Accelerator data sheet (2019), 4 TOP/s, 2 TOP/s per watt, 8 MB SRAM; USB 3.0 at 5 Gbit/s
    peak: {int8: 4000}
    levels:
      - {name: SRAM, bytes: 8388608}
      - {name: DRAM, rate: 0.625}
    watts: 2
    """

  static let iPhone12 = """
    name: iphone-12
    title: Apple iPhone 12, neural engine of the A14
    kind: phone
    year: 2020
    source: Apple, announcement of the A14 (2020), 11 TOP/s; 64 bits of LPDDR4X-4266
    peak: {float16: 11000}
    levels:
      - {name: SLC, bytes: 16777216}
      - {name: DRAM, bytes: 4294967296, rate: 34.1}
    """

  static let snapdragon865 = """
    name: snapdragon-865
    title: Phones with a Qualcomm Snapdragon 865
    kind: phone
    year: 2020
    source: Qualcomm, Snapdragon 865 product brief (2019), 15 TOP/s of all engines together; 64 bits of LPDDR5-5500
    peak: {int8: 15000}
    levels:
      - {name: SLC, bytes: 3145728}
      - {name: DRAM, bytes: 8589934592, rate: 44}
    """
}
