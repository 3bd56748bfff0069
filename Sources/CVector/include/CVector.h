/// Eight-lane float vectors and the few operations that Swift's own SIMD types compile badly.
///
/// Everything is `static inline`, so that Swift inlines it. Contraction is off: a fused multiply-add gives
/// other bits than two roundings, and a picture must be the same on every processor.
#ifndef ONESHEET_CVECTOR_H
#define ONESHEET_CVECTOR_H

#include <stdint.h>
#include <string.h>

#pragma STDC FP_CONTRACT OFF

#if defined(__clang__)
// Everything here is inlined, so how vectors would be passed to functions without AVX does not matter.
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wpsabi"
#endif

typedef float v8f __attribute__((ext_vector_type(8)));
typedef int32_t v8i __attribute__((ext_vector_type(8)));
typedef uint32_t v8u __attribute__((ext_vector_type(8)));

#define V8_INLINE static inline __attribute__((always_inline))

V8_INLINE v8f v8_splat(float x) { return (v8f)(x); }
V8_INLINE v8f v8_load(const float *p) { v8f v; memcpy(&v, p, sizeof v); return v; }
V8_INLINE void v8_store(float *p, v8f v) { memcpy(p, &v, sizeof v); }
V8_INLINE v8f v8_min(v8f a, v8f b) { return __builtin_elementwise_min(a, b); }
V8_INLINE v8f v8_max(v8f a, v8f b) { return __builtin_elementwise_max(a, b); }
/// The lesser and the greater of two numbers, in a third of the time of `v8_min` and `v8_max`: `b` if one of them is not a number.
V8_INLINE v8f v8_lesser(v8f a, v8f b) { return a < b ? a : b; }
V8_INLINE v8f v8_greater(v8f a, v8f b) { return a > b ? a : b; }
/// `low` if `x` is not a number.
V8_INLINE v8f v8_clamp(v8f x, float low, float high) {
  return v8_lesser(v8_greater(x, (v8f)(low)), (v8f)(high));
}
V8_INLINE v8f v8_floor(v8f x) { return __builtin_elementwise_floor(x); }
V8_INLINE v8f v8_abs(v8f x) { return __builtin_elementwise_abs(x); }
V8_INLINE v8f v8_sqrt(v8f x) { return __builtin_elementwise_sqrt(x); }
V8_INLINE v8i v8_to_int(v8f x) { return __builtin_convertvector(x, v8i); }
V8_INLINE v8f v8_to_float(v8i x) { return __builtin_convertvector(x, v8f); }
/// `mask` lanes are all ones or all zeros, as comparisons give them.
V8_INLINE v8f v8_select(v8i mask, v8f yes, v8f no) {
  v8i a, b;
  memcpy(&a, &yes, sizeof a);
  memcpy(&b, &no, sizeof b);
  v8i r = (a & mask) | (b & ~mask);
  v8f f;
  memcpy(&f, &r, sizeof f);
  return f;
}
/// `size`, which must not be negative, with the sign of `x`.
V8_INLINE v8f v8_signed(v8f size, v8f x) {
  v8i a, b;
  memcpy(&a, &size, sizeof a);
  memcpy(&b, &x, sizeof b);
  a |= b & (int32_t)0x80000000;
  memcpy(&size, &a, sizeof size);
  return size;
}
V8_INLINE v8i v8_less(v8f a, v8f b) { return a < b; }
/// Bit i is set where lane i of `mask` is; lanes are all ones or all zeros.
V8_INLINE uint32_t v8_bits(v8i mask) {
#if defined(__AVX__)
  typedef float packed __attribute__((vector_size(32)));
  packed p;
  memcpy(&p, &mask, sizeof p);
  return (uint32_t)__builtin_ia32_movmskps256(p);
#else
  uint32_t bits = 0;
  for (int i = 0; i < 8; i++) bits |= ((uint32_t)mask[i] >> 31) << i;
  return bits;
#endif
}
V8_INLINE v8i v8_less_equal(v8f a, v8f b) { return a <= b; }
V8_INLINE v8i v8_and(v8i a, v8i b) { return a & b; }
/// The lowest and the highest lane of numbers.
V8_INLINE float v8_lowest(v8f a) {
  v8f b = v8_lesser(a, __builtin_shufflevector(a, a, 4, 5, 6, 7, 0, 1, 2, 3));
  b = v8_lesser(b, __builtin_shufflevector(b, b, 2, 3, 0, 1, 6, 7, 4, 5));
  b = v8_lesser(b, __builtin_shufflevector(b, b, 1, 0, 3, 2, 5, 4, 7, 6));
  return b[0];
}

