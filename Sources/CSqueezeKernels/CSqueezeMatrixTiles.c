#include "CSqueezeKernels.h"

#include <string.h>

#if defined(__x86_64__) && defined(__linux__)

#include <cpuid.h>
#include <immintrin.h>
#include <sys/syscall.h>
#include <unistd.h>

// Only these functions are compiled for processors with AMX; nothing calls them elsewhere.
#define SQ_TILES \
  __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512bf16,amx-tile,amx-bf16")))

bool sq_matrix_tiles_available(void) {
  unsigned a, b, c, d;
  if (sq_processor_level() < 5 || !__get_cpuid_count(7, 0, &a, &b, &c, &d)) return false;
  bool hasTiles = (d >> 22 & 1) && (d >> 24 & 1);
  if (!hasTiles) return false;
  // ARCH_REQ_XCOMP_PERM for the tiles' data, which is state component 18.
  return syscall(SYS_arch_prctl, 0x1023, 18) == 0;
}

// MARK: - Flattening

/// 16 floats to bfloat16, to nearest, ties to even.
SQ_TILES static inline __m256i sq_narrowed(__m512 x) {
  return (__m256i)_mm512_cvtneps_pbh(x);
}

SQ_TILES static inline void sq_clear(uint16_t *target, ptrdiff_t stride, ptrdiff_t pixels) {
  for (ptrdiff_t i = 0; i < pixels; i++)
    _mm256_storeu_si256((__m256i *)(target + i * stride), _mm256_setzero_si256());
}

SQ_TILES void sq_flatten(const SQFlattening *arguments) {
  SQFlattening a = *arguments;
  ptrdiff_t step = a.pixelStride;
  sq_clear(a.target - a.lead * step, step, a.lead);
  for (ptrdiff_t image = 0; image < a.images; image++) {
    uint16_t *target = a.target + image * a.imagePitch * step;
    if (!a.source) {
      sq_clear(target, step, a.imagePitch);
      continue;
    }
    for (ptrdiff_t row = 0; row < a.rows; row++) {
      const float *source = a.source + image * a.imageStride + row * a.rowStride;
      uint16_t *line = target + row * a.rowPitch * step;
      for (ptrdiff_t x = 0; x < a.columns; x++)
        _mm256_storeu_si256(
            (__m256i *)(line + x * step), sq_narrowed(_mm512_loadu_ps(source + x * 16)));
      sq_clear(line + a.columns * step, step, a.rowPitch - a.columns);
    }
    ptrdiff_t filled = a.rows * a.rowPitch;
    sq_clear(target + filled * step, step, a.imagePitch - filled);
  }
  sq_clear(a.target + a.images * a.imagePitch * step, step, a.tail);
}

/// The order in which numbers 0…15 and 16…31 lie in turn.
SQ_TILES static inline __m512i sq_pairing(void) {
  uint16_t order[32];
  for (int i = 0; i < 16; i++) {
    order[2 * i] = (uint16_t)i;
    order[2 * i + 1] = (uint16_t)(16 + i);
  }
  return _mm512_loadu_si512(order);
}

SQ_TILES void sq_pair_pixels(const uint16_t *source, ptrdiff_t pairs, uint16_t *target) {
  __m512i places = sq_pairing();
  for (ptrdiff_t i = 0; i < pairs; i++)
    _mm512_storeu_si512(
        target + i * 32, _mm512_permutexvar_epi16(places, _mm512_loadu_si512(source + i * 32)));
}

