/// Cubes of colors, read between their entries.
#ifndef ONESHEET_TETRAHEDRA_H
#define ONESHEET_TETRAHEDRA_H

/// Eight entries of a table of four floats each, channel by channel.
V8_INLINE void v8_entries(const float *table, const int32_t index[8], v8f channels[4]) {
  v8f pair[4];
  for (int i = 0; i < 4; i++) {
    v4f a, b;
    memcpy(&a, table + 4 * (long)index[i], sizeof a);
    memcpy(&b, table + 4 * (long)index[i + 4], sizeof b);
    pair[i] = __builtin_shufflevector(a, b, 0, 1, 2, 3, 4, 5, 6, 7);
  }
  v8f a = __builtin_shufflevector(pair[0], pair[1], 0, 8, 1, 9, 4, 12, 5, 13);
  v8f b = __builtin_shufflevector(pair[2], pair[3], 0, 8, 1, 9, 4, 12, 5, 13);
  v8f c = __builtin_shufflevector(pair[0], pair[1], 2, 10, 3, 11, 6, 14, 7, 15);
  v8f d = __builtin_shufflevector(pair[2], pair[3], 2, 10, 3, 11, 6, 14, 7, 15);
  channels[0] = __builtin_shufflevector(a, b, 0, 1, 8, 9, 4, 5, 12, 13);
  channels[1] = __builtin_shufflevector(a, b, 2, 3, 10, 11, 6, 7, 14, 15);
  channels[2] = __builtin_shufflevector(c, d, 0, 1, 8, 9, 4, 5, 12, 13);
  channels[3] = __builtin_shufflevector(c, d, 2, 3, 10, 11, 6, 7, 14, 15);
}

/// Colors of a cube of `side`³ entries, `side` from 2 to 1023, four floats each and the first coordinate running
/// fastest, at eight places in entries: each from 0 to `side` − 1. Writes eight floats of each channel, one channel after
/// the other.
///
/// Each cell is cut into six tetrahedra around its diagonal: from its first corner to its last, along the largest
/// coordinate first and along the smallest last.
V8_INLINE void v8_cube_colors(const float *table, int32_t side, v8f x, v8f y, v8f z, float *out) {
  // The last entry belongs to the cell before it.
  v8i last = (v8i)(side - 2);
  v8i cellX = __builtin_elementwise_min(v8_to_int(x), last);
  v8i cellY = __builtin_elementwise_min(v8_to_int(y), last);
  v8i cellZ = __builtin_elementwise_min(v8_to_int(z), last);
  v8f u = x - v8_to_float(cellX), v = y - v8_to_float(cellY), w = z - v8_to_float(cellZ);
  int32_t area = side * side;
  v8i right = (v8i)(1), down = (v8i)(side), deep = (v8i)(area);
  v8i base = cellX + cellY * side + cellZ * area;

  v8i yBelowX = v <= u, zBelowX = w <= u, zBelowY = w <= v;
  v8i first = (yBelowX & zBelowX) ? right : (zBelowY ? down : deep);
  v8i left = (zBelowX & zBelowY) ? deep : (yBelowX ? down : right);
  v8f more = yBelowX ? u : v, less = yBelowX ? v : u;
  v8f most = v8_greater(more, w), least = v8_lesser(less, w);
  v8f middle = v8_greater(less, v8_lesser(more, w));

  int32_t at[24];
  v8i second = base + first, third = base + (1 + side + area) - left;
  memcpy(at, &base, sizeof base);
  memcpy(at + 8, &second, sizeof second);
  memcpy(at + 16, &third, sizeof third);
#if defined(__clang__)
  // Single numbers are faster loaded than cut out of vectors, which the compiler would prefer.
  __asm__ volatile("" : "+m"(at));
#endif
  v8f sum[4], corner[4];
  v8_entries(table, at, sum);
  for (int i = 0; i < 4; i++) sum[i] *= 1.0f - most;
  v8_entries(table, at + 8, corner);
  for (int i = 0; i < 4; i++) sum[i] += corner[i] * (most - middle);
  v8_entries(table, at + 16, corner);
  for (int i = 0; i < 4; i++) sum[i] += corner[i] * (middle - least);
  v8_entries(table + 4 * (long)(1 + side + area), at, corner);
  for (int i = 0; i < 4; i++) sum[i] += corner[i] * least;
  for (int i = 0; i < 4; i++) v8_store(out + 8 * i, sum[i]);
}

#endif