V8_INLINE float v8_highest(v8f a) {
  v8f b = v8_greater(a, __builtin_shufflevector(a, a, 4, 5, 6, 7, 0, 1, 2, 3));
  b = v8_greater(b, __builtin_shufflevector(b, b, 2, 3, 0, 1, 6, 7, 4, 5));
  b = v8_greater(b, __builtin_shufflevector(b, b, 1, 0, 3, 2, 5, 4, 7, 6));
  return b[0];
}
/// Added up in a fixed order.
V8_INLINE float v8_sum(v8f a) {
  return ((a[0] + a[4]) + (a[2] + a[6])) + ((a[1] + a[5]) + (a[3] + a[7]));
}
/// Whether all lanes of `a` are equal, and all lanes of `b`.
V8_INLINE _Bool v8_uniform(v8f a, v8f b) {
  v8i differs = (a != (v8f)(a[0])) | (b != (v8f)(b[0]));
  return __builtin_reduce_or(differs) == 0;
}

/// Lane by lane one of 16 entries: `low` holds the first eight, `high` the others. The entry's number is in bits
/// 23 to 26, where a float has the lowest four bits of its exponent; the other bits do not matter.
V8_INLINE v8f v8_lookup16(v8f low, v8f high, v8i bits) {
  v8f r;
#if defined(__AVX2__)
  v8i index = bits >> 23;
  v8f a = (v8f)__builtin_ia32_permvarsf256(low, index);
  v8f b = (v8f)__builtin_ia32_permvarsf256(high, index);
  r = (bits << 5) < 0 ? b : a;
#else
  for (int i = 0; i < 8; i++) {
    uint32_t index = ((uint32_t)bits[i] >> 23) & 15;
    r[i] = index < 8 ? low[index] : high[index & 7];
  }
#endif
  return r;
}

/// Lane by lane one of eight entries, 0 to 7.
V8_INLINE v8f v8_lookup8(v8f entries, v8i index) {
#if defined(__AVX2__)
  return (v8f)__builtin_ia32_permvarsf256(entries, index);
#else
  v8f r;
  for (int i = 0; i < 8; i++) r[i] = entries[index[i] & 7];
  return r;
#endif
}

/// Transposes 8 x 8 floats in place.
V8_INLINE void v8_transpose_rows(v8f r[8]) {
  v8f a[8], b[8];
  for (int i = 0; i < 8; i += 2) {
    a[i] = __builtin_shufflevector(r[i], r[i + 1], 0, 8, 2, 10, 4, 12, 6, 14);
    a[i + 1] = __builtin_shufflevector(r[i], r[i + 1], 1, 9, 3, 11, 5, 13, 7, 15);
  }
  for (int i = 0; i < 8; i += 4) {
    b[i] = __builtin_shufflevector(a[i], a[i + 2], 0, 1, 8, 9, 4, 5, 12, 13);
    b[i + 1] = __builtin_shufflevector(a[i + 1], a[i + 3], 0, 1, 8, 9, 4, 5, 12, 13);
    b[i + 2] = __builtin_shufflevector(a[i], a[i + 2], 2, 3, 10, 11, 6, 7, 14, 15);
    b[i + 3] = __builtin_shufflevector(a[i + 1], a[i + 3], 2, 3, 10, 11, 6, 7, 14, 15);
  }
  for (int i = 0; i < 4; i++) {
    r[i] = __builtin_shufflevector(b[i], b[i + 4], 0, 1, 2, 3, 8, 9, 10, 11);
    r[i + 4] = __builtin_shufflevector(b[i], b[i + 4], 4, 5, 6, 7, 12, 13, 14, 15);
  }
}

