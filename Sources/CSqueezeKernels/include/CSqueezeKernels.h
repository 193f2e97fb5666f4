// Vector instructions that Swift does not offer, and the arguments all kernel modules share.
//
// Every function is `static inline`, so it is compiled with the instruction set of the Swift module
// that calls it; nothing here is ever called across modules.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// MARK: - The instruction set this header is compiled for

/// 5: AVX-512 with VNNI, BF16, VBMI and VPOPCNTDQ, 4: AVX-512, 3: AVX2 with FMA, 2: 32 vector registers of 128 bits (NEON), 1: 16 of them (SSE2).
#if defined(__AVX512F__) && defined(__AVX512VL__) && defined(__AVX512DQ__)
#if defined(__AVX512VNNI__) && defined(__AVX512BF16__) && defined(__AVX512VBMI__) \
    && defined(__AVX512VPOPCNTDQ__)
#define SQ_LEVEL 5
#else
#define SQ_LEVEL 4
#endif
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

typedef float SQFloat8 __attribute__((ext_vector_type(8)));
typedef float SQFloat16 __attribute__((ext_vector_type(16)));
typedef float SQFloat32 __attribute__((ext_vector_type(32)));
typedef int32_t SQInt8 __attribute__((ext_vector_type(8)));
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
SQ_INLINE SQFloat8 sq_fma8(SQFloat8 a, SQFloat8 b, SQFloat8 c) { return SQ_FMA(a, b, c); }
SQ_INLINE SQFloat16 sq_fma16(SQFloat16 a, SQFloat16 b, SQFloat16 c) { return SQ_FMA(a, b, c); }
SQ_INLINE SQFloat32 sq_fma32(SQFloat32 a, SQFloat32 b, SQFloat32 c) { return SQ_FMA(a, b, c); }

/// The larger of two numbers lane by lane; the second where they do not compare, so that a NaN
/// there survives. One instruction on x86.
SQ_INLINE SQFloat8 sq_max8(SQFloat8 a, SQFloat8 b) { return a > b ? a : b; }
SQ_INLINE SQFloat16 sq_max16(SQFloat16 a, SQFloat16 b) { return a > b ? a : b; }
SQ_INLINE SQFloat32 sq_max32(SQFloat32 a, SQFloat32 b) { return a > b ? a : b; }

/// The smaller of two numbers lane by lane; the second where they do not compare.
SQ_INLINE SQFloat8 sq_min8(SQFloat8 a, SQFloat8 b) { return a < b ? a : b; }
SQ_INLINE SQFloat16 sq_min16(SQFloat16 a, SQFloat16 b) { return a < b ? a : b; }
SQ_INLINE SQFloat32 sq_min32(SQFloat32 a, SQFloat32 b) { return a < b ? a : b; }

/// As above, a NaN on either side winning.
SQ_INLINE SQFloat16 sq_maximum16(SQFloat16 a, SQFloat16 b) { return a == a ? sq_max16(a, b) : a; }
SQ_INLINE SQFloat16 sq_minimum16(SQFloat16 a, SQFloat16 b) { return a == a ? sq_min16(a, b) : a; }

/// a plus 32 lanes given as two halves; Swift's own + takes 32 lanes one by one.
SQ_INLINE SQFloat32 sq_add32(SQFloat32 a, SQFloat16 low, SQFloat16 high) {
  a.lo += low;
  a.hi += high;
  return a;
}

