// Products of matrices in the tile registers of AMX: bfloat16 factors, float sums.
//
// Maps are flattened for them: pixels of all rows of all images follow each other, with zeros between rows and
// images wide enough for a kernel's taps, so that a tap is the same step for every pixel.
#pragma once

/// Whether this process may use tile registers for bfloat16; asks the system for them.
bool sq_matrix_tiles_available(void);

/// Writes the pixels of some images' maps of one block of 16 channels one after the other, in bfloat16.
typedef struct {
  /// The first pixel of the first image, and from one row and image to the next, in floats.
  const float *_Nullable source;
  ptrdiff_t rowStride, imageStride;
  ptrdiff_t images, rows, columns;
  /// Pixel 0 of the flattened maps; a pixel is `pixelStride` numbers, of which 16 are written.
  uint16_t *_Nonnull target;
  ptrdiff_t pixelStride;
  /// Flattened pixels from one row and image to the next; what no source pixel falls on becomes 0.
  ptrdiff_t rowPitch, imagePitch;
  /// Zero pixels before pixel 0 and behind the last image.
  ptrdiff_t lead, tail;
} SQFlattening;

void sq_flatten(const SQFlattening *_Nonnull arguments);

/// Puts neighbouring pixels together: `[pixels][16]` becomes `[pairs][16][2]`.
void sq_pair_pixels(const uint16_t *_Nonnull source, ptrdiff_t pairs, uint16_t *_Nonnull target);

/// Turns every 32 pixels of 16 channels, `[32][16]`, to `[16][32]`.
void sq_turn_pixels(const uint16_t *_Nonnull source, ptrdiff_t groups, uint16_t *_Nonnull target);

/// Weights of 32 inputs and 16 outputs for one tap, in pairs of inputs: `[16][16][2]`.
typedef struct {
  const float *_Nonnull source;
  ptrdiff_t outputStride, inputStride;
  /// How many there are; the others become 0.
  ptrdiff_t inputs, outputs;
  uint16_t *_Nonnull target;
} SQTileWeights;

void sq_pack_tile_weights(const SQTileWeights *_Nonnull arguments);

/// A convolution of flattened pixels to 32 output channels.
typedef struct {
  /// Flattened pixel 0 of the first block of 32 channels, 64 bytes a pixel.
  const uint8_t *_Nonnull pixels;
  /// From one block of 32 channels to the next, and each tap's step, in bytes.
  ptrdiff_t blockStride;
  const ptrdiff_t *_Nonnull taps;
  ptrdiff_t tapCount, inputBlocks;
  /// `[input block][tap][2][1024 bytes]`.
  const uint8_t *_Nonnull weights;
  /// How many groups of 32 pixels.
  ptrdiff_t groups;
  /// For each flattened pixel its place in the output in floats, or below 0 for none.
  const int32_t *_Nonnull places;
  float *_Nonnull output;
  /// From one block of 16 output channels to the next; how many of the two there are.
  ptrdiff_t outputBlockStride, outputBlocks;
  /// 32 numbers.
  const float *_Nonnull bias;
  float lower, upper;
  bool accumulates;
} SQTileConvolution;

void sq_tile_convolve(const SQTileConvolution *_Nonnull arguments);

/// Sums of products over flattened pixels, `sums[tap][output][input] (+)= Σ gradient[p][output] · x[p + tap][input]`,
/// for two blocks of 16 outputs and two of 16 inputs.
typedef struct {
  /// The output's gradient turned, `[groups of 32 pixels][16][32]`, and from one block to the next in bytes.
  const uint8_t *_Nonnull gradient;
  ptrdiff_t gradientStride;
  /// Pairs of pixels that begin at even and at odd ones, and from one block to the next in bytes.
  const uint8_t *_Nonnull even;
  const uint8_t *_Nonnull odd;
  ptrdiff_t pixelStride;
  /// How many groups of 32 pixels.
  ptrdiff_t groups;
  /// Each tap's step in pixels, from where `even` begins; at least 0.
  const ptrdiff_t *_Nonnull taps;
  ptrdiff_t tapCount;
  /// How many of the two blocks there are.
  ptrdiff_t outputBlocks, inputBlocks;
  /// `[output block][input block][tap][16 outputs][16 inputs]`, from one to the next in floats.
  float *_Nonnull sums;
  ptrdiff_t outputBlockStride, inputBlockStride;
  bool accumulates;
} SQTileOuterProduct;

void sq_tile_outer_product(const SQTileOuterProduct *_Nonnull arguments);
