// Vector instructions that Swift does not offer, and the arguments all kernel modules share.
//
// Every function is `static inline`, so it is compiled with the instruction set of the Swift module
// that calls it; nothing here is ever called across modules.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// MARK: - The instruction set this header is compiled for

/// 4: AVX-512, 3: AVX2 with FMA, 2: 32 vector registers of 128 bits (NEON), 1: 16 of them (SSE2).
#if defined(__AVX512F__) && defined(__AVX512VL__) && defined(__AVX512DQ__)
#define SQ_LEVEL 4
#elif defined(__AVX2__) && defined(__FMA__)
#define SQ_LEVEL 3
#elif defined(__aarch64__)
#define SQ_LEVEL 2
#else
#define SQ_LEVEL 1
#endif

// Vectors wider than the instruction set has are fine here: inlined functions pass nothing.
#pragma clang diagnostic ignored "-Wpsabi"

#define SQ_INLINE static inline __attribute__((always_inline, unused))

typedef float SQFloat16 __attribute__((ext_vector_type(16)));
typedef float SQFloat32 __attribute__((ext_vector_type(32)));
typedef int32_t SQInt16 __attribute__((ext_vector_type(16)));

/// `SQ_LEVEL`, as a function so that the branches it decides are compiled quietly and then dropped.
SQ_INLINE int sq_level(void) { return SQ_LEVEL; }

// MARK: - Arithmetic

// Without a hardware instruction `fma` would be a library call per lane.
#if SQ_LEVEL >= 2
#define SQ_FMA(a, b, c) __builtin_elementwise_fma(a, b, c)
#else
#define SQ_FMA(a, b, c) ((a) * (b) + (c))
#endif

/// a · b + c, in one rounding where the instruction set has it.
SQ_INLINE SQFloat16 sq_fma16(SQFloat16 a, SQFloat16 b, SQFloat16 c) { return SQ_FMA(a, b, c); }
SQ_INLINE SQFloat32 sq_fma32(SQFloat32 a, SQFloat32 b, SQFloat32 c) { return SQ_FMA(a, b, c); }

/// The larger of two numbers lane by lane; the second where they do not compare, so that a NaN
/// there survives. One instruction on x86.
SQ_INLINE SQFloat16 sq_max16(SQFloat16 a, SQFloat16 b) { return a > b ? a : b; }
SQ_INLINE SQFloat32 sq_max32(SQFloat32 a, SQFloat32 b) { return a > b ? a : b; }

/// The smaller of two numbers lane by lane; the second where they do not compare.
SQ_INLINE SQFloat16 sq_min16(SQFloat16 a, SQFloat16 b) { return a < b ? a : b; }
SQ_INLINE SQFloat32 sq_min32(SQFloat32 a, SQFloat32 b) { return a < b ? a : b; }

/// As above, a NaN on either side winning.
SQ_INLINE SQFloat16 sq_maximum16(SQFloat16 a, SQFloat16 b) { return a == a ? sq_max16(a, b) : a; }
SQ_INLINE SQFloat16 sq_minimum16(SQFloat16 a, SQFloat16 b) { return a == a ? sq_min16(a, b) : a; }

/// The first and the last 16 of 32 lanes.
SQ_INLINE SQFloat16 sq_low32(SQFloat32 a) { return a.lo; }
SQ_INLINE SQFloat16 sq_high32(SQFloat32 a) { return a.hi; }

/// The sum of all lanes, pairwise.
SQ_INLINE float sq_sum16(SQFloat16 a) {
  __auto_type b = a.lo + a.hi;
  __auto_type c = b.lo + b.hi;
  __auto_type d = c.lo + c.hi;
  return d.x + d.y;
}

/// `a` where `x` is negative, else `b`.
SQ_INLINE SQFloat16 sq_negative16(SQFloat16 x, SQFloat16 a, SQFloat16 b) { return x < 0 ? a : b; }

/// eˣ within 2 units in the last place, 0 below −87.3 and ∞ above 88.7.
///
/// Range reduction and polynomial of Cephes' `expf` (S. L. Moshier, 1992).
SQ_INLINE SQFloat16 sq_exp16(SQFloat16 x) {
  const float magic = 12582912.0f;  // 1.5 · 2²³: adding it rounds to a whole number
  SQFloat16 bounded = sq_max16((SQFloat16)-88.0f, sq_min16((SQFloat16)88.7f, x));
  SQFloat16 shifted = SQ_FMA(bounded, (SQFloat16)1.44269504088896341f, (SQFloat16)magic);
  SQFloat16 n = shifted - magic;
  SQFloat16 r = SQ_FMA(n, (SQFloat16)-0.693359375f, bounded);
  r = SQ_FMA(n, (SQFloat16)2.12194440e-4f, r);
  SQFloat16 p = (SQFloat16)1.9875691500e-4f;
  p = SQ_FMA(p, r, (SQFloat16)1.3981999507e-3f);
  p = SQ_FMA(p, r, (SQFloat16)8.3334519073e-3f);
  p = SQ_FMA(p, r, (SQFloat16)4.1665795894e-2f);
  p = SQ_FMA(p, r, (SQFloat16)1.6666665459e-1f);
  p = SQ_FMA(p, r, (SQFloat16)5.0000001201e-1f);
  p = SQ_FMA(p, r * r, r) + 1.0f;
  // The low bits of `shifted` are n, at most 128 here: 2ⁿ in two factors, so that neither overflows.
  SQInt16 whole = (SQInt16)shifted - 0x4B400000;
  SQInt16 half = whole >> 1;
  SQFloat16 first = (SQFloat16)((half + 127) << 23);
  SQFloat16 second = (SQFloat16)((whole - half + 127) << 23);
  SQFloat16 y = p * first * second;
  y = x < -87.33f ? (SQFloat16)0.0f : y;
  return x > 88.72f ? (SQFloat16)__builtin_inff() : y;
}

