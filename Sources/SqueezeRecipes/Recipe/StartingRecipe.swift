/// Recipes to start from, with remarks: `squeeze compress --example`.
public enum StartingRecipe {
  /// The names there are.
  public static let names = ["deep", "integers", "post-training"]

  /// The text of a recipe, or `nil` for another name.
  public static func text(of name: String) -> String? {
    switch name {
    case "deep": deep
    case "integers": integers
    case "post-training": postTraining
    default: nil
    }
  }

  private static let deep = """
    # Deep Compression with retraining: prune while training, share weights, train what is shared.
    # squeeze compress model.sqz small.sqz --recipe deep.yaml --data FOLDER
    train: mnist.yaml                # a config of squeeze train, beside this file: data, loss, optimizer
    goal: {ratio: 40, max_drop: 0}   # or size: 27KB; max_drop is in points; max_latency: 1.1x
    steps:                           # squeeze compress --schema explains every key
      - kind: prune
        sparsity: 0.94
        layers: {"fc2*": 0.75}       # exceptions, by parameter or its beginning
        gradual: 12                  # sparsity rises over so many epochs
        settle: 4                    # and stays for so many more
        rate: 0.05
        schedule: cosine             # over all of them
      - {kind: quantize, to: codebook, bits: 4}
      - {kind: train, epochs: 3, rate: 0.001, schedule: cosine}
      - {kind: quantize, to: float16, of: rest}
    """ + "\n"

  private static let integers = """
    # Integers for weights and activations, for speed: quantization-aware training, then calibration.
    # squeeze compress model.sqz small.sqz --recipe integers.yaml --data FOLDER
    train: cifar10.yaml
    goal: {max_drop: 0.5, max_latency: 0.5x}
    steps:
      - {kind: quantize, to: integer, bits: 8, per: channel, range: mse}
      - {kind: train, epochs: 2, rate: 0.001, schedule: cosine}
      - {kind: calibrate, range: percentile}
    """ + "\n"

  private static let postTraining = """
    # No training data: labelled pictures to judge by are enough.
    # squeeze compress model.sqz small.sqz --recipe post-training.yaml --data pictures/
    calibration: 200                 # pictures that are looked at without their labels and not judged
    goal: {max_drop: 0.5}
    steps:
      - {kind: prune, sparsity: 0.3, scope: sensitivity}
      - {kind: round, size: 400KB}     # or divergence: 0.02, in nats
    """ + "\n"
}
