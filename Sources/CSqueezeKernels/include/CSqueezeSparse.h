// Weights that are mostly zero, or kept as small indices, and the arguments of kernels that use them.
// Included by CSqueezeKernels.h.
#pragma once

/// Some output channels of a product with a sparse matrix over neighbouring pixels of planar input.
typedef struct {
  /// Pixel 0 of every input channel.
  const float *_Nonnull input;
  /// Where the channel of each weight lies in `input`, and the weight, row after row.
  const int32_t *_Nonnull offsets;
  const float *_Nonnull weights;
  /// Where each row of weights starts, `rows` + 1 of them.
  const ptrdiff_t *_Nonnull starts;
  ptrdiff_t rows;
  /// One per row.
  const float *_Nonnull bias;
  /// Pixel 0 of the first row, and from one row to the next.
  float *_Nonnull output;
  ptrdiff_t outputStride;
  /// How many vectors of 16 pixels.
  ptrdiff_t vectors;
  SQClip clip;
} SQSparseProduct;

/// Output features, 16 at a time, of a product of one row of input with weights that are mostly zero.
///
/// A round gives each of 16 features one weight and the input it belongs to, one of 32 neighbours.
typedef struct {
  /// 32 numbers beyond the last feature may be read.
  const float *_Nonnull input;
  /// For each round where its 32 inputs start, which of them each feature takes, and the weights.
  const int32_t *_Nonnull offsets;
  const uint8_t *_Nonnull lanes;
  const float *_Nonnull weights;
  /// Where the rounds of each 16 features start, and where the last end.
  const ptrdiff_t *_Nonnull starts;
  /// One per feature, a multiple of 16.
  const float *_Nonnull bias;
  float *_Nonnull output;
  /// The number of features.
  ptrdiff_t rows;
  SQClip clip;
} SQSparseRows;

/// How weights are kept.
typedef enum {
  /// Signed bytes.
  SQCodeBytes,
  /// Halves of bytes that choose one of 16 numbers: of 32 weights, byte i has the i-th low and the
  /// (16 + i)-th high.
  SQCodeNibbles,
  /// Bytes that choose one of 64 numbers.
  SQCodeTable
} SQCode;

/// Some output features of a product of one row of input with weights kept as codes.
typedef struct {
  SQCode kind;
  const float *_Nonnull input;
  ptrdiff_t features;
  /// Row after row, each filled up to 32 weights.
  const uint8_t *_Nonnull codes;
  /// 64 numbers.
  const float *_Nonnull table;
  /// One per row.
  const float *_Nonnull scales;
  const float *_Nonnull bias;
  float *_Nonnull output;
  ptrdiff_t rows;
  SQClip clip;
} SQCodeRows;

/// 16 or 32 output channels of a convolution whose weights are kept as codes.
typedef struct {
  SQCode kind;
  /// The convolution; for its `weights` the 64 numbers that codes choose from.
  SQConvolution base;
  /// For each of the `depth` inputs of a pixel the codes of 32 channels.
  const uint8_t *_Nonnull codes;
  /// One per channel.
  const float *_Nonnull scales;
} SQCodeConvolution;

/// 16 bytes as whole numbers.
SQ_INLINE SQInt16 sq_codes16(const uint8_t *_Nonnull p) {
  return __builtin_convertvector(SQ_LOAD(SQByte16, p), SQInt16);
}

/// The upper halves of 16 bytes.
SQ_INLINE SQInt16 sq_highNibbles(SQInt16 codes) { return codes >> 4; }

/// 16 signed bytes as floats.
SQ_INLINE SQFloat16 sq_signedFloats16(const uint8_t *_Nonnull p) {
  typedef int8_t Signed __attribute__((ext_vector_type(16)));
  return __builtin_convertvector(__builtin_convertvector(SQ_LOAD(Signed, p), SQInt16), SQFloat16);
}

/// For each lane the number of a table of 16 that its lowest 4 bits choose.
SQ_INLINE SQFloat16 sq_lookUp16(SQFloat16 table, SQInt16 codes) {
#if SQ_LEVEL >= 4
  return (SQFloat16)__builtin_ia32_permvarsf512((SQ_V16F)table, (SQ_V16I)codes);
#elif SQ_LEVEL == 3
  SQFloat16 y;
  SQInt16 upper = codes << 28;  // bit 3 becomes the sign
  for (int i = 0; i < 2; i++) {
    SQ_V8I lanes = (SQ_V8I)(i == 0 ? codes.lo : codes.hi);
    SQFloat8 low = (SQFloat8)__builtin_ia32_permvarsf256((SQ_V8F)table.lo, lanes);
    SQFloat8 high = (SQFloat8)__builtin_ia32_permvarsf256((SQ_V8F)table.hi, lanes);
    SQFloat8 chosen = (i == 0 ? upper.lo : upper.hi) < 0 ? high : low;
    if (i == 0) y.lo = chosen; else y.hi = chosen;
  }
  return y;
#else
  SQFloat16 y;
  for (int lane = 0; lane < 16; lane++) y[lane] = table[codes[lane] & 15];
  return y;
#endif
}

/// For each lane the number of a table of 32 that its lowest 5 bits choose.
SQ_INLINE SQFloat16 sq_lookUp32(SQFloat16 a, SQFloat16 b, SQInt16 codes) {
#if SQ_LEVEL >= 4
  return (SQFloat16)__builtin_ia32_vpermi2varps512((SQ_V16F)a, (SQ_V16I)codes, (SQ_V16F)b);
#else
  return (codes & 16) != 0 ? sq_lookUp16(b, codes) : sq_lookUp16(a, codes);
#endif
}

/// For each lane the number of a table of 64 that its lowest 6 bits choose.
SQ_INLINE SQFloat16 sq_lookUp64(SQFloat16 a, SQFloat16 b, SQFloat16 c, SQFloat16 d, SQInt16 codes) {
#if SQ_LEVEL >= 4
  SQFloat16 low = sq_lookUp32(a, b, codes), high = sq_lookUp32(c, d, codes);
  return (codes & 32) != 0 ? high : low;
#else
  return (codes & 32) != 0 ? sq_lookUp32(c, d, codes) : sq_lookUp32(a, b, codes);
#endif
}
