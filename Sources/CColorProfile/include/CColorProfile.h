/// What is needed of Little CMS: from the colors of an ICC profile to linear light with the primaries of Rec. 709.
#ifndef ONESHEET_CCOLORPROFILE_H
#define ONESHEET_CCOLORPROFILE_H

#include <stddef.h>
#include <stdint.h>

typedef enum { CColorSpaceGray, CColorSpaceRGB, CColorSpaceCMYK, CColorSpaceOther } CColorSpace;

typedef struct CColorProfile CColorProfile;

/// NULL if the bytes are no profile of a device or a color space, or if there is no memory.
CColorProfile *ccolor_profile_create(const uint8_t *bytes, size_t count);
void ccolor_profile_destroy(CColorProfile *profile);

CColorSpace ccolor_profile_space(const CColorProfile *profile);

/// Writes the profile's own description as UTF-8, cut to fit; "" if it has none.
void ccolor_profile_description(const CColorProfile *profile, char *text, size_t size);

/// If the profile is three curves and a matrix and nothing else: writes the linear value of each of `codes` equally
/// spaced coded values 0…1, channel after channel, and the matrix from there to linear Rec. 709, row after row. Answers
/// 1; 0 if the profile is something else.
int ccolor_profile_shaper(const CColorProfile *profile, int codes, float *curves, double matrix[9]);

/// A way from coded values (0…1, one channel for gray, three for RGB) to linear Rec. 709: relative colorimetric, with
/// compensation of the black point. Values beyond Rec. 709 come out below 0 or above 1. NULL if the profile has no such
/// way.
typedef struct CColorTransform CColorTransform;
CColorTransform *ccolor_transform_create(const CColorProfile *profile);
void ccolor_transform_destroy(CColorTransform *transform);
/// From any number of threads.
void ccolor_transform_run(const CColorTransform *transform, const float *from, float *to, size_t pixels);

#endif
