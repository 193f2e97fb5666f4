public import SqueezeGraph
import SqueezeTensor

/// A published network by name, and how to build it.
public struct PublishedNetwork: Sendable {
  /// The name on the command line, such as `mobilenet-v2`.
  public let name: String
  /// The name in prose, such as `MobileNetV2`.
  public let title: String
  /// The paper.
  public let source: String
  /// The published input, classes and, where the width can be chosen, width of the first level.
  public let published: NetworkOptions
  /// Builds the graph with blank parameters, which cost no memory and read as zeros.
  public let structure: @Sendable (NetworkOptions) throws -> Model
  /// Puts parameters into the encodings that the network is about, such as binary weights.
  public let encode: @Sendable (Model) -> Model

  /// Describes a network.
  public init(
    _ name: String,
    _ title: String,
    source: String,
    published: NetworkOptions = NetworkOptions(),
    encode: @escaping @Sendable (Model) -> Model = { $0 },
    structure: @escaping @Sendable (NetworkOptions) throws -> Model
  ) {
    self.name = name
    self.title = title
    self.source = source
    self.published = published
    self.structure = structure
    self.encode = encode
  }

  /// The network with random parameters.
  ///
  /// - Parameters:
  ///   - options: input, classes and width; `nil` is what was published.
  ///   - seed: for the parameters, see `withRandomParameters`.
  /// - Returns: a model that runs, of no use but for its cost and speed.
  /// - Throws: an error that names a wrong option or says where the input is too small.
  public func model(_ options: NetworkOptions? = nil, seed: UInt64 = 1) throws -> Model {
    encode(try structure(options ?? published).withRandomParameters(seed: seed))
  }
}

