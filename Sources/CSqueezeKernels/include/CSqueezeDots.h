// Dot products of bytes and of bfloat16, rounding to bytes, and the arguments of kernels that use
// them. Included by CSqueezeKernels.h.
//
// Results of the integer functions are the same on every instruction set, bit by bit.
#pragma once

// MARK: - Vectors

typedef int16_t SQShort16 __attribute__((ext_vector_type(16)));
typedef uint16_t SQHalf16 __attribute__((ext_vector_type(16)));
typedef uint8_t SQByte16 __attribute__((ext_vector_type(16)));
typedef uint8_t SQByte64 __attribute__((ext_vector_type(64)));

// Types that the builtins of the instruction sets ask for.
typedef int32_t SQ_V4I __attribute__((__vector_size__(16)));
typedef int32_t SQ_V8I __attribute__((__vector_size__(32)));
typedef int32_t SQ_V16I __attribute__((__vector_size__(64)));
typedef float SQ_V4F __attribute__((__vector_size__(16)));
typedef float SQ_V8F __attribute__((__vector_size__(32)));
typedef float SQ_V16F __attribute__((__vector_size__(64)));
typedef int16_t SQ_V8S __attribute__((__vector_size__(16)));
typedef int16_t SQ_V16S __attribute__((__vector_size__(32)));
typedef int16_t SQ_V32S __attribute__((__vector_size__(64)));
typedef int8_t SQ_V64B __attribute__((__vector_size__(64)));

/// The numbers at `p`, which may lie at any address.
#define SQ_LOAD(TYPE, p) ({ TYPE value; __builtin_memcpy(&value, p, sizeof value); value; })
#define SQ_STORE(value, p) __builtin_memcpy(p, &value, sizeof value)

// MARK: - Dot products

#if SQ_LEVEL < 5
/// For each of 16 lanes the products of two pairs of 16-bit numbers, added.
SQ_INLINE SQInt16 sq_pairs(SQInt16 a, SQInt16 b) {
#if SQ_LEVEL == 4
  return (SQInt16)__builtin_ia32_pmaddwd512((SQ_V32S)a, (SQ_V32S)b);
#elif SQ_LEVEL == 3
  SQInt16 sums;
  sums.lo = __builtin_ia32_pmaddwd256((SQ_V16S)a.lo, (SQ_V16S)b.lo);
  sums.hi = __builtin_ia32_pmaddwd256((SQ_V16S)a.hi, (SQ_V16S)b.hi);
  return sums;
#elif defined(__SSE2__)
  SQInt16 sums;
  sums.lo.lo = __builtin_ia32_pmaddwd128((SQ_V8S)a.lo.lo, (SQ_V8S)b.lo.lo);
  sums.lo.hi = __builtin_ia32_pmaddwd128((SQ_V8S)a.lo.hi, (SQ_V8S)b.lo.hi);
  sums.hi.lo = __builtin_ia32_pmaddwd128((SQ_V8S)a.hi.lo, (SQ_V8S)b.hi.lo);
  sums.hi.hi = __builtin_ia32_pmaddwd128((SQ_V8S)a.hi.hi, (SQ_V8S)b.hi.hi);
  return sums;
#else
  return ((a << 16) >> 16) * ((b << 16) >> 16) + (a >> 16) * (b >> 16);
#endif
}
#endif

/// sum + Σ bytes[j] · weights[j] over the four bytes of each lane, `bytes` unsigned, `weights` signed.
SQ_INLINE SQInt16 sq_dot16(SQInt16 sum, SQInt16 bytes, SQInt16 weights) {
#if SQ_LEVEL == 5
  return (SQInt16)__builtin_ia32_vpdpbusd512((SQ_V16I)sum, (SQ_V16I)bytes, (SQ_V16I)weights);
#else
  // Without saturation: as 16-bit numbers, the even bytes and the odd ones.
  typedef int16_t Shorts __attribute__((ext_vector_type(32)));
  SQInt16 even = bytes & 0x00FF00FF;
  SQInt16 odd = (bytes >> 8) & 0x00FF00FF;
  SQInt16 evenWeights = (SQInt16)((Shorts)((Shorts)weights << 8) >> 8);
  SQInt16 oddWeights = (SQInt16)((Shorts)weights >> 8);
  return sum + (sq_pairs(even, evenWeights) + sq_pairs(odd, oddWeights));
#endif
}

