import Foundation
public import SqueezeGraph
import SqueezeOperators
import SqueezeParameters
import SqueezeTensor

/// A smaller picture.
///
/// Weights stay; those of a fully connected layer over a map are resampled to the smaller map.
public struct ResolutionMultiplier: Booster {
  public static let about = BoosterAbout(
    "resolution",
    "Multiplies height and width of the input.",
    applies: "networks whose inputs are pictures or signals of fixed size",
    saves:
      "the square of the multiplier, in MACs and activations; weights only behind a flattening",
    fidelity: .retrain,
    source: "Howard et al., MobileNets (2017), §3.4",
    options: [
      BoosterOption("multiplier", .number(0.01...1), standard: "0.5", "Size over that before."),
      BoosterOption("divisor", .integer(1...1024), standard: "1", "Sizes are multiples of this."),
    ]
  )

  public var multiplier: Double
  public var divisor: Int

  /// Creates the booster.
  public init(multiplier: Double = 0.5, divisor: Int = 1) {
    (self.multiplier, self.divisor) = (multiplier, divisor)
  }

  public init(_ options: BoosterOptions) {
    self.init(multiplier: options.number("multiplier"), divisor: options.integer("divisor"))
  }

  public var options: BoosterOptions {
    BoosterOptions().with("multiplier", multiplier).with("divisor", divisor)
  }

  public func boosted(_ model: Model) throws -> Boosted {
    var result = model
    for index in model.inputs.indices where model.inputs[index].dimensions.count >= 3 {
      for axis in 2..<model.inputs[index].dimensions.count {
        guard case .fixed(let size) = model.inputs[index].dimensions[axis], size > 1 else {
          continue
        }
        result.inputs[index].dimensions[axis] = .fixed(scaled(size))
      }
    }
    guard result.inputs != model.inputs else {
      throw inapplicable("expected an input with sizes that get smaller, got none")
    }
    if var picture = model.preprocessing {
      picture.shorterSide = picture.shorterSide.map(scaled)
      picture.cropHeight = picture.cropHeight.map(scaled)
      picture.cropWidth = picture.cropWidth.map(scaled)
      result.preprocessing = picture
    }
    var changes = model.inputs.filter { $0.dimensions.count >= 3 }.map {
      NodeChange($0.name, .retrain)
    }
    do throws(ShapeError) { changes += try resample(&result, model) } catch {
      throw inapplicable("the network does not fit a smaller picture: \(error)")
    }
    do throws(ModelError) { _ = try result.infer() } catch {
      throw inapplicable("the network does not fit a smaller picture: \(error)")
    }
    return Boosted(model: result, changes: changes)
  }

  private func scaled(_ size: Int) -> Int {
    let units = (multiplier * Double(size) / Double(divisor)).rounded()
    return min(size, max(1, Int(units)) * divisor)
  }

  /// Resamples the weights of layers that see a whole map.
  private func resample(_ result: inout Model, _ model: Model) throws(ShapeError) -> [NodeChange] {
    var specs: [String: TensorSpec] = [:]
    for input in result.inputs { specs[input.name] = TensorSpec(input.shape(), input.type) }
    /// The map's shape behind each flattened value, and the old one.
    var maps: [String: (old: Shape, new: Shape)] = [:]
    let before = (try? model.infer())?.values ?? [:]
    var changes: [NodeChange] = []
    for node in result.nodes {
      let inputs = node.inputs.compactMap { specs[$0] }
      do throws(ShapeError) {
        for (name, spec) in zip(node.outputs, try node.op.checkedOutputs(for: inputs)) {
          specs[name] = spec
        }
      } catch { throw error.at(node.name) }
      guard let input = node.inputs.first, let output = node.outputs.first else { continue }
      if node.op is Flatten, let old = before[input]?.shape, let new = specs[input]?.shape {
        maps[output] = (old, new)
      } else if ChannelwiseOperators.isElementwise(node.op) {
        maps[output] = maps[input]
      } else if node.op is FullyConnected, let map = maps[input], map.old != map.new,
        let weight = result.parameter("weight", of: node)
      {
        let tensor = Self.resampled(weight.decoded(), map.old, map.new)
        result.parameters[Model.key(node.name, "weight")] = Dense(tensor)
        changes.append(NodeChange(node.name, .retrain))
      }
    }
    return changes
  }

  /// Weights `[O, C · old positions]` interpolated to the new positions, with the same sum over a constant map.
  private static func resampled(_ weight: Tensor, _ old: Shape, _ new: Shape) -> Tensor {
    let (from, to) = (old.planar, new.planar)
    let (height, width) = (to[2], to[3])
    let factor = Float(from[2] * from[3]) / Float(height * width)
    func place(_ index: Int, _ count: Int, _ size: Int) -> (low: Int, high: Int, share: Float) {
      let centre = (Float(index) + 0.5) * Float(size) / Float(count) - 0.5
      let bounded = min(max(centre, 0), Float(size - 1))
      let low = Int(bounded)
      return (low, min(low + 1, size - 1), bounded - Float(low))
    }
    let rows = (0..<height).map { place($0, height, from[2]) }
    let columns = (0..<width).map { place($0, width, from[3]) }
    let maps = weight.shape[0] * from[1]
    var scalars: [Float] = []
    scalars.reserveCapacity(maps * height * width)
    for map in 0..<maps {
      let start = map * from[2] * from[3]
      func at(_ row: Int, _ column: Int) -> Float {
        weight.scalars[start + row * from[3] + column]
      }
      for y in rows {
        for x in columns {
          let top = at(y.low, x.low) * (1 - x.share) + at(y.low, x.high) * x.share
          let bottom = at(y.high, x.low) * (1 - x.share) + at(y.high, x.high) * x.share
          scalars.append((top * (1 - y.share) + bottom * y.share) * factor)
        }
      }
    }
    return Tensor([weight.shape[0], from[1] * height * width], scalars)
  }
}
