/// How the channels of an operator's inputs relate to the channels of its outputs.
///
/// Structured pruning has to know nothing else of an operator: from these it finds which weights
/// disappear with a channel. Channels are axis 1 of `[N, C, …]`.
public enum ChannelFlow: Sendable, Hashable {
  /// Every output channel depends on all input channels, through a weight `[O, I, …]`.
  case mixes
  /// As `mixes` within each of so many groups of channels.
  case mixesWithin(groups: Int)
  /// Output channel `c` depends on input channel `c` alone.
  case preserves
  /// Channel `c` of all inputs meets in output channel `c`.
  case ties
  /// The outputs' channels are the inputs' channels, one input after the other.
  case concatenates
  /// The input's channels are dealt out to the outputs in order.
  case splits
  /// Channel `g · C/G + i` becomes channel `i · G + g`.
  case shuffles(groups: Int)
  /// Channel `c` becomes as many consecutive features as it has positions.
  case flattens
  /// Channels lose their identity; pruning must stop here.
  case opaque
}