SQ_TILES void sq_turn_pixels(const uint16_t *source, ptrdiff_t groups, uint16_t *target) {
  __m512i places = sq_pairing();
  for (ptrdiff_t group = 0; group < groups; group++) {
    __m512i r[16], t[16];
    // Pairs of pixels are words of 32 bits; a matrix of 16 × 16 of them is turned.
    for (int i = 0; i < 16; i++)
      r[i] = _mm512_permutexvar_epi16(
          places, _mm512_loadu_si512(source + group * 512 + i * 32));
    for (int i = 0; i < 8; i++) {
      t[2 * i] = _mm512_unpacklo_epi32(r[2 * i], r[2 * i + 1]);
      t[2 * i + 1] = _mm512_unpackhi_epi32(r[2 * i], r[2 * i + 1]);
    }
    for (int i = 0; i < 4; i++) {
      r[4 * i] = _mm512_unpacklo_epi64(t[4 * i], t[4 * i + 2]);
      r[4 * i + 1] = _mm512_unpackhi_epi64(t[4 * i], t[4 * i + 2]);
      r[4 * i + 2] = _mm512_unpacklo_epi64(t[4 * i + 1], t[4 * i + 3]);
      r[4 * i + 3] = _mm512_unpackhi_epi64(t[4 * i + 1], t[4 * i + 3]);
    }
    for (int i = 0; i < 4; i++) {
      t[i] = _mm512_shuffle_i32x4(r[i], r[4 + i], 0x88);
      t[4 + i] = _mm512_shuffle_i32x4(r[i], r[4 + i], 0xdd);
      t[8 + i] = _mm512_shuffle_i32x4(r[8 + i], r[12 + i], 0x88);
      t[12 + i] = _mm512_shuffle_i32x4(r[8 + i], r[12 + i], 0xdd);
    }
    uint16_t *place = target + group * 512;
    for (int i = 0; i < 4; i++) {
      _mm512_storeu_si512(place + i * 32, _mm512_shuffle_i32x4(t[i], t[8 + i], 0x88));
      _mm512_storeu_si512(place + (8 + i) * 32, _mm512_shuffle_i32x4(t[i], t[8 + i], 0xdd));
      _mm512_storeu_si512(
          place + (4 + i) * 32, _mm512_shuffle_i32x4(t[4 + i], t[12 + i], 0x88));
      _mm512_storeu_si512(
          place + (12 + i) * 32, _mm512_shuffle_i32x4(t[4 + i], t[12 + i], 0xdd));
    }
  }
}

SQ_TILES void sq_pack_tile_weights(const SQTileWeights *arguments) {
  SQTileWeights a = *arguments;
  float rows[2][16] = {{0}};
  __m512i places = sq_pairing();
  for (ptrdiff_t pair = 0; pair < 16; pair++) {
    for (ptrdiff_t half = 0; half < 2; half++) {
      ptrdiff_t input = 2 * pair + half;
      const float *source = a.source + input * a.inputStride;
      if (input < a.inputs)
        for (ptrdiff_t o = 0; o < a.outputs; o++) rows[half][o] = source[o * a.outputStride];
      else
        memset(rows[half], 0, sizeof rows[half]);
    }
    __m512i both = _mm512_inserti64x4(
        _mm512_castsi256_si512(sq_narrowed(_mm512_loadu_ps(rows[0]))),
        sq_narrowed(_mm512_loadu_ps(rows[1])), 1);
    _mm512_storeu_si512(a.target + pair * 32, _mm512_permutexvar_epi16(places, both));
  }
}

// MARK: - Products

/// Eight tiles of 16 rows of 64 bytes.
SQ_TILES static inline void sq_begin_tiles(void) {
  struct {
    uint8_t palette, start, reserved[14];
    uint16_t bytes[16];
    uint8_t rows[16];
  } shape;
  memset(&shape, 0, sizeof shape);
  shape.palette = 1;
  for (int i = 0; i < 8; i++) {
    shape.bytes[i] = 64;
    shape.rows[i] = 16;
  }
  _tile_loadconfig(&shape);
}

/// Asks for cache lines that are needed soon: no prefetcher of the processor follows loads of tiles.
SQ_TILES static inline void sq_fetch(const void *place, ptrdiff_t lines) {
  for (ptrdiff_t i = 0; i < lines; i++) _mm_prefetch((const char *)place + i * 64, _MM_HINT_T0);
}

/// Writes 32 pixels of one block of 16 channels.
SQ_TILES static inline void sq_write_pixels(
    const SQTileConvolution *a, const float *sums, const int32_t *places, float *output,
    const float *bias) {
  __m512 start = _mm512_loadu_ps(bias);
  __m512 lower = _mm512_set1_ps(a->lower), upper = _mm512_set1_ps(a->upper);
  for (ptrdiff_t i = 0; i < 32; i++) {
    if (places[i] < 0) continue;
    float *place = output + places[i];
    __m512 x = _mm512_add_ps(_mm512_loadu_ps(sums + i * 16), start);
    if (a->accumulates) x = _mm512_add_ps(x, _mm512_loadu_ps(place));
    _mm512_storeu_ps(place, _mm512_min_ps(_mm512_max_ps(x, lower), upper));
  }
}

