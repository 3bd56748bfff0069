/// The curves between light and codes.
#ifndef ONESHEET_TRANSFER_CURVES_H
#define ONESHEET_TRANSFER_CURVES_H

/// The mantissa of a positive number, less 1: from 0 up to 1.
V8_INLINE v8f v8_fraction(v8i bits) {
  v8i one = (bits & 0x007fffff) | 0x3f800000;
  v8f m;
  memcpy(&m, &one, sizeof m);
  return m - 1.0f;
}

/// `x` times two to the power of `exponent`, as long as the result is a normal number.
V8_INLINE v8f v8_scale(v8f x, v8i exponent) {
  v8i bits;
  memcpy(&bits, &x, sizeof bits);
  bits += exponent << 23;
  memcpy(&x, &bits, sizeof x);
  return x;
}

/// x to the power of 5/12, which is 1/2.4, for 0 and positive normal numbers; relative error below 4e-7, and exactly 1 for 1.
/// For 0, and for what is not a number, something finite.
///
/// With x = m 2^e and e = 12 j + r it is m^(5/12) 2^(5 r / 12) 2^(5 j): a polynomial that is exact at 1 (minimax, by
/// Lawson's weights), an entry of a table and an exponent: less than half the work of a logarithm and an exponential.
V8_INLINE v8f v8_power_5_12(v8f x) {
  v8i bits;
  memcpy(&bits, &x, sizeof bits);
  v8f t = v8_fraction(bits);
  // In pairs, since each step of a single chain would wait for the one before it.
  v8f t2 = t * t;
  v8f p = (0.0140425269f - 0.00293147328f * t) * t2 + (0.0619867674f - 0.0336717758f * t);
  p = p * t2 + (0.416653662f - 0.121240096f * t);
  p = p * t + 1.0f;
  // The exponent and 132: divided by 12 it is 11 + j.
  v8i e = (bits >> 23) + 5;
  v8i twelfth = (e * 5462) >> 16;
  v8f step = v8_lookup16(
      (v8f){1.0f, 1.33483985f, 1.78179744f, 2.37841423f, 3.1748021f, 4.23785238f, 5.65685425f, 7.5509945f},
      (v8f){10.0793684f, 13.4543426f, 17.9593928f, 23.9729132f, 1.0f, 1.0f, 1.0f, 1.0f},
      (e - twelfth * 12) << 23);
  return p * v8_scale(step, twelfth * 5 - 55);
}

/// x to the power of 12/5, which is 2.4, for positive numbers from 2^-52 to 2^52; relative error below 5e-7, and exactly 1 for
/// 1. For 0 something finite.
V8_INLINE v8f v8_power_12_5(v8f x) {
  v8i bits;
  memcpy(&bits, &x, sizeof bits);
  v8f t = v8_fraction(bits);
  v8f t2 = t * t;
  v8f p = (0.00425543526f * t - 0.0285976306f) * t2 + (0.222059896f * t + 1.68033344f);
  p = p * t2 + (2.39998196f * t + 1.0f);
  // As above: the exponent and 130, divided by 5.
  v8i e = (bits >> 23) + 3;
  v8i fifth = (e * 13108) >> 16;
  v8f step = v8_lookup8((v8f){1.0f, 5.27803164f, 27.857618f, 147.033389f, 776.046882f, 1.0f, 1.0f, 1.0f}, e - fifth * 5);
  return p * v8_scale(step, fifth * 12 - 312);
}

/// sRGB transfer function (IEC 61966-2-1), linear light to coded value; odd about 0, unbounded above 1, exactly 1 for 1. 0 for
/// what is not a number.
V8_INLINE v8f v8_srgb_encode(v8f x) {
  v8f a = v8_max(__builtin_elementwise_abs(x), v8_splat(0.0f));
  v8f high = 1.055f * v8_power_5_12(a) - (1.055f - 1.0f);
  return v8_signed(v8_select(a <= (v8f)(0.0031308f), a * 12.92f, high), x);
}

/// sRGB transfer function, coded value to linear light; odd about 0, unbounded above 1, exactly 1 for 1. 0 for what is not a
/// number.
V8_INLINE v8f v8_srgb_decode(v8f x) {
  v8f a = v8_clamp(__builtin_elementwise_abs(x), 0.0f, 1e15f);
  v8f high = v8_power_12_5(a * (1.0f / 1.055f) + (1.0f - 1.0f / 1.055f));
  return v8_signed(v8_select(a <= (v8f)(0.04045f), a * (1.0f / 12.92f), high), x);
}

#endif
