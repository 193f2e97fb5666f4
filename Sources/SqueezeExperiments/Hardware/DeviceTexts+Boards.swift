extension DeviceTexts {
  static let raspberryPi4 = """
    name: raspberry-pi-4
    title: Raspberry Pi 4 Model B, four Cortex-A72 at 1.5 GHz
    kind: board
    year: 2019
    source: Raspberry Pi (Trading), Raspberry Pi 4 data sheet; 128 bits of float32 FMA per cycle and core; LPDDR4-3200 of 32 bits
    peak: {float32: 48}
    levels:
      - {name: L1, bytes: 131072}
      - {name: L2, bytes: 1048576}
      - {name: DRAM, bytes: 4294967296, rate: 12.8}
    watts: 6.4
    """

  static let jetsonNano = """
    name: jetson-nano
    title: NVIDIA Jetson Nano, 128 Maxwell cores at 921 MHz
    kind: board
    year: 2019
    source: NVIDIA, Jetson Nano system-on-module data sheet (2019)
    peak: {float32: 236, float16: 472}
    levels:
      - {name: L2, bytes: 262144}
      - {name: DRAM, bytes: 4294967296, rate: 25.6}
    watts: 10
    """

  static let cortexM4 = """
    name: cortex-m4
    title: Cortex-M4 at 168 MHz, STM32F407
    kind: microcontroller
    year: 2011
    source: ST, STM32F405/407 data sheet; Arm, Cortex-M4 reference (SMLAD, two MACs of 16 bits per cycle; VFMA in three); bus of 32 bits
    peak: {float32: 0.112, int8: 0.672}
    levels:
      - {name: SRAM, bytes: 196608, rate: 0.672}
    flash: {bytes: 1048576, rate: 0.672}
    watts: 0.29
    """

  static let cortexM7 = """
    name: cortex-m7
    title: Cortex-M7 at 216 MHz, STM32F746
    kind: microcontroller
    year: 2015
    source: ST, STM32F746 data sheet; Arm, Cortex-M7 reference (SMLAD, two MACs of 16 bits per cycle; one VFMA); bus of 64 bits
    peak: {float32: 0.432, int8: 0.864}
    levels:
      - {name: SRAM, bytes: 327680, rate: 1.728}
    flash: {bytes: 1048576, rate: 1.728}
    watts: 0.4
    """
}