// MARK: - Arguments

// All sizes and strides count floats. A value is "blocked" when 16 neighbouring channels lie side
// by side: [channels / 16][height][width][16].

/// What is done with each result before it is written: y ← min(max(y, lower), upper) if `clips`.
typedef struct {
  float lower, upper;
  bool clips;
} SQClip;

/// 16 or 32 output channels of a convolution, or of a matrix product, over rows of pixels.
typedef struct {
  /// The first tap of output pixel (0, 0) in the first input block.
  const float *_Nonnull input;
  ptrdiff_t inputPixelStride, inputRowStride;
  /// Where the runs of consecutive inputs start, relative to a pixel's first tap: `runs` runs of
  /// `runLength` inputs, then `tailRuns` of `tailLength`.
  const ptrdiff_t *_Nonnull offsets;
  ptrdiff_t runs, runLength, tailRuns, tailLength;
  /// [runs · runLength + tailRuns · tailLength][channels], channels being 16 or 32.
  const float *_Nonnull weights;
  const float *_Nonnull bias;
  /// Output pixel (0, 0); the second 16 of 32 channels lie `outputBlockStride` later.
  float *_Nonnull output;
  ptrdiff_t outputPixelStride, outputRowStride, outputBlockStride;
  /// The number of pixels of a row.
  ptrdiff_t width;
  /// 16 or 32.
  ptrdiff_t channels;
  SQClip clip;
} SQConvolution;

/// One block of 16 channels, each convolved with its own kernel.
typedef struct {
  const float *_Nonnull input;
  ptrdiff_t inputPixelStride, inputRowStride;
  /// Where each tap lies relative to a pixel's first tap.
  const ptrdiff_t *_Nonnull offsets;
  ptrdiff_t taps;
  /// [taps][16]
  const float *_Nonnull weights;
  const float *_Nonnull bias;
  float *_Nonnull output;
  ptrdiff_t outputRowStride;
  ptrdiff_t width;
  SQClip clip;
} SQDepthwise;

/// Max or average pooling of one block of 16 channels; windows are cut at the image's edge.
typedef struct {
  /// Pixel (0, 0) of the image, without padding.
  const float *_Nonnull input;
  ptrdiff_t inputRowStride, inputHeight, inputWidth;
  float *_Nonnull output;
  ptrdiff_t outputRowStride, outputWidth;
  ptrdiff_t kernelHeight, kernelWidth, strideHeight, strideWidth;
  ptrdiff_t dilationHeight, dilationWidth, paddingTop, paddingLeft;
  /// For averages: how many rows a window of each output row counts, and how many columns of each
  /// output column.
  const float *_Nullable rowCounts;
  const float *_Nullable columnCounts;
  SQClip clip;
} SQPooling;

/// A planar image of `channels` maps and its blocked form; one row of one block at a time.
typedef struct {
  ptrdiff_t planeStride, planarRowStride;
  ptrdiff_t blockedRowStride;
  /// The channels present in the block, at most 16; the rest of its lanes are 0.
  ptrdiff_t channels;
  ptrdiff_t width;
} SQLayout;

/// What an element-wise kernel computes.
typedef enum {
  SQBinaryAdd, SQBinarySubtract, SQBinaryMultiply, SQBinaryDivide, SQBinaryMaximum, SQBinaryMinimum
} SQBinary;

typedef enum {
  /// x
  SQUnaryIdentity,
  /// x where x ≥ 0, else a · x
  SQUnaryLeakyReLU,
  /// min(max(a · x + b, 0), 1)
  SQUnaryHardSigmoid,
  /// x · min(max(a · x + b, 0), 1)
  SQUnaryHardSwish,
  /// 1 / (1 + e⁻ˣ)
  SQUnarySigmoid,
  SQUnaryTanh,
  /// b · x where x ≥ 0, else b · a · (eˣ − 1)
  SQUnaryELU,
  /// a · x + b
  SQUnaryAffine
} SQUnary;

// MARK: - The processor

/// The highest level of `SQ_LEVEL` this processor can run, whatever this was compiled for.
int sq_processor_level(void);

/// Tells the processor that this thread waits in a loop.
SQ_INLINE void sq_pause(void) {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ __volatile__("yield");
#endif
}

// MARK: - Loops

/// A Swift closure `(item, thread) -> Void` as its two words: a function and what it captures.
///
/// Swift gives a closure that does not escape to nobody but its callee, unless it allocates a copy.
/// A pool hands it to threads that are done with it before the callee returns, and runs hundreds of
/// loops per inference, so it takes the closure apart by its documented calling convention.
typedef struct {
  void *_Nullable function;
  void *_Nullable context;
} SQLoopBody;

/// Calls a closure.
void sq_call_loop_body(const SQLoopBody *_Nonnull body, ptrdiff_t item, ptrdiff_t thread);