/// Writes the 8 x 8 floats at `from` transposed to `to`; strides count floats from row to row.
V8_INLINE void v8_transpose(const float *from, long fromStride, float *to, long toStride) {
  v8f r[8];
  for (int i = 0; i < 8; i++) r[i] = v8_load(from + i * fromStride);
  v8_transpose_rows(r);
  for (int i = 0; i < 8; i++) v8_store(to + i * toStride, r[i]);
}

/// Writes the eight floats at each of `from` + `offsets` transposed to `to`.
V8_INLINE void v8_transpose_gather(const float *from, const long offsets[8], float *to, long toStride) {
  v8f r[8];
  for (int i = 0; i < 8; i++) r[i] = v8_load(from + offsets[i]);
  v8_transpose_rows(r);
  for (int i = 0; i < 8; i++) v8_store(to + i * toStride, r[i]);
}

/// Has what lies `ahead` floats behind each of `from` + `offsets` brought into the cache. The rows of a picture are too far
/// apart for the processor to see that the next ones will be wanted. Nothing need be there.
V8_INLINE void v8_fetch(const float *from, const long offsets[8], long ahead) {
  for (int i = 0; i < 8; i++) {
    __builtin_prefetch((const void *)((uintptr_t)from + 4 * (uintptr_t)(offsets[i] + ahead)));
  }
}

/// Writes the 8 x 8 floats at `from` transposed to `to` + `offsets`, eight floats to each.
V8_INLINE void v8_transpose_scatter(const float *from, long fromStride, float *to, const long offsets[8]) {
  v8f r[8];
  for (int i = 0; i < 8; i++) r[i] = v8_load(from + i * fromStride);
  v8_transpose_rows(r);
  for (int i = 0; i < 8; i++) v8_store(to + offsets[i], r[i]);
}

/// Eight colors of a table of four floats each, at `index` + `k` with 0 <= k <= 1: on the straight line between two
/// neighbors. The table must hold `index` + 1. Writes one channel after the other.
V8_INLINE void v8_mix_colors(
    const float *table, v8i index, v8f k, float *red, float *green, float *blue, float *alpha) {
  // A load of eight floats holds an entry and the next one.
  v8f r[8];
  for (int i = 0; i < 8; i++) r[i] = v8_load(table + 4 * (long)index[i]);
  v8_transpose_rows(r);
  v8_store(red, r[0] + (r[4] - r[0]) * k);
  v8_store(green, r[1] + (r[5] - r[1]) * k);
  v8_store(blue, r[2] + (r[6] - r[2]) * k);
  v8_store(alpha, r[3] + (r[7] - r[3]) * k);
}

typedef float v4f __attribute__((ext_vector_type(4)));

/// Sums of neighbors in a table of four floats each: for each of `count` places the entries from `first` − `start` on, times
/// `taps` weights of its own. Writes four floats for each place.
V8_INLINE void v4_weigh(
    const float *table, const int32_t *first, int32_t start, const float *weights, long taps, long count,
    float *out) {
  for (long x = 0; x < count; x++) {
    const float *p = table + 4 * (long)(first[x] - start);
    v4f sum = (v4f)(0.0f);
    for (long tap = 0; tap < taps; tap++) {
      v4f c;
      memcpy(&c, p + 4 * tap, sizeof c);
      sum += c * (v4f)(weights[tap]);
    }
    memcpy(out + 4 * x, &sum, sizeof sum);
    weights += taps;
  }
}