SQ_TILES void sq_tile_convolve(const SQTileConvolution *arguments) {
  SQTileConvolution a = *arguments;
  float sums[2][32 * 16] __attribute__((aligned(64)));
  // Three neighbouring taps see 34 pixels; each asks for a third of the next block's.
  ptrdiff_t share = a.tapCount == 1 ? 32 : 12;
  sq_begin_tiles();
  for (ptrdiff_t group = 0; group < a.groups; group++) {
    const uint8_t *pixels = a.pixels + group * 32 * 64;
    const uint8_t *weights = a.weights;
    _tile_zero(0);
    _tile_zero(1);
    _tile_zero(2);
    _tile_zero(3);
    for (ptrdiff_t block = 0; block < a.inputBlocks; block++) {
      for (ptrdiff_t tap = 0; tap < a.tapCount; tap++) {
        const uint8_t *x = pixels + a.taps[tap];
        _tile_loadd(4, x, 64);
        _tile_loadd(6, weights, 64);
        _tile_dpbf16ps(0, 4, 6);
        _tile_loadd(5, x + 1024, 64);
        sq_fetch(weights + 4096, 16);
        _tile_dpbf16ps(1, 5, 6);
        _tile_loadd(7, weights + 1024, 64);
        sq_fetch(weights + 5120, 16);
        _tile_dpbf16ps(2, 4, 7);
        sq_fetch(x + a.blockStride + tap % 3 * 12 * 64, share);
        _tile_dpbf16ps(3, 5, 7);
        weights += 2048;
      }
      pixels += a.blockStride;
    }
    const int32_t *places = a.places + group * 32;
    _tile_stored(0, sums[0], 64);
    _tile_stored(1, sums[0] + 256, 64);
    sq_write_pixels(&a, sums[0], places, a.output, a.bias);
    if (a.outputBlocks < 2) continue;
    _tile_stored(2, sums[1], 64);
    _tile_stored(3, sums[1] + 256, 64);
    sq_write_pixels(&a, sums[1], places, a.output + a.outputBlockStride, a.bias + 16);
  }
  _tile_release();
}

SQ_TILES void sq_tile_outer_product(const SQTileOuterProduct *arguments) {
  SQTileOuterProduct a = *arguments;
  // A block that is not there is computed as the first one again, and not stored.
  ptrdiff_t outputs = a.outputBlocks > 1 ? a.gradientStride : 0;
  ptrdiff_t inputs = a.inputBlocks > 1 ? a.pixelStride : 0;
  sq_begin_tiles();
  for (ptrdiff_t tap = 0; tap < a.tapCount; tap++) {
    const uint8_t *x = (a.taps[tap] & 1 ? a.odd : a.even) + (a.taps[tap] >> 1) * 64;
    const uint8_t *y = a.gradient;
    float *sums = a.sums + tap * 256;
    if (a.accumulates) {
      _tile_loadd(0, sums, 64);
      if (inputs) _tile_loadd(1, sums + a.inputBlockStride, 64);
      if (outputs) _tile_loadd(2, sums + a.outputBlockStride, 64);
      if (inputs && outputs)
        _tile_loadd(3, sums + a.outputBlockStride + a.inputBlockStride, 64);
    } else {
      _tile_zero(0);
      _tile_zero(1);
      _tile_zero(2);
      _tile_zero(3);
    }
    for (ptrdiff_t group = 0; group < a.groups; group++) {
      _tile_loadd(4, y, 64);
      _tile_loadd(6, x, 64);
      _tile_dpbf16ps(0, 4, 6);
      _tile_loadd(7, x + inputs, 64);
      sq_fetch(x + 2048, 16);
      sq_fetch(x + inputs + 2048, 16);
      _tile_dpbf16ps(1, 4, 7);
      _tile_loadd(5, y + outputs, 64);
      sq_fetch(y + 2048, 16);
      sq_fetch(y + outputs + 2048, 16);
      _tile_dpbf16ps(2, 5, 6);
      _tile_dpbf16ps(3, 5, 7);
      x += 1024;
      y += 1024;
    }
    _tile_stored(0, sums, 64);
    if (inputs) _tile_stored(1, sums + a.inputBlockStride, 64);
    if (outputs) _tile_stored(2, sums + a.outputBlockStride, 64);
    if (inputs && outputs)
      _tile_stored(3, sums + a.outputBlockStride + a.inputBlockStride, 64);
  }
  _tile_release();
}

#else

// Other processors have no such registers; `sq_matrix_tiles_available` says so, and nothing calls the rest.
bool sq_matrix_tiles_available(void) { return false; }
void sq_flatten(const SQFlattening *arguments) {}
void sq_pair_pixels(const uint16_t *source, ptrdiff_t pairs, uint16_t *target) {}
void sq_turn_pixels(const uint16_t *source, ptrdiff_t groups, uint16_t *target) {}
void sq_pack_tile_weights(const SQTileWeights *arguments) {}
void sq_tile_convolve(const SQTileConvolution *arguments) {}
void sq_tile_outer_product(const SQTileOuterProduct *arguments) {}

#endif