/// sum + x[0] · w[0] + x[1] · w[1] over the two bfloat16 of each lane.
SQ_INLINE SQFloat16 sq_dotBFloat16(SQFloat16 sum, SQInt16 x, SQInt16 w) {
#if SQ_LEVEL == 5
  typedef __bf16 Pairs __attribute__((__vector_size__(64)));
  return (SQFloat16)__builtin_ia32_dpbf16ps_512((SQ_V16F)sum, (Pairs)x, (Pairs)w);
#else
  SQInt16 high = (SQInt16)0xFFFF0000;
  sum = SQ_FMA((SQFloat16)(x & high), (SQFloat16)(w & high), sum);
  return SQ_FMA((SQFloat16)(x << 16), (SQFloat16)(w << 16), sum);
#endif
}

/// 4 pixels of 16 channels as 16 lanes that hold the 4 bytes of one channel each.
SQ_INLINE SQInt16 sq_channelQuads(const uint8_t *_Nonnull p) {
  SQByte64 v = SQ_LOAD(SQByte64, p);
  return (SQInt16)__builtin_shufflevector(v, v,
      0, 16, 32, 48, 1, 17, 33, 49, 2, 18, 34, 50, 3, 19, 35, 51,
      4, 20, 36, 52, 5, 21, 37, 53, 6, 22, 38, 54, 7, 23, 39, 55,
      8, 24, 40, 56, 9, 25, 41, 57, 10, 26, 42, 58, 11, 27, 43, 59,
      12, 28, 44, 60, 13, 29, 45, 61, 14, 30, 46, 62, 15, 31, 47, 63);
}

// MARK: - Conversions

/// 16 bfloat16 as floats.
SQ_INLINE SQFloat16 sq_fromBFloat16(SQHalf16 x) {
  return (SQFloat16)(__builtin_convertvector(x, SQInt16) << 16);
}

/// The nearest bfloat16, ties to even; a NaN stays one.
SQ_INLINE SQHalf16 sq_toBFloat16(SQFloat16 x) {
#if SQ_LEVEL == 5
  typedef __bf16 Halves __attribute__((ext_vector_type(16)));
  return (SQHalf16)__builtin_convertvector(x, Halves);
#else
  typedef uint32_t Bits __attribute__((ext_vector_type(16)));
  Bits bits = (Bits)x;
  Bits rounded = bits + 0x7FFF + ((bits >> 16) & 1);
  bits = x == x ? rounded : bits | 0x00400000;
  return __builtin_convertvector(bits >> 16, SQHalf16);
#endif
}

/// 16 bytes as floats.
SQ_INLINE SQFloat16 sq_fromBytes(SQByte16 x) {
  return __builtin_convertvector(__builtin_convertvector(x, SQInt16), SQFloat16);
}

SQ_INLINE SQInt16 sq_widened(SQByte16 x) { return __builtin_convertvector(x, SQInt16); }
SQ_INLINE SQFloat16 sq_floats(SQInt16 x) { return __builtin_convertvector(x, SQFloat16); }

SQ_INLINE SQByte16 sq_maxBytes(SQByte16 a, SQByte16 b) { return __builtin_elementwise_max(a, b); }
SQ_INLINE SQByte16 sq_minBytes(SQByte16 a, SQByte16 b) { return __builtin_elementwise_min(a, b); }

/// bfloat16 as integers that are ordered as the numbers are, and back.
SQ_INLINE SQShort16 sq_ordered(SQHalf16 x) {
  SQShort16 s = (SQShort16)x;
  return s ^ ((s >> 15) & 0x7FFF);
}
SQ_INLINE SQHalf16 sq_unordered(SQShort16 s) { return (SQHalf16)(s ^ ((s >> 15) & 0x7FFF)); }
SQ_INLINE SQShort16 sq_maxShorts(SQShort16 a, SQShort16 b) {
  return __builtin_elementwise_max(a, b);
}

/// The nearest whole numbers, ties to even; beyond ±2²¹ any number beyond it on the same side, up
/// to ±2³¹.
SQ_INLINE SQInt16 sq_rounded(SQFloat16 x) {
#if SQ_LEVEL >= 4
  return (SQInt16)__builtin_ia32_cvtps2dq512_mask(
      (SQ_V16F)x, (SQ_V16I)((SQInt16)0), (unsigned short)-1, 4);
#elif SQ_LEVEL == 3
  SQInt16 y;
  y.lo = __builtin_ia32_cvtps2dq256((SQ_V8F)x.lo);
  y.hi = __builtin_ia32_cvtps2dq256((SQ_V8F)x.hi);
  return y;
#elif defined(__SSE2__)
  SQInt16 y;
  y.lo.lo = __builtin_ia32_cvtps2dq((SQ_V4F)x.lo.lo);
  y.lo.hi = __builtin_ia32_cvtps2dq((SQ_V4F)x.lo.hi);
  y.hi.lo = __builtin_ia32_cvtps2dq((SQ_V4F)x.hi.lo);
  y.hi.hi = __builtin_ia32_cvtps2dq((SQ_V4F)x.hi.hi);
  return y;
#else
  const float magic = 12582912.0f;  // 1.5 · 2²³: adding it rounds to a whole number
  SQFloat16 bounded = sq_max16((SQFloat16)-2097152.0f, sq_min16((SQFloat16)2097152.0f, x));
  return (SQInt16)(bounded + magic) - 0x4B400000;
#endif
}

