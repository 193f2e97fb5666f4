// Products of bits, and the arguments of kernels that use them. Included by CSqueezeKernels.h.
//
// A number is ±1 and kept as one bit, 1 for −1. Two of them agree where the exclusive or of their bits
// is 0, so the dot product of n of them is n − 2 · (the number of ones).
#pragma once

/// sum + the number of ones in each lane of `bits`.
SQ_INLINE SQInt16 sq_countOnes16(SQInt16 sum, SQInt16 bits) {
#if SQ_LEVEL == 3 || SQ_LEVEL == 4
  // Ones of 4 bits by a table in a register, then bytes become words; Muła, Kurz and Lemire, "Faster
  // population counts using AVX2 instructions" (2018), §3.
  typedef int8_t Bytes __attribute__((ext_vector_type(64)));
  const Bytes table = {0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4, 0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4,
                       0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4, 0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4};
  Bytes low = (Bytes)(bits & 0x0F0F0F0F);
  Bytes high = (Bytes)((bits >> 4) & 0x0F0F0F0F);
  SQInt16 ones = (SQInt16)0x01010101, pairs = (SQInt16)0x00010001;
#if SQ_LEVEL == 4
  typedef int8_t B __attribute__((__vector_size__(64)));
  B counts = __builtin_ia32_pshufb512((B)table, (B)low) + __builtin_ia32_pshufb512((B)table, (B)high);
  SQ_V32S sums = (SQ_V32S)__builtin_ia32_pmaddubsw512(counts, (B)ones);
  return sum + (SQInt16)__builtin_ia32_pmaddwd512(sums, (SQ_V32S)pairs);
#else
  typedef int8_t B __attribute__((__vector_size__(32)));
  B first = __builtin_ia32_pshufb256((B)table.lo, (B)low.lo) + __builtin_ia32_pshufb256((B)table.lo, (B)high.lo);
  B second = __builtin_ia32_pshufb256((B)table.lo, (B)low.hi) + __builtin_ia32_pshufb256((B)table.lo, (B)high.hi);
  SQ_V16S a = (SQ_V16S)__builtin_ia32_pmaddubsw256(first, (B)ones.lo);
  SQ_V16S b = (SQ_V16S)__builtin_ia32_pmaddubsw256(second, (B)ones.lo);
  sum.lo += (SQInt8)__builtin_ia32_pmaddwd256(a, (SQ_V16S)pairs.lo);
  sum.hi += (SQInt8)__builtin_ia32_pmaddwd256(b, (SQ_V16S)pairs.lo);
  return sum;
#endif
#else
  return sum + __builtin_elementwise_popcount(bits);
#endif
}

/// sum + in how many bits `word` differs from each lane of `weights`.
SQ_INLINE SQInt16 sq_differences16(SQInt16 sum, int32_t word, SQInt16 weights) {
  return sq_countOnes16(sum, (SQInt16)word ^ weights);
}

/// scale · (base − 2 · differences) + bias: a dot product of ±1, made real.
SQ_INLINE SQFloat16 sq_fromDifferences16(SQInt16 base, SQInt16 differences, SQFloat16 scale,
                                         SQFloat16 bias) {
  return SQ_FMA(__builtin_convertvector(base - (differences << 1), SQFloat16), scale, bias);
}

/// The signs of 16 numbers: bit i is 0 where lane i is at least 0, and 1 elsewhere.
SQ_INLINE uint16_t sq_signs16(SQFloat16 x) {
#if SQ_LEVEL >= 4
  // "Not at least", so that a NaN counts as −1.
  return (uint16_t)__builtin_ia32_cmpps512_mask((SQ_V16F)x, (SQ_V16F)(SQFloat16)0.0f, 9,
                                                (uint16_t)-1, 4);
#elif SQ_LEVEL == 3
  SQInt16 below = ~(x >= 0.0f);
  return (uint16_t)(__builtin_ia32_movmskps256((SQ_V8F)below.lo)
                    | __builtin_ia32_movmskps256((SQ_V8F)below.hi) << 8);
#elif defined(__SSE2__)
  SQInt16 below = ~(x >= 0.0f);
  return (uint16_t)(__builtin_ia32_movmskps((SQ_V4F)below.lo.lo)
                    | __builtin_ia32_movmskps((SQ_V4F)below.lo.hi) << 4
                    | __builtin_ia32_movmskps((SQ_V4F)below.hi.lo) << 8
                    | __builtin_ia32_movmskps((SQ_V4F)below.hi.hi) << 12);
#else
  const SQInt16 places = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768};
  return (uint16_t)__builtin_reduce_or(~(x >= 0.0f) & places);
#endif
}

/// 16 or 32 output channels of a convolution of bits over rows of pixels. Inputs are words of 32
/// channels; a pixel outside the image counts as +1, which `bases` makes good.
typedef struct {
  /// The first word of the first tap of output pixel (0, 0); strides count words.
  const int32_t *_Nonnull input;
  ptrdiff_t inputPixelStride, inputRowStride;
  /// Where each of the `depth` words of a pixel lies, relative to its first.
  const ptrdiff_t *_Nonnull offsets;
  ptrdiff_t depth;
  /// [depth][channels] words.
  const int32_t *_Nonnull weights;
  /// For every kind of pixel and every channel, the dot product if no bit differed.
  const int32_t *_Nonnull bases;
  /// Where the numbers of each pixel's kind start in `bases`, rows of `width`.
  const ptrdiff_t *_Nonnull kinds;
  /// One factor and one addend per channel.
  const float *_Nonnull scales;
  const float *_Nonnull bias;
  /// Output pixel (0, 0), 16 floats per pixel; the channels after the first 16 lie `outputBlockStride`
  /// later.
  float *_Nonnull output;
  ptrdiff_t outputRowStride, outputBlockStride;
  /// The number of pixels of a row.
  ptrdiff_t width;
  /// 16 or 32.
  ptrdiff_t channels;
  /// What is added to every output before the clip, laid out like the output, or nothing.
  SQResidual residual;
  SQClip clip;
} SQBitConvolution;
