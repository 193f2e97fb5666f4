/// Configs to start from, with remarks: `squeeze train --example`.
public enum StartingConfig {
  /// The names there are.
  public static let names = ["mnist", "cifar10", "segmentation", "signals"]

  /// The text of a config, or `nil` for another name.
  public static func text(of name: String) -> String? {
    switch name {
    case "mnist": mnist
    case "cifar10": cifar10
    case "segmentation": segmentation
    case "signals": signals
    default: nil
    }
  }

  private static let mnist = """
    # A convolutional network for MNIST, its layers written here.
    # squeeze train mnist.yaml --data FOLDER_WITH_THE_IDX_FILES
    network:
      input: [1, 28, 28]             # channels, height, width
      layers:                        # each takes the one before, unless inputs: [...] says otherwise
        - {kind: conv, channels: 20, kernel: 5}
        - {kind: maxpool, kernel: 2, stride: 2}
        - {kind: conv, channels: 50, kernel: 5}
        - {kind: maxpool, kernel: 2, stride: 2}
        - flatten
        - {kind: fc, features: 500}
        - relu
        - {kind: fc, features: 10}
        - softmax                    # the loss looks behind it, at the scores
    data:
      # path: ../mnist               # beside this file; --data goes before it
      classes: 10
      mean: [0.1307]                 # grey levels are 0 to 1
      deviation: [0.3081]
      validation: 0                  # 0.1 would keep a tenth of the training data to choose by
    augment:
      - {name: affine, degrees: 8, scale: 0.08, shift: 0.06}
    loss: cross_entropy
    optimizer: {name: sgd, rate: 0.02, momentum: 0.9, nesterov: true}
    schedule: cosine                 # constant, step, cosine, one_cycle, polynomial
    weight_decay: 5.0e-4             # of weights; biases and normalizations do not decay
    epochs: 10
    batch: 64
    seed: 1                          # the same seed gives the same weights, bit for bit
    """ + "\n"

  private static let cifar10 = """
    # ResNet-9 for CIFAR-10: a network of the library (squeeze models) and a short, steep schedule.
    # squeeze train cifar10.yaml --data FOLDER_WITH_TRAIN_AND_TEST
    network: resnet-9                # or {name: resnet-9, base_width: 32}, or the path of an .onnx or .sqz
    data:
      input: [3, 32, 32]
      classes: 10
      mean: [0.4914, 0.4822, 0.4465]
      deviation: [0.2470, 0.2435, 0.2616]
      unreadable: skip               # leave out damaged pictures and count them; stop would end
    augment:                         # drawn anew for every sample and epoch, in this order
      - {name: crop, padding: 4, border: reflect}
      - flip
      - {name: cutout, size: 8}
    loss: {name: cross_entropy, label_smoothing: 0.1}
    optimizer: {name: sgd, rate: 0.2, momentum: 0.9, nesterov: true}
    schedule: {name: one_cycle, rise: 0.25}
    weight_decay: 5.0e-4
    ema: 0                           # 0.999 would average weights
    clip: 0                          # 1 would keep the norm of gradients at most 1
    epochs: 14
    batch: 256
    checkpoints: {best: error, every_steps: 100}
    """ + "\n"

  private static let segmentation = """
    # U-Net for maps: every picture has a picture of class numbers of the same name.
    # squeeze train segmentation.yaml --data FOLDER
    network: {name: u-net, input: [3, 256, 256], base_width: 16}
    data:
      kind: segmentation
      input: [3, 256, 256]
      mean: [0.5]
      deviation: [0.25]
      validation: 0.1
    augment:                         # picture and map change together
      - flip
      - {name: affine, degrees: 10, scale: 0.1, shift: 0.05}
      - {name: colour, brightness: 0.2, contrast: 0.2, saturation: 0}
    loss:                            # the sum of two
      - {name: cross_entropy, ignore_index: 255}
      - {name: dice, ignore_index: 255, weight: 0.5}
    optimizer: {name: adamw, rate: 1.0e-3}
    schedule: {name: cosine, warm_up_epochs: 1}
    weight_decay: 1.0e-2
    clip: 1
    epochs: 50
    batch: 4
    accumulation: 4                  # gradients of 4 batches make one step
    checkpoints: {best: mean_iou, patience: 15}
    """ + "\n"

  private static let signals = """
    # A 1-D DenseNet for signals, [channels, width].
    # squeeze train signals.yaml --data FOLDER
    network: {name: densenet-1d, input: [8, 170], classes: 2}
    data:
      kind: signals
      input: [8, 170]
      classes: 2
      validation: 0.1
      balance: true                  # draw rare classes as often as others
    augment:
      - {name: noise, deviation: 0.02}
    loss: {name: cross_entropy, class_weights: [1, 1]}
    optimizer: {name: adam, rate: 1.0e-3}
    schedule: {name: polynomial, power: 0.9}
    epochs: 30
    batch: 256
    """ + "\n"
}