/// The nearest whole numbers as floats, likewise.
SQ_INLINE SQFloat16 sq_roundedFloats(SQFloat16 x) {
#if SQ_LEVEL >= 2
  return __builtin_elementwise_roundeven(x);
#else
  return __builtin_convertvector(sq_rounded(x), SQFloat16);
#endif
}

/// What becomes of a real result `v` on its way to a byte:
/// min(max(round(v) + zeroPoint, lower), upper), `lower` and `upper` in 0…255.
typedef struct {
  int32_t zeroPoint, lower, upper;
} SQByteRange;

/// The bytes of real results below 2³⁰.
SQ_INLINE SQByte16 sq_toBytes(SQFloat16 v, SQByteRange range) {
  SQInt16 q = sq_rounded(v) + range.zeroPoint;
  q = __builtin_elementwise_max(q, (SQInt16)range.lower);
  q = __builtin_elementwise_min(q, (SQInt16)range.upper);
  return __builtin_convertvector(q, SQByte16);
}

/// The bytes of 4 vectors of real results, one after the other.
SQ_INLINE SQByte64 sq_toBytes64(
    SQFloat16 a, SQFloat16 b, SQFloat16 c, SQFloat16 d, SQByteRange range) {
#if SQ_LEVEL >= 4
  typedef int16_t Shorts __attribute__((ext_vector_type(32)));
  Shorts zero = (Shorts)(int16_t)range.zeroPoint;
  SQInt16 qa = sq_rounded(a), qb = sq_rounded(b), qc = sq_rounded(c), qd = sq_rounded(d);
  Shorts ab = (Shorts)__builtin_ia32_packssdw512((SQ_V16I)qa, (SQ_V16I)qb);
  Shorts cd = (Shorts)__builtin_ia32_packssdw512((SQ_V16I)qc, (SQ_V16I)qd);
  ab = __builtin_elementwise_add_sat(ab, zero);
  cd = __builtin_elementwise_add_sat(cd, zero);
  SQByte64 q = (SQByte64)__builtin_ia32_packuswb512((SQ_V32S)ab, (SQ_V32S)cd);
  // Each lane of 128 bits holds 4 bytes of a, of b, of c and of d.
  SQInt16 words = (SQInt16)q;
  words = __builtin_shufflevector(words, words, 0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
  q = (SQByte64)words;
  q = __builtin_elementwise_max(q, (SQByte64)(uint8_t)range.lower);
  return __builtin_elementwise_min(q, (SQByte64)(uint8_t)range.upper);
#else
  SQByte64 q;
  q.lo.lo = sq_toBytes(a, range);
  q.lo.hi = sq_toBytes(b, range);
  q.hi.lo = sq_toBytes(c, range);
  q.hi.hi = sq_toBytes(d, range);
  return q;
#endif
}

/// The bytes nearest to x / scale; a NaN is 0.
SQ_INLINE SQByte16 sq_quantized(SQFloat16 x, float scale, SQByteRange range) {
  SQFloat16 v = x / scale;
  v = v == v ? v : (SQFloat16)0.0f;
  v = sq_max16((SQFloat16)-2097152.0f, sq_min16((SQFloat16)2097152.0f, v));
  return sq_toBytes(v, range);
}

/// Writes the first `count` of 4 pixels of 16 bytes, `stride` bytes apart.
SQ_INLINE void sq_storePixels(SQByte64 v, uint8_t *_Nonnull target, ptrdiff_t stride, int count) {
  if (count == 4 && stride == 16) {
    SQ_STORE(v, target);
    return;
  }
  SQByte16 a = v.lo.lo, b = v.lo.hi, c = v.hi.lo, d = v.hi.hi;
  SQ_STORE(a, target);
  if (count > 1) SQ_STORE(b, target + stride);
  if (count > 2) SQ_STORE(c, target + 2 * stride);
  if (count > 3) SQ_STORE(d, target + 3 * stride);
}

// MARK: - Arguments

// All strides count bytes. Bytes are unsigned; signed ones are kept with 128 added. A blocked value
// is [channels / 16][height][width][16].

/// 16 or 32 output channels of a convolution, or of a matrix product, over rows of pixels. Inputs are
/// read in words of 32 bits: 4 bytes or 2 bfloat16.
typedef struct {
  /// The first tap of output pixel (0, 0) in the first input block.
  const uint8_t *_Nonnull input;
  ptrdiff_t inputPixelStride, inputRowStride;
  /// Where the runs of consecutive inputs start, relative to a pixel's first tap: `runs` runs of
  /// `runLength` words, then `tailRuns` of `tailLength`.
  const ptrdiff_t *_Nonnull offsets;
  ptrdiff_t runs, runLength, tailRuns, tailLength;
  /// [runs · runLength + tailRuns · tailLength][channels] words, channels being 16 or 32.
  const int32_t *_Nonnull weights;
  /// Whole numbers for bytes, floats for bfloat16.
  const void *_Nonnull bias;
  /// Output pixel (0, 0); the second 16 of 32 channels lie `outputBlockStride` later.
  uint8_t *_Nonnull output;
  ptrdiff_t outputPixelStride, outputRowStride, outputBlockStride;
  /// The number of pixels of a row.
  ptrdiff_t width;
  /// 16 or 32.
  ptrdiff_t channels;
  /// For bytes: what a sum is multiplied with, channel by channel, and where it ends.
  const float *_Nullable scales;
  SQByteRange range;
  /// For bytes: a value of the output's shape, or null. With it the result is `ownScale` · (own byte
  /// − its zero point) + `summandScale` · (summand − `summandZero`), rounded to `summedRange`.
  const uint8_t *_Nullable summand;
  ptrdiff_t summandPixelStride, summandRowStride, summandBlockStride;
  float ownScale, summandScale;
  int32_t summandZero;
  SQByteRange summedRange;
  /// For bfloat16.
  SQClip clip;
} SQDotConvolution;

/// One block of 16 channels of bytes, each convolved with its own kernel.
typedef struct {
  const uint8_t *_Nonnull input;
  ptrdiff_t inputPixelStride, inputRowStride;
  /// From one row of the kernel to the next.
  ptrdiff_t tapRowStride;
  /// The rows of the kernel, and the words of 4 taps each row has.
  ptrdiff_t tapRows, words;
  /// [tapRows][words][2][16] words of 4 taps: for a pixel, and for the pixel after it, one tap later.
  const int32_t *_Nonnull weights;
  const int32_t *_Nonnull bias;
  const float *_Nonnull scales;
  SQByteRange range;
  uint8_t *_Nonnull output;
  ptrdiff_t outputRowStride;
  ptrdiff_t width;
} SQByteDepthwise;

/// One block of 16 channels of bfloat16, each convolved with its own kernel.
typedef struct {
  const uint8_t *_Nonnull input;
  ptrdiff_t inputPixelStride, inputRowStride;
  /// Where each tap lies relative to a pixel's first tap.
  const ptrdiff_t *_Nonnull offsets;
  ptrdiff_t taps;
  /// [taps][16], floats
  const float *_Nonnull weights;
  const float *_Nonnull bias;
  uint8_t *_Nonnull output;
  ptrdiff_t outputRowStride;
  ptrdiff_t width;
  SQClip clip;
} SQBFloat16Depthwise;

/// Max or average pooling of one block of 16 channels of bytes or bfloat16; windows are cut at the
/// image's edge.
typedef struct {
  /// Pixel (0, 0) of the image, without padding.
  const uint8_t *_Nonnull input;
  ptrdiff_t inputRowStride, inputHeight, inputWidth;
  uint8_t *_Nonnull output;
  ptrdiff_t outputRowStride, outputWidth;
  ptrdiff_t kernelHeight, kernelWidth, strideHeight, strideWidth;
  ptrdiff_t dilationHeight, dilationWidth, paddingTop, paddingLeft;
  /// For averages: how many rows a window of each output row counts, and how many columns of each
  /// output column.
  const float *_Nullable rowCounts;
  const float *_Nullable columnCounts;
  /// For averages of bytes: the scale of the input over that of the output, and the input's zero.
  float scale;
  int32_t zeroPoint;
  SQByteRange range;
  /// For bfloat16.
  SQClip clip;
} SQNarrowPooling;
