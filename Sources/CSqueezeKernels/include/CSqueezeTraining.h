// The arguments of kernels that only training needs; sizes and strides count floats.
#pragma once

/// Sums of outer products over positions: target[i][o] (+)= Σₖ x[xOffsets[k] + i] · y[yOffsets[k] + o].
typedef struct {
  const float *_Nonnull x;
  const ptrdiff_t *_Nonnull xOffsets;
  const float *_Nonnull y;
  const ptrdiff_t *_Nonnull yOffsets;
  ptrdiff_t count;
  /// [16][16], the rows being those of `x`.
  float *_Nonnull target;
  /// How many rows are wanted, at most 16.
  ptrdiff_t rows;
  /// Whether the sums are added to what `target` holds.
  bool accumulates;
} SQOuterProduct;

/// A rectangle of pixels of one block of 16 channels.
typedef struct {
  ptrdiff_t rows, width;
} SQArea;

/// Batch normalization of one block of 16 channels, as its gradient needs it; tables of 16 numbers.
typedef struct {
  const float *_Nonnull x;
  ptrdiff_t xRowStride;
  /// The gradient of the output.
  const float *_Nonnull gradient;
  ptrdiff_t gradientRowStride;
  SQArea area;
  /// The output before the clip is slope · x + offset.
  const float *_Nonnull slope;
  const float *_Nonnull offset;
  SQClip clip;
} SQNormalizationGradient;

/// The gradient of a depthwise convolution's weights for three rows of taps of one block.
typedef struct {
  /// The first tap of pixel 0.
  const float *_Nonnull x;
  const ptrdiff_t *_Nonnull xOffsets;
  const float *_Nonnull y;
  const ptrdiff_t *_Nonnull yOffsets;
  ptrdiff_t count;
  /// From one tap to the next, to the right and down.
  ptrdiff_t columnStride, rowStride;
  /// [rows · columns][16]
  float *_Nonnull target;
  ptrdiff_t rows, columns;
  bool accumulates;
} SQDepthwiseGradient;

/// `a` where x and y are equal, else `b`.
SQ_INLINE SQFloat16 sq_equal16(SQFloat16 x, SQFloat16 y, SQFloat16 a, SQFloat16 b) {
  return x == y ? a : b;
}

/// `a` where lower < x < upper, else 0.
SQ_INLINE SQFloat16 sq_between16(SQFloat16 x, SQFloat16 lower, SQFloat16 upper, SQFloat16 a) {
  SQFloat16 above = x > lower ? a : (SQFloat16)0.0f;
  return x < upper ? above : (SQFloat16)0.0f;
}