/// A row of a lattice between its points: for each of `pixels` places the sum of entries from `first` on times weights. These
/// lie in blocks of eight places, tap after tap. In a block places begin at most seven entries beyond its first, or 15 if
/// `isWide`. `cells` is where entry 0 would be. Eight floats beyond `pixels`, and 15 beyond the last entry, must be there.
V8_INLINE void v8_expand(
    const float *cells, const int32_t *first, const float *blocks, long taps, long pixels, _Bool isWide,
    float *out) {
  for (long x = 0; x < pixels; x += 8) {
    v8i place;
    memcpy(&place, first + x, sizeof place);
    v8i step = place - first[x];
    const float *from = cells + first[x];
    v8f sum;
    if (isWide) {
      v8i bits = step << 23;
      sum = v8_lookup16(v8_load(from), v8_load(from + 8), bits) * v8_load(blocks);
      for (long tap = 1; tap < taps; tap++) {
        sum += v8_lookup16(v8_load(from + tap), v8_load(from + tap + 8), bits) * v8_load(blocks + 8 * tap);
      }
    } else {
      sum = v8_lookup8(v8_load(from), step) * v8_load(blocks);
      for (long tap = 1; tap < taps; tap++) {
        sum += v8_lookup8(v8_load(from + tap), step) * v8_load(blocks + 8 * tap);
      }
    }
    v8_store(out + x, sum);
    blocks += 8 * taps;
  }
}

/// The sum of `count` rows, each times its weight. `length` is a multiple of eight.
V8_INLINE void v8_combine(
    const float *const *rows, const float *weights, long count, long length, float *out) {
  long i = 0;
  for (; i + 32 <= length; i += 32) {
    v8f w = v8_splat(weights[0]);
    const float *p = rows[0] + i;
    v8f a = v8_load(p) * w, b = v8_load(p + 8) * w, c = v8_load(p + 16) * w, d = v8_load(p + 24) * w;
    for (long row = 1; row < count; row++) {
      w = v8_splat(weights[row]);
      p = rows[row] + i;
      a += v8_load(p) * w, b += v8_load(p + 8) * w, c += v8_load(p + 16) * w, d += v8_load(p + 24) * w;
    }
    v8_store(out + i, a), v8_store(out + i + 8, b), v8_store(out + i + 16, c), v8_store(out + i + 24, d);
  }
  for (; i < length; i += 8) {
    v8f sum = v8_load(rows[0] + i) * weights[0];
    for (long row = 1; row < count; row++) sum += v8_load(rows[row] + i) * weights[row];
    v8_store(out + i, sum);
  }
}

/// Eight entries of four floats each, channel by channel; the fourth is dropped.
V8_INLINE void v8_part_three(const float *from, float *a, float *b, float *c) {
  v8f p = v8_load(from), q = v8_load(from + 8), r = v8_load(from + 16), s = v8_load(from + 24);
  v8f pq = __builtin_shufflevector(p, q, 0, 4, 8, 12, 1, 5, 9, 13);
  v8f rs = __builtin_shufflevector(r, s, 0, 4, 8, 12, 1, 5, 9, 13);
  v8_store(a, __builtin_shufflevector(pq, rs, 0, 1, 2, 3, 8, 9, 10, 11));
  v8_store(b, __builtin_shufflevector(pq, rs, 4, 5, 6, 7, 12, 13, 14, 15));
  v8f pq2 = __builtin_shufflevector(p, q, 2, 6, 10, 14, 2, 6, 10, 14);
  v8f rs2 = __builtin_shufflevector(r, s, 2, 6, 10, 14, 2, 6, 10, 14);
  v8_store(c, __builtin_shufflevector(pq2, rs2, 0, 1, 2, 3, 8, 9, 10, 11));
}

/// Eight values on the straight lines between neighbors of a table of single floats, which must hold `index` + 1.
V8_INLINE v8f v8_mix_values(const float *table, v8i index, v8f k) {
  v8f a, b;
  for (int i = 0; i < 8; i++) {
    a[i] = table[index[i]];
    b[i] = table[index[i] + 1];
  }
  return a + (b - a) * k;
}

/// Base-2 logarithm of positive finite numbers; absolute error below 1e-6 near 1, relative below 2e-7 elsewhere.
/// Mantissa reduced to [sqrt(1/2), sqrt(2)), then the odd series of artanh to the ninth power.
V8_INLINE v8f v8_log2(v8f x) {
  v8i bits;
  memcpy(&bits, &x, sizeof bits);
  v8i exponent = ((bits - 0x3f3504f3) >> 23);
  v8i mantissaBits = bits - (exponent << 23);
  v8f m;
  memcpy(&m, &mantissaBits, sizeof m);
  v8f t = (m - 1.0f) / (m + 1.0f);
  v8f t2 = t * t;
  v8f p = (v8f)(0.3205989f);                 // 2/(9 ln 2)
  p = p * t2 + 0.4121986f;                   // 2/(7 ln 2)
  p = p * t2 + 0.5770780f;                   // 2/(5 ln 2)
  p = p * t2 + 0.9617967f;                   // 2/(3 ln 2)
  p = p * t2 + 2.8853901f;                   // 2/ln 2
  return __builtin_convertvector(exponent, v8f) + p * t;
}