/// 8 lanes and 8 zeros.
SQ_INLINE SQFloat16 sq_widen8(SQFloat8 a) {
  return __builtin_shufflevector(a, (SQFloat8)0.0f, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
}

/// Asks for the cache line of an address that will be read once.
SQ_INLINE void sq_prefetch(const float *_Nonnull address) { __builtin_prefetch(address, 0, 0); }

/// Asks for the cache line of an address that will be read several times, but not soon: it stays in the
/// second-level cache.
SQ_INLINE void sq_prefetch_for_later(const float *_Nonnull address) {
  __builtin_prefetch(address, 0, 2);
}

/// The first and the last 16 of 32 lanes.
SQ_INLINE SQFloat16 sq_low32(SQFloat32 a) { return a.lo; }
SQ_INLINE SQFloat16 sq_high32(SQFloat32 a) { return a.hi; }

/// 32 lanes from the first and the last 16.
SQ_INLINE SQFloat32 sq_join32(SQFloat16 low, SQFloat16 high) {
  SQFloat32 y;
  y.lo = low;
  y.hi = high;
  return y;
}

/// The sum of all lanes, pairwise, always in the same order.
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

/// √x.
SQ_INLINE SQFloat16 sq_sqrt16(SQFloat16 x) { return __builtin_elementwise_sqrt(x); }

/// The whole number nearest to x, ties to even; x itself from 2²² on.
SQ_INLINE SQFloat16 sq_round16(SQFloat16 x) {
  const float magic = 12582912.0f;  // 1.5 · 2²³
  SQFloat16 rounded = (x + magic) - magic;
  SQFloat16 size = sq_max16(x, -x);
  SQFloat16 y = size < 4194304.0f ? rounded : x;
  // −0 for what rounds to 0 from below.
  return (SQFloat16)((SQInt16)y | ((SQInt16)x & (SQInt16)INT32_MIN));
}

/// The largest whole number that is not above x.
SQ_INLINE SQFloat16 sq_floor16(SQFloat16 x) {
  SQFloat16 y = sq_round16(x);
  return y > x ? y - 1.0f : y;
}

/// ln x within 2 units in the last place; −∞ of 0, NaN of negative numbers.
///
/// Polynomial of Cephes' `logf` (S. L. Moshier, 1992).
SQ_INLINE SQFloat16 sq_log16(SQFloat16 x) {
  SQInt16 small = x < 1.17549435e-38f;
  SQFloat16 scaled = small ? x * 16777216.0f : x;
  SQInt16 bits = (SQInt16)scaled;
  SQInt16 exponent = ((bits >> 23) & 255) - 126 - (small & 24);
  SQFloat16 m = (SQFloat16)((bits & 0x7FFFFF) | 0x3F000000);
  SQInt16 low = m < 0.707106781f;
  SQFloat16 e = __builtin_convertvector(exponent + low, SQFloat16);
  m = (low ? m + m : m) - 1.0f;
  SQFloat16 p = (SQFloat16)7.0376836292e-2f;
  p = SQ_FMA(p, m, (SQFloat16)-1.1514610310e-1f);
  p = SQ_FMA(p, m, (SQFloat16)1.1676998740e-1f);
  p = SQ_FMA(p, m, (SQFloat16)-1.2420140846e-1f);
  p = SQ_FMA(p, m, (SQFloat16)1.4249322787e-1f);
  p = SQ_FMA(p, m, (SQFloat16)-1.6668057665e-1f);
  p = SQ_FMA(p, m, (SQFloat16)2.0000714765e-1f);
  p = SQ_FMA(p, m, (SQFloat16)-2.4999993993e-1f);
  p = SQ_FMA(p, m, (SQFloat16)3.3333331174e-1f);
  SQFloat16 square = m * m;
  SQFloat16 y = p * m * square;
  y = SQ_FMA(e, (SQFloat16)-2.12194440e-4f, y);
  y = SQ_FMA(square, (SQFloat16)-0.5f, y) + m;
  y = SQ_FMA(e, (SQFloat16)0.693359375f, y);
  y = x == __builtin_inff() ? x : y;
  y = x == 0.0f ? (SQFloat16)-__builtin_inff() : y;
  return x >= 0.0f ? y : (SQFloat16)__builtin_nanf("");
}

/// The Gauss error function within 5 · 10⁻⁷, as a quotient of polynomials; ±1 beyond ±4.
///
/// Coefficients of Eigen's `erf` for floats (Rasmus Munk Larsen, 2016).
SQ_INLINE SQFloat16 sq_erf16(SQFloat16 x) {
  SQFloat16 bounded = sq_max16((SQFloat16)-4.0f, sq_min16((SQFloat16)4.0f, x));
  SQFloat16 square = bounded * bounded;
  SQFloat16 p = (SQFloat16)-2.72614225801306e-10f;
  p = SQ_FMA(p, square, (SQFloat16)2.77068142495902e-8f);
  p = SQ_FMA(p, square, (SQFloat16)-2.10102402082508e-6f);
  p = SQ_FMA(p, square, (SQFloat16)-5.69250639462346e-5f);
  p = SQ_FMA(p, square, (SQFloat16)-7.34990630326855e-4f);
  p = SQ_FMA(p, square, (SQFloat16)-2.95459980854025e-3f);
  p = SQ_FMA(p, square, (SQFloat16)-1.60960333262415e-2f);
  SQFloat16 q = (SQFloat16)-1.45660718464996e-5f;
  q = SQ_FMA(q, square, (SQFloat16)-2.13374055278905e-4f);
  q = SQ_FMA(q, square, (SQFloat16)-1.68282697438203e-3f);
  q = SQ_FMA(q, square, (SQFloat16)-7.37332916720468e-3f);
  q = SQ_FMA(q, square, (SQFloat16)-1.42647390514189e-2f);
  return bounded * p / q;
}

// MARK: - Choosing lanes

/// Lane i where `index[i]` ≥ 0: lane `index[i]` of `x`, elsewhere lane i of `other`.
SQ_INLINE SQFloat16 sq_choose16(SQFloat16 x, SQInt16 index, SQFloat16 other) {
#if SQ_LEVEL >= 4
  SQFloat16 moved = (SQFloat16)__builtin_ia32_permvarsf512(x, index);
#elif SQ_LEVEL == 3
  typedef float Half __attribute__((ext_vector_type(8)));
  typedef int32_t Index __attribute__((ext_vector_type(8)));
  Half ll = (Half)__builtin_ia32_permvarsf256(x.lo, index.lo);
  Half lh = (Half)__builtin_ia32_permvarsf256(x.hi, index.lo);
  Half hl = (Half)__builtin_ia32_permvarsf256(x.lo, index.hi);
  Half hh = (Half)__builtin_ia32_permvarsf256(x.hi, index.hi);
  SQFloat16 moved;
  moved.lo = (Index)index.lo < 8 ? ll : lh;
  moved.hi = (Index)index.hi < 8 ? hl : hh;
#else
  SQFloat16 moved;
  for (int lane = 0; lane < 16; lane++) moved[lane] = x[index[lane] & 15];
#endif
  return index >= 0 ? moved : other;
}

/// The lanes of `a` followed by those of `b`, 16 of them from lane 15 of `a` on.
SQ_INLINE SQFloat16 sq_last1_16(SQFloat16 a, SQFloat16 b) {
  return __builtin_shufflevector(a, b, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29,
                                 30);
}

/// The lanes of `a` followed by those of `b`, 16 of them from lane 1 of `a` on.
SQ_INLINE SQFloat16 sq_skip1_16(SQFloat16 a, SQFloat16 b) {
  return __builtin_shufflevector(a, b, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16);
}

/// The numbers 0, 1, …, 15.
SQ_INLINE SQInt16 sq_lanes16(void) {
  return (SQInt16){0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
}

/// The first `count` lanes of `x`, then `other`.
SQ_INLINE SQFloat16 sq_first16(SQFloat16 x, int count, SQFloat16 other) {
  return sq_lanes16() < (SQInt16)count ? x : other;
}

/// The largest of 16 lanes; NaN where one is NaN.
SQ_INLINE float sq_largest16(SQFloat16 x) {
  SQFloat16 a = sq_maximum16(x, __builtin_shufflevector(x, x, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2,
                                                        3, 4, 5, 6, 7));
  a = sq_maximum16(a, __builtin_shufflevector(a, a, 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9,
                                              10, 11));
  a = sq_maximum16(a, __builtin_shufflevector(a, a, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15,
                                              12, 13));
  float p = a[0], q = a[1];
  return p == p ? (p > q ? p : q) : p;
}

/// `a` where x > y (or, with `ties`, x ≥ y), else `b`.
SQ_INLINE SQInt16 sq_greater16(SQFloat16 x, SQFloat16 y, bool ties, SQInt16 a, SQInt16 b) {
  return ties ? (x >= y ? a : b) : (x > y ? a : b);
}

/// `a` where x > y (or, with `ties`, x ≥ y), else `b`.
SQ_INLINE SQFloat16 sq_greater_float16(SQFloat16 x, SQFloat16 y, bool ties, SQFloat16 a,
                                       SQFloat16 b) {
  return ties ? (x >= y ? a : b) : (x > y ? a : b);
}

/// 16 numbers from memory, the first `count` of them; the rest is 0 and not read.
SQ_INLINE SQFloat16 sq_load_first16(const float *_Nonnull x, ptrdiff_t count) {
#if SQ_LEVEL >= 4
  return (SQFloat16)__builtin_ia32_loadups512_mask(x, (SQFloat16)0.0f,
                                                   (unsigned short)((1u << count) - 1u));
#elif SQ_LEVEL == 3
  typedef int32_t Index __attribute__((ext_vector_type(8)));
  typedef float Half __attribute__((vector_size(32)));
  SQInt16 mask = sq_lanes16() < (SQInt16)(int)count;
  SQFloat16 y;
  y.lo = __builtin_ia32_maskloadps256((const Half *)x, (Index)mask.lo);
  y.hi = __builtin_ia32_maskloadps256((const Half *)(x + 8), (Index)mask.hi);
  return y;
#else
  SQFloat16 y = (SQFloat16)0.0f;
  for (ptrdiff_t lane = 0; lane < count; lane++) y[lane] = x[lane];
  return y;
#endif
}

/// Writes the first `count` lanes.
SQ_INLINE void sq_store_first16(SQFloat16 y, float *_Nonnull x, ptrdiff_t count) {
#if SQ_LEVEL >= 4
  __builtin_ia32_storeups512_mask(x, y, (unsigned short)((1u << count) - 1u));
#elif SQ_LEVEL == 3
  typedef int32_t Index __attribute__((ext_vector_type(8)));
  typedef float Half __attribute__((vector_size(32)));
  SQInt16 mask = sq_lanes16() < (SQInt16)(int)count;
  __builtin_ia32_maskstoreps256((Half *)x, (Index)mask.lo, y.lo);
  __builtin_ia32_maskstoreps256((Half *)(x + 8), (Index)mask.hi, y.hi);
#else
  for (ptrdiff_t lane = 0; lane < count; lane++) x[lane] = y[lane];
#endif
}

/// 16 rows of 16 numbers.
typedef struct {
  SQFloat16 rows[16];
} SQSquare;

/// Rows become columns, in four rounds that swap ever larger parts.
///
/// Inlined into loops it stays in registers where there are 32 of 512 bits.
SQ_INLINE void sq_transpose16(SQSquare *_Nonnull square) {
  SQFloat16 *r = square->rows;
  SQFloat16 a[16];
  for (int i = 0; i < 16; i += 2) {
    a[i] = __builtin_shufflevector(r[i], r[i + 1], 0, 16, 1, 17, 4, 20, 5, 21, 8, 24, 9, 25, 12, 28,
                                   13, 29);
    a[i + 1] = __builtin_shufflevector(r[i], r[i + 1], 2, 18, 3, 19, 6, 22, 7, 23, 10, 26, 11, 27,
                                       14, 30, 15, 31);
  }
  // Now part q of a[i], a[i + 1] holds columns 4q … 4q + 3 of rows i and i + 1.
  for (int i = 0; i < 16; i += 4) {
    for (int j = 0; j < 2; j++) {
      r[i + 2 * j] = __builtin_shufflevector(a[i + j], a[i + 2 + j], 0, 1, 16, 17, 4, 5, 20, 21, 8, 9,
                                             24, 25, 12, 13, 28, 29);
      r[i + 2 * j + 1] = __builtin_shufflevector(a[i + j], a[i + 2 + j], 2, 3, 18, 19, 6, 7, 22, 23,
                                                 10, 11, 26, 27, 14, 15, 30, 31);
    }
  }
  // Part q of r[i + j] holds column 4q + j of rows i … i + 3.
  for (int j = 0; j < 4; j++) {
    a[j] = __builtin_shufflevector(r[j], r[4 + j], 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21,
                                   22, 23);
    a[4 + j] = __builtin_shufflevector(r[j], r[4 + j], 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15,
                                       28, 29, 30, 31);
    a[8 + j] = __builtin_shufflevector(r[8 + j], r[12 + j], 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7,
                                       20, 21, 22, 23);
    a[12 + j] = __builtin_shufflevector(r[8 + j], r[12 + j], 8, 9, 10, 11, 24, 25, 26, 27, 12, 13,
                                        14, 15, 28, 29, 30, 31);
  }
  for (int j = 0; j < 4; j++) {
    r[j] = __builtin_shufflevector(a[j], a[8 + j], 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21,
                                   22, 23);
    r[4 + j] = __builtin_shufflevector(a[j], a[8 + j], 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27,
                                       28, 29, 30, 31);
    r[8 + j] = __builtin_shufflevector(a[4 + j], a[12 + j], 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19,
                                       20, 21, 22, 23);
    r[12 + j] = __builtin_shufflevector(a[4 + j], a[12 + j], 8, 9, 10, 11, 12, 13, 14, 15, 24, 25,
                                        26, 27, 28, 29, 30, 31);
  }
}

/// Reads `rows` rows of `columns` numbers, `stride` apart; the rest of the square is 0.
SQ_INLINE void sq_read_square(SQSquare *_Nonnull square, const float *_Nonnull x, ptrdiff_t stride,
                              ptrdiff_t rows, ptrdiff_t columns) {
  typedef float Unaligned __attribute__((ext_vector_type(16), aligned(4)));
  if (rows == 16 && columns == 16) {
    for (int i = 0; i < 16; i++) square->rows[i] = *(const Unaligned *)(x + i * stride);
  } else if (columns == 16) {
    for (int i = 0; i < 16; i++) {
      square->rows[i] = i < rows ? *(const Unaligned *)(x + i * stride) : (SQFloat16)0.0f;
    }
  } else {
    for (int i = 0; i < 16; i++) {
      square->rows[i] = i < rows ? sq_load_first16(x + i * stride, columns) : (SQFloat16)0.0f;
    }
  }
}

/// Writes `rows` rows of `columns` numbers, `stride` apart.
SQ_INLINE void sq_write_square(const SQSquare *_Nonnull square, float *_Nonnull x, ptrdiff_t stride,
                               ptrdiff_t rows, ptrdiff_t columns) {
  typedef float Unaligned __attribute__((ext_vector_type(16), aligned(4)));
  if (rows == 16 && columns == 16) {
    for (int i = 0; i < 16; i++) *(Unaligned *)(x + i * stride) = square->rows[i];
  } else if (columns == 16) {
    for (int i = 0; i < 16; i++) {
      if (i < rows) *(Unaligned *)(x + i * stride) = square->rows[i];
    }
  } else {
    for (int i = 0; i < 16; i++) {
      if (i < rows) sq_store_first16(square->rows[i], x + i * stride, columns);
    }
  }
}

/// Writes the transpose of `rows` × `columns` numbers (at most 16 each); with `fills`, 16 numbers of
/// every row of the result, those beyond `rows` being 0.
SQ_INLINE void sq_transpose_part(const float *_Nonnull x, ptrdiff_t stride, float *_Nonnull y,
                                 ptrdiff_t target, ptrdiff_t rows, ptrdiff_t columns, bool fills) {
  SQSquare square;
  sq_read_square(&square, x, stride, rows, columns);
  sq_transpose16(&square);
  sq_write_square(&square, y, target, columns, fills ? 16 : rows);
}

// MARK: - Arguments

// All sizes and strides count floats. A value is "blocked" when 16 neighbouring channels lie side
// by side: [channels / 16][height][width][16].

/// What is done with each result before it is written: y ← min(max(y, lower), upper) if `clips`.
typedef struct {
  float lower, upper;
  bool clips;
} SQClip;

/// Blocks of 16 channels that are added to an output of the same size; `data` is null for none.
typedef struct {
  /// Output pixel (0, 0).
  const float *_Nullable data;
  ptrdiff_t rowStride, blockStride;
} SQResidual;

/// 16, 24 or 32 output channels of a convolution, or of a matrix product, over rows of pixels.
typedef struct {
  /// The first tap of output pixel (0, 0) in the first input block.
  const float *_Nonnull input;
  ptrdiff_t inputPixelStride, inputRowStride;
  /// Where each of the `depth` inputs of a pixel lies, relative to its first tap.
  const ptrdiff_t *_Nonnull offsets;
  ptrdiff_t depth;
  /// [depth][channels].
  const float *_Nonnull weights;
  const float *_Nonnull bias;
  /// Output pixel (0, 0); the channels after the first 16 lie `outputBlockStride` later.
  float *_Nonnull output;
  ptrdiff_t outputPixelStride, outputRowStride, outputBlockStride;
  /// The number of pixels of a row.
  ptrdiff_t width;
  /// 16, 24 (whose last 8 lanes are written as 0) or 32.
  ptrdiff_t channels;
  /// What is added to every output before the clip, laid out like the output, or nothing.
  SQResidual residual;
  SQClip clip;
} SQConvolution;

/// 16 or 32 columns of a matrix product: rows of `depth` neighbouring inputs times weights.
typedef struct {
  const float *_Nonnull input;
  /// From one row of the input to the next.
  ptrdiff_t inputStride;
  ptrdiff_t depth;
  /// [depth][columns], columns being 16 or 32.
  const float *_Nonnull weights;
  const float *_Nonnull bias;
  float *_Nonnull output;
  /// From one row of the output to the next.
  ptrdiff_t outputStride;
  ptrdiff_t rows;
  ptrdiff_t columns;
  SQClip clip;
} SQProduct;

/// Products of Winograd tiles of one block: element `e` of tile `t` lies at
/// `data + e · elementStride + t · tileStride`.
typedef struct {
  const float *_Nonnull data;
  ptrdiff_t elementStride, tileStride;
} SQWinogradProducts;

/// Where Winograd tiles of one block are written, and what happens before.
typedef struct {
  /// 16 numbers.
  const float *_Nonnull bias;
  /// The first output pixel.
  float *_Nonnull data;
  ptrdiff_t rowStride;
  /// From the first output pixel on.
  SQResidual residual;
  SQClip clip;
} SQWinogradOutput;

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
  ptrdiff_t outputPixelStride, outputRowStride;
  ptrdiff_t width;
  /// What is added to every output before the clip, laid out like the output, or nothing.
  const float *_Nullable residual;
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

/// Local response normalization of one block of 16 channels.
typedef struct {
  /// How many channels before and after each one are summed, at most 16.
  ptrdiff_t before, after;
  /// From this block to the one before and the one after.
  ptrdiff_t previous, next;
  bool hasPrevious;
  /// The channels that exist in this block and in the next.
  ptrdiff_t lanes, nextLanes;
  /// y = x / (bias + alpha · Σ x²)^beta
  float alpha, beta, bias;
} SQResponse;

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
  SQUnaryAffine,
  /// x/2 · (1 + erf(x/√2))
  SQUnaryGELU,
  /// x/2 · (1 + tanh(√(2/π) (x + 0.044715 x³)))
  SQUnaryGELUApproximate,
  /// ln(1 + eˣ)
  SQUnarySoftplus,
  /// x / (1 + |x|)
  SQUnarySoftsign,
  /// x · tanh(ln(1 + eˣ))
  SQUnaryMish,
  /// x where x > a, else 0
  SQUnaryThresholded,
  SQUnaryAbsolute,
  SQUnaryCeiling,
  SQUnaryErrorFunction,
  SQUnaryExponential,
  SQUnaryFloor,
  SQUnaryLogarithm,
  SQUnaryNegate,
  SQUnaryReciprocal,
  SQUnaryRound,
  SQUnarySign,
  /// 1 where x ≥ 0, else −1
  SQUnaryBinarize,
  SQUnarySquareRoot,
  /// x², x³
  SQUnarySquare,
  SQUnaryCube,
  /// max(x, 0) + min(a · (e^(x/a) − 1), 0)
  SQUnaryCELU
} SQUnary;

/// What becomes of many numbers.
typedef enum {
  SQReductionMean, SQReductionSum, SQReductionMaximum, SQReductionMinimum, SQReductionProduct,
  SQReductionNorm
} SQReduction;

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

#include "CSqueezeDots.h"
#include "CSqueezeBits.h"
#include "CSqueezeSparse.h"
#include "CSqueezeTraining.h"
#include "CSqueezeMatrixTiles.h"
