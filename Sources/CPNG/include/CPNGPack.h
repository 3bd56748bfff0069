/// Interleaving of eight pixels' samples, which Swift's SIMD types cannot shuffle.
#ifndef ONESHEET_CPNG_PACK_H
#define ONESHEET_CPNG_PACK_H

#include <stdint.h>
#include <string.h>

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "packing assumes a little-endian machine"
#endif

typedef uint32_t cpng_u32x8 __attribute__((ext_vector_type(8)));

#define CPNG_INLINE static inline __attribute__((always_inline))

/// Writes 24 bytes: red, green, blue of eight pixels. Lanes hold red in the lowest byte, then green, blue.
CPNG_INLINE void cpng_store_rgb8(void *to, cpng_u32x8 pixels) {
  typedef uint8_t u8x32 __attribute__((ext_vector_type(32)));
  typedef uint8_t u8x16 __attribute__((ext_vector_type(16)));
  typedef uint8_t u8x8 __attribute__((ext_vector_type(8)));
  u8x32 b;
  memcpy(&b, &pixels, sizeof b);
  u8x16 first = __builtin_shufflevector(b, b, 0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 16, 17, 18, 20);
  u8x8 second = __builtin_shufflevector(b, b, 21, 22, 24, 25, 26, 28, 29, 30);
  memcpy(to, &first, 16);
  memcpy((char *)to + 16, &second, 8);
}

/// Writes 32 bytes: red, green, blue, alpha of eight pixels, red in the lowest byte of a lane.
CPNG_INLINE void cpng_store_rgba8(void *to, cpng_u32x8 pixels) { memcpy(to, &pixels, 32); }

typedef uint16_t cpng_u16x8 __attribute__((ext_vector_type(8)));

// Not a function: passing wide vectors between functions, even inlined ones, draws warnings about the ABI.
#define CPNG_BIG_ENDIAN16(x) __builtin_convertvector((((x) >> 8) | ((x) << 8)) & 0xffffu, cpng_u16x8)

/// Writes 48 bytes: eight pixels of three big-endian 16-bit samples. Lanes are at most 65535.
CPNG_INLINE void cpng_store_rgb16(void *to, cpng_u32x8 red, cpng_u32x8 green, cpng_u32x8 blue) {
  uint16_t samples[24];
  cpng_u16x8 r = CPNG_BIG_ENDIAN16(red), g = CPNG_BIG_ENDIAN16(green), b = CPNG_BIG_ENDIAN16(blue);
  for (int i = 0; i < 8; i++) {
    samples[3 * i] = r[i];
    samples[3 * i + 1] = g[i];
    samples[3 * i + 2] = b[i];
  }
  memcpy(to, samples, sizeof samples);
}

/// Writes 64 bytes: eight pixels of four big-endian 16-bit samples. Lanes are at most 65535.
CPNG_INLINE void cpng_store_rgba16(
    void *to, cpng_u32x8 red, cpng_u32x8 green, cpng_u32x8 blue, cpng_u32x8 alpha) {
  uint16_t samples[32];
  cpng_u16x8 r = CPNG_BIG_ENDIAN16(red), g = CPNG_BIG_ENDIAN16(green), b = CPNG_BIG_ENDIAN16(blue),
             a = CPNG_BIG_ENDIAN16(alpha);
  for (int i = 0; i < 8; i++) {
    samples[4 * i] = r[i];
    samples[4 * i + 1] = g[i];
    samples[4 * i + 2] = b[i];
    samples[4 * i + 3] = a[i];
  }
  memcpy(to, samples, sizeof samples);
}

#endif