/// 2 to the power of x, for |x| < 126 (clamped); relative error below 3e-7.
V8_INLINE v8f v8_exp2(v8f x) {
  x = v8_clamp(x, -126.0f, 126.0f);
  v8f whole = __builtin_elementwise_floor(x + 0.5f);
  v8f f = x - whole;
  v8f p = (v8f)(1.5403530e-4f);
  p = p * f + 1.3333558e-3f;
  p = p * f + 9.6181291e-3f;
  p = p * f + 5.5504109e-2f;
  p = p * f + 2.4022651e-1f;
  p = p * f + 6.9314718e-1f;
  p = p * f + 1.0f;
  v8i scale = (__builtin_convertvector(whole, v8i) + 127) << 23;
  v8f s;
  memcpy(&s, &scale, sizeof s);
  return p * s;
}

/// Arc tangent in radians; absolute error below 2e-7. Chebyshev fit of atan(x)/x in x squared on 0…1; larger
/// arguments by atan(x) = pi/2 - atan(1/x).
V8_INLINE v8f v8_atan(v8f x) {
  v8f a = __builtin_elementwise_abs(x);
  v8i large = a > (v8f)(1.0f);
  v8f r = v8_select(large, 1.0f / __builtin_elementwise_max(a, (v8f)(1e-30f)), a);
  v8f z = r * r;
  v8f p = (v8f)(0.00283406419f);
  p = p * z - 0.0160050299f;
  p = p * z + 0.0425876081f;
  p = p * z - 0.0749544576f;
  p = p * z + 0.106367543f;
  p = p * z - 0.142025709f;
  p = p * z + 0.199924842f;
  p = p * z - 0.333330661f;
  p = p * z + 1.0f;
  p = p * r;
  p = v8_select(large, (v8f)(1.57079633f) - p, p);
  return v8_select(x < (v8f)(0.0f), -p, p);
}

/// x to the power of y for x > 0; 0 for x <= 0.
V8_INLINE v8f v8_pow(v8f x, float y) {
  v8f safe = __builtin_elementwise_max(x, (v8f)(1e-37f));
  v8f r = v8_exp2(v8_log2(safe) * y);
  return v8_select(x > (v8f)(0.0f), r, (v8f)(0.0f));
}

/// A 32-bit permutation with good avalanche (constants by Wellons, "lowbias32").
V8_INLINE v8u v8_hash(v8u x) {
  x ^= x >> 16;
  x *= 0x7feb352du;
  x ^= x >> 15;
  x *= 0x846ca68bu;
  x ^= x >> 16;
  return x;
}

/// Hash of eight cells of a lattice.
V8_INLINE v8u v8_lattice_hash(v8i x, v8i y, uint32_t seed) {
  v8u hx, hy;
  memcpy(&hx, &x, sizeof hx);
  memcpy(&hy, &y, sizeof hy);
  return v8_hash(hx * 0x9e3779b1u ^ v8_hash(hy * 0x85ebca77u ^ seed));
}

/// Uniform in [0, 1) from the top 24 bits of a hash.
V8_INLINE v8f v8_unit(v8u h) {
  return __builtin_convertvector((v8i)(h >> 8), v8f) * (1.0f / 16777216.0f);
}

#include "TransferCurves.h"
#include "Tetrahedra.h"

/// Reads the CPU: whether what this program was compiled for may run here (1) or not (0).
static inline int onesheet_processor_suffices(void) {
#if defined(__x86_64__) && defined(__AVX2__)
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2");
#else
  return 1;
#endif
}

#if defined(__clang__)
#pragma clang diagnostic pop
#endif

#endif