/// Every published network by name.
public enum NetworkCatalog {
  /// Every network; adding one adds one entry here.
  public static let all: [PublishedNetwork] = [
    PublishedNetwork(
      "lenet-300-100",
      "LeNet-300-100",
      source: "LeCun et al., Gradient-based learning applied to document recognition (1998)",
      published: NetworkOptions(classes: 10, input: [1, 28, 28]),
      structure: LeNet300100.structure
    ),
    PublishedNetwork(
      "lenet-5",
      "LeNet-5 (Caffe)",
      source: "LeCun et al., Gradient-based learning applied to document recognition (1998)",
      published: NetworkOptions(classes: 10, input: [1, 28, 28]),
      structure: LeNet5.structure
    ),
    PublishedNetwork(
      "alexnet",
      "AlexNet (single tower)",
      source: "Krizhevsky, One weird trick for parallelizing convolutional neural networks (2014)",
      structure: AlexNet.structure
    ),
    PublishedNetwork(
      "alexnet-grouped",
      "AlexNet (original, two groups)",
      source: "Krizhevsky, Sutskever and Hinton, ImageNet classification (2012)",
      published: NetworkOptions(input: [3, 227, 227]),
      structure: AlexNet.groupedStructure
    ),
    PublishedNetwork(
      "alexnet-small",
      "AlexNet for 32×32 pictures",
      source: "after Krizhevsky, One weird trick for parallelizing convolutional networks (2014)",
      published: NetworkOptions(
        classes: 10,
        input: [3, 32, 32],
        baseWidth: AlexNetSmall.baseWidth
      ),
      structure: AlexNetSmall.structure
    ),
    PublishedNetwork(
      "alexnet-xnor",
      "XNOR-AlexNet",
      source: "Rastegari et al., XNOR-Net (2016)",
      encode: XNORAlexNet.binarized,
      structure: XNORAlexNet.structure
    ),
    PublishedNetwork(
      "vgg-16",
      "VGG-16",
      source: "Simonyan and Zisserman, Very deep convolutional networks (2014)",
      published: NetworkOptions(baseWidth: VGG16.baseWidth),
      structure: VGG16.structure
    ),
    PublishedNetwork(
      "vgg-small",
      "VGG for 32×32 pictures",
      source: "after Simonyan and Zisserman, Very deep convolutional networks (2014)",
      published: NetworkOptions(
        classes: 10,
        input: [3, 32, 32],
        baseWidth: VGGSmall.baseWidth
      ),
      structure: VGGSmall.structure
    ),
    PublishedNetwork(
      "squeezenet-v1.0",
      "SqueezeNet v1.0",
      source: "Iandola et al., SqueezeNet (2016)",
      structure: SqueezeNet.v1_0Structure
    ),
    PublishedNetwork(
      "squeezenet-v1.1",
      "SqueezeNet v1.1",
      source: "Iandola et al., SqueezeNet (2016), and the authors' repository",
      structure: SqueezeNet.v1_1Structure
    ),
    PublishedNetwork(
      "squeezenet-simple-bypass",
      "SqueezeNet v1.0, simple bypass",
      source: "Iandola et al., SqueezeNet (2016), §6",
      structure: SqueezeNet.simpleBypassStructure
    ),
    PublishedNetwork(
      "squeezenet-complex-bypass",
      "SqueezeNet v1.0, complex bypass",
      source: "Iandola et al., SqueezeNet (2016), §6",
      structure: SqueezeNet.complexBypassStructure
    ),
    PublishedNetwork(
      "squeezenet-small",
      "SqueezeNet for 32×32 pictures",
      source: "after Iandola et al., SqueezeNet (2016)",
      published: NetworkOptions(
        classes: 10,
        input: [3, 32, 32],
        baseWidth: SqueezeNetSmall.baseWidth
      ),
      structure: SqueezeNetSmall.structure
    ),
    PublishedNetwork(
      "resnet-9",
      "ResNet-9",
      source: "Page, How to train your ResNet (2018)",
      published: NetworkOptions(
        classes: 10,
        input: [3, 32, 32],
        baseWidth: ResNet9.baseWidth
      ),
      structure: ResNet9.structure
    ),
    PublishedNetwork(
      "resnet-18",
      "ResNet-18",
      source: "He et al., Deep residual learning for image recognition (2015)",
      published: NetworkOptions(baseWidth: ResNet18.baseWidth),
      structure: ResNet18.structure
    ),
    PublishedNetwork(
      "densenet-121",
      "DenseNet-121",
      source: "Huang et al., Densely connected convolutional networks (2016)",
      structure: DenseNet121.structure
    ),
    PublishedNetwork(
      "densenet-bc-40",
      "DenseNet-BC, 40 layers, growth 12",
      source: "Huang et al., Densely connected convolutional networks (2016)",
      published: NetworkOptions(classes: 10, input: [3, 32, 32]),
      structure: DenseNetBC40.structure
    ),
    PublishedNetwork(
      "densenet-1d",
      "1-D DenseNet for A-lines",
      source: "after Huang et al., Densely connected convolutional networks (2016)",
      published: NetworkOptions(classes: 1, input: [1, 170]),
      structure: DenseNet1D.structure
    ),
    PublishedNetwork(
      "xception",
      "Xception",
      source: "Chollet, Xception (2016)",
      published: NetworkOptions(input: [3, 299, 299]),
      structure: Xception.structure
    ),
    PublishedNetwork(
      "mobilenet-v1",
      "MobileNet",
      source: "Howard et al., MobileNets (2017)",
      structure: MobileNetV1.structure
    ),
    PublishedNetwork(
      "mobilenet-v2",
      "MobileNetV2",
      source: "Sandler et al., MobileNetV2 (2018)",
      structure: MobileNetV2.structure
    ),
    PublishedNetwork(
      "mobilenet-v2-small",
      "MobileNetV2 for 32×32 pictures",
      source: "after Sandler et al., MobileNetV2 (2018)",
      published: NetworkOptions(classes: 10, input: [3, 32, 32]),
      structure: MobileNetV2Small.structure
    ),
    PublishedNetwork(
      "shufflenet-v1-g3",
      "ShuffleNet ×1, three groups",
      source: "Zhang et al., ShuffleNet (2017)",
      structure: ShuffleNetV1.structure
    ),
    PublishedNetwork(
      "shufflenet-v2-x1.0",
      "ShuffleNetV2 ×1.0",
      source: "Ma et al., ShuffleNet V2 (2018)",
      structure: ShuffleNetV2.structure
    ),
    PublishedNetwork(
      "u-net",
      "U-Net",
      source: "Ronneberger, Fischer and Brox, U-Net (2015)",
      published: NetworkOptions(classes: 1, input: [1, 256, 256], baseWidth: UNet.baseWidth),
      structure: UNet.structure
    ),
    PublishedNetwork(
      "enet",
      "ENet",
      source: "Paszke et al., ENet (2016)",
      published: NetworkOptions(classes: 19, input: [3, 512, 512]),
      structure: ENet.structure
    ),
    PublishedNetwork(
      "squeezedet",
      "SqueezeDet",
      source: "Wu et al., SqueezeDet (2016)",
      published: NetworkOptions(classes: 3, input: [3, 384, 1248]),
      structure: SqueezeDet.structure
    ),
  ]

  /// The network of a name, or `nil`.
  public static func network(named name: String) -> PublishedNetwork? {
    all.first { $0.name == name }
  }
}
