import SqueezeDesign
import SqueezeGraph
import SqueezeModels
import SqueezeOperators
import SqueezeTensor
import Testing

@Suite struct HardwareRooflineTests {
  private let device = Hardware(
    name: "test",
    title: "test",
    kind: .cpu,
    year: 2020,
    source: "made up",
    gigaoperationsPerSecond: [.float32: 100, .int8: 400],
    levels: [
      .init("L1", bytes: 1_000, gigabytesPerSecond: 50), .init("L2", bytes: 100_000),
      .init("DRAM", gigabytesPerSecond: 10),
    ]
  )

  private func node(macs: Int, read: Int, written: Int, parameters: Int) -> ModelCost {
    let node = NodeCost(
      node: "n",
      operatorName: "Convolution",
      outputs: [],
      parameters: parameters,
      statistics: 0,
      macs: macs,
      weightBytes: 4 * parameters,
      activationBytes: written,
      bytesRead: read + 4 * parameters,
      bytesWritten: written
    )
    return ModelCost(nodes: [node], peakActivationBytes: read + written)
  }

  @Test func arithmeticBounds() throws {
    let roofline = try #require(HardwareRoofline(device, precision: .float32))
    let limit = roofline.limits(node(macs: 1_000_000, read: 400, written: 400, parameters: 10))[0]
    #expect(limit.bound == "compute")
    #expect(abs(limit.seconds - 2e-5) < 1e-12)
    #expect(abs(limit.attainableRate - 100) < 1e-9)
    #expect(abs(limit.intensity - 2e6 / 840) < 1e-9)
  }

  @Test func memoryBounds() throws {
    let roofline = try #require(HardwareRoofline(device, precision: .float32))
    // 40 kB do not fit into L1, and the rate of L2 is not known.
    let far = roofline.limits(node(macs: 100, read: 20_000, written: 20_000, parameters: 0))[0]
    #expect(far.bound == "DRAM" && abs(far.seconds - 4e-6) < 1e-12)
    let near = roofline.limits(node(macs: 10, read: 200, written: 200, parameters: 0))[0]
    #expect(near.bound == "L1" && abs(near.seconds - 8e-9) < 1e-15)
    // Numbers of one byte move a quarter.
    let narrow = try #require(HardwareRoofline(device))
    #expect(narrow.precision == .int8)
    let small = narrow.limits(node(macs: 100, read: 20_000, written: 20_000, parameters: 0))[0]
    #expect(abs(small.seconds - 1e-6) < 1e-12)
  }

  @Test func knowsTheBalanceOfADevice() {
    #expect(device.operationsPerByte(.float32) == 10)
    #expect(device.operationsPerByte() == 40)
    #expect(device.operationsPerByte(.float16) == nil)
    #expect(HardwareRoofline(device, precision: .float16) == nil)
  }

  @Test func networksAddUp() throws {
    let cost = try SqueezeNet.v1_0Structure().cost()
    let limit = NetworkLimit(try #require(HardwareRoofline(device, precision: .float32)), cost)
    #expect(limit.macs == cost.macs)
    #expect(limit.seconds >= 2 * Double(cost.macs) / 100e9)
    #expect(limit.attainableRate <= 100)
    #expect(limit.nodes.first { $0.operatorName == "Flatten" }?.seconds == 0)
    #expect(limit.mainBound.share > 0 && limit.mainBound.share <= 1)
  }

  @Test func energyIsThatOfTheTable() throws {
    // Horowitz (2014): a multiplication and an addition of float32 take 3.7 and 0.9 pJ.
    #expect(abs(EnergyTable45nm.multiplyAccumulate(.float32) - 4.6) < 1e-12)
    #expect(EnergyTable45nm.byteOfDRAM == 162.5)
    #expect(EnergyTable45nm.byteOfCache(4_096) == 1.25)
    let roofline = try #require(HardwareRoofline(device, precision: .float32))
    let energy = EnergyModel(
      NetworkLimit(roofline, node(macs: 1_000, read: 100_000, written: 100_000, parameters: 0))
    )
    #expect(abs(energy.arithmetic - 4.6e-9) < 1e-18)
    #expect(energy.onChip == 0 && abs(energy.offChip - 200_000 * 162.5e-12) < 1e-15)
    let near = EnergyModel(
      NetworkLimit(roofline, node(macs: 0, read: 400, written: 400, parameters: 0))
    )
    #expect(near.offChip == 0 && abs(near.onChip - 800 * 1.25e-12) < 1e-18)
  }

  @Test func saysWhatFits() {
    var board = device
    board.levels = [.init("SRAM", bytes: 1_000, gigabytesPerSecond: 1)]
    board.flash = .init("flash", bytes: 5_000)
    #expect(MemoryFit(board, weightBytes: 5_000, activationBytes: 1_000).runs)
    #expect(!MemoryFit(board, weightBytes: 5_001, activationBytes: 1_000).runs)
    #expect(!MemoryFit(board, weightBytes: 5_000, activationBytes: 1_001).runs)
    let fit = MemoryFit(device, weightBytes: 50_000, activationBytes: 2_000)
    #expect(fit.entries.map(\.fits) == [false, true] && fit.entries[1].needed == 52_000)
  }

  @Test func transfersTakeTime() {
    #expect(Transfer(bytes: 1_250_000, megabitsPerSecond: 10).seconds == 1)
    #expect(Transfer(bytes: 1, megabitsPerSecond: 0).seconds == .infinity)
  }

  @Test func patchesNeedLessMemory() throws {
    let model = try SqueezeNet.v1_0Structure()
    let plan = try PatchPlan(model)
    #expect(plan.peakBytes < (try model.cost().peakActivationBytes))
    #expect(plan.value != nil && plan.patches > 1 && plan.macsFactor >= 1)
    // Two layers that see single positions: a quarter of the map between them, without doing any MAC twice.
    let pointwise = try seededModel(
      [1, 2, 8, 8],
      [
        Node("a", Convolution(outputChannels: 64, window: SlidingWindow(1)), inputs: ["x"]),
        Node("b", Convolution(outputChannels: 2, window: SlidingWindow(1)), inputs: ["a"]),
      ]
    )
    let two = try PatchPlan(pointwise, limit: 2)
    #expect(two.value == "b" && two.macsFactor == 1)
    #expect(two.peakBytes == 4 * (2 * 64 + 2 * 64 + 64 * 16))
  }
}
