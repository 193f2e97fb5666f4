public import Foundation
public import SqueezeGraph
import SqueezeOperators
import SqueezeParameters
import SqueezeTensor

/// Reads the `.net` files of Deep Compression into a network of the same structure.
///
/// Little endian, layers in the order of the network's convolutional and fully connected nodes:
///
/// 1. `uint32` number of stream entries, per layer;
/// 2. per layer 256 `float32` centroids (the first is 0), one `float32` bias per output channel,
///    one `uint8` code per entry, and two 4-bit gaps per byte, low nibble first.
///
/// Entry `k` stands at position `Σ_{j≤k} (gap_j + 1) − 1` of the flattened weight and is
/// `centroid[code]`; whatever no entry addresses is 0. Code 0 with gap 15 fills longer gaps.
/// Source: Han, Mao and Dally, "Deep Compression" (2016), §2 and §3, and its published decoder.
public struct DeepCompressionNet: Sendable {
  private static let centroidCount = 256

  /// Creates a reader.
  public init() {}

  /// Reads a file.
  ///
  /// - Parameters:
  ///   - url: the `.net` file.
  ///   - structure: the network; its parameters are not used.
  /// - Returns: the network with the file's weights as masked codebooks and its biases.
  /// - Throws: ``FormatError`` that names the file, the layer and the position.
  public func model(at url: URL, structure: Model) throws(FormatError) -> Model {
    let bytes = try FileBytes.read(url, limit: 1 << 30)
    do throws(FormatError) {
      return try model(from: bytes, structure: structure)
    } catch {
      throw error.in(url.lastPathComponent)
    }
  }

  /// Reads the bytes of a file; see ``model(at:structure:)``.
  public func model(from bytes: [UInt8], structure: Model) throws(FormatError) -> Model {
    let layers = try Self.layers(of: structure)
    var reader = LayerReader(bytes)
    var entryCounts: [Int] = []
    for layer in layers {
      entryCounts.append(try reader.integer("layer \"\(layer.node)\", number of entries"))
    }
    var model = structure
    for (layer, count) in zip(layers, entryCounts) {
      let place = "layer \"\(layer.node)\""
      let centroids = try reader.floats(Self.centroidCount, "\(place), centroids")
      guard centroids[0].bitPattern == 0 else {
        throw FormatError("\(place), centroid 0", expected: "0", actual: centroids[0])
      }
      let biases = try reader.floats(layer.outputs, "\(place), biases")
      let codes = try reader.slice(count, "\(place), codes")
      let gaps = try reader.slice(count / 2 + count % 2, "\(place), gaps")
      let indices = try Self.indices(codes, gaps, count: layer.weight.count, place)
      model.parameters[Model.key(layer.node, "weight")] = MaskedCodebook(
        shape: layer.weight,
        indices: indices,
        centroids: Array(centroids.dropFirst())
      )
      model.parameters[Model.key(layer.node, "bias")] = Dense(Tensor([layer.outputs], biases))
    }
    guard reader.remaining == 0 else {
      throw FormatError(
        "end",
        expected: "no bytes after the last layer",
        actual: "\(reader.remaining) more"
      )
    }
    return model
  }

  // MARK: Structure

  /// A node with weights.
  private struct Layer {
    var node: String
    var weight: Shape
    var outputs: Int
  }

  /// The nodes with weights in order, each with a bias; no other node may have parameters.
  private static func layers(of structure: Model) throws(FormatError) -> [Layer] {
    var layers: [Layer] = []
    let slots = try structure.parameterSlots()
    for position in stride(from: 0, to: slots.count, by: 2) {
      let (node, weight) = (slots[position].node, slots[position].spec)
      let bias = slots.dropFirst(position + 1).first
      guard node.op is Convolution || node.op is FullyConnected, weight.name == "weight",
        bias?.node.name == node.name, bias?.spec.name == "bias"
      else {
        throw FormatError(
          "structure, node \"\(node.name)\"",
          expected: "a convolution or fully connected layer with a bias",
          actual: type(of: node.op).name
        )
      }
      let shape = weight.spec.shape
      layers.append(Layer(node: node.name, weight: shape, outputs: shape[0]))
    }
    guard !layers.isEmpty else {
      throw FormatError("structure", expected: "layers with weights", actual: "none")
    }
    return layers
  }

  // MARK: Streams

  /// The index of every weight: 0 where it is pruned, else its code.
  private static func indices(
    _ codes: ArraySlice<UInt8>,
    _ gaps: ArraySlice<UInt8>,
    count: Int,
    _ place: String
  ) throws(FormatError) -> [UInt16] {
    // Every entry moves on by at least one position, so more entries than weights cannot be.
    guard codes.count <= count else {
      throw FormatError(
        "\(place), entries",
        expected: "at most \(count)",
        actual: codes.count
      )
    }
    var indices = [UInt16](repeating: 0, count: count)
    var position = -1
    for (entry, code) in codes.enumerated() {
      let pair = gaps[gaps.startIndex + entry / 2]
      position += Int(entry % 2 == 0 ? pair & 15 : pair >> 4) + 1
      guard position < count else {
        throw FormatError(
          "\(place), entry \(entry)",
          expected: "a position below \(count)",
          actual: position
        )
      }
      indices[position] = UInt16(code)
    }
    return indices
  }
}

/// Little-endian values of a `.net` file, one after the other.
private struct LayerReader {
  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var remaining: Int { bytes.count - position }

  mutating func slice(_ count: Int, _ place: String) throws(FormatError) -> ArraySlice<UInt8> {
    guard count <= remaining else {
      throw FormatError(
        place,
        expected: "\(count) bytes from position \(position)",
        actual: "\(remaining)"
      )
    }
    defer { position += count }
    return bytes[position..<position + count]
  }

  mutating func integer(_ place: String) throws(FormatError) -> Int {
    try slice(4, place).reversed().reduce(0) { $0 << 8 | Int($1) }
  }

  mutating func floats(_ count: Int, _ place: String) throws(FormatError) -> [Float] {
    let (size, overflow) = count.multipliedReportingOverflow(by: 4)
    guard !overflow else { throw FormatError(place, expected: "a bias", actual: "\(count)") }
    let slice = try slice(size, place)
    guard case .reals(let floats) = slice.withUnsafeBytes({ ElementBytes.elements($0, .float32) })
    else { preconditionFailure("float32 elements are real") }
    return floats
  }
}
