#include "CColorProfile.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <lcms2.h>

struct CColorProfile {
  // A context of its own: no state is shared between threads, and nothing is printed.
  cmsContext context;
  cmsHPROFILE profile;
};

struct CColorTransform {
  cmsHTRANSFORM transform;
  // Of a pixel that goes in.
  size_t channels;
};

/// Linear light with the primaries and the white point of Rec. 709.
static cmsHPROFILE linear_rec709(cmsContext context) {
  const cmsCIExyY white = {0.3127, 0.3290, 1};
  const cmsCIExyYTRIPLE primaries = {{0.64, 0.33, 1}, {0.30, 0.60, 1}, {0.15, 0.06, 1}};
  cmsToneCurve *line = cmsBuildGamma(context, 1);
  if (!line) return NULL;
  cmsToneCurve *curves[3] = {line, line, line};
  cmsHPROFILE profile = cmsCreateRGBProfileTHR(context, &white, &primaries, curves);
  cmsFreeToneCurve(line);
  return profile;
}

CColorProfile *ccolor_profile_create(const uint8_t *bytes, size_t count) {
  if (count < 128 || count > UINT32_MAX) return NULL;
  CColorProfile *profile = calloc(1, sizeof *profile);
  if (!profile) return NULL;
  profile->context = cmsCreateContext(NULL, NULL);
  if (profile->context)
    profile->profile = cmsOpenProfileFromMemTHR(profile->context, bytes, (cmsUInt32Number)count);
  if (!profile->profile) {
    ccolor_profile_destroy(profile);
    return NULL;
  }
  switch (cmsGetDeviceClass(profile->profile)) {
    case cmsSigInputClass:
    case cmsSigDisplayClass:
    case cmsSigOutputClass:
    case cmsSigColorSpaceClass: return profile;
    default: ccolor_profile_destroy(profile); return NULL;
  }
}

void ccolor_profile_destroy(CColorProfile *profile) {
  if (!profile) return;
  if (profile->profile) cmsCloseProfile(profile->profile);
  if (profile->context) cmsDeleteContext(profile->context);
  free(profile);
}

CColorSpace ccolor_profile_space(const CColorProfile *profile) {
  switch (cmsGetColorSpace(profile->profile)) {
    case cmsSigGrayData: return CColorSpaceGray;
    case cmsSigRgbData: return CColorSpaceRGB;
    case cmsSigCmykData: return CColorSpaceCMYK;
    default: return CColorSpaceOther;
  }
}

void ccolor_profile_description(const CColorProfile *profile, char *text, size_t size) {
  if (size == 0) return;
  text[0] = 0;
  wchar_t wide[256];
  cmsUInt32Number got =
      cmsGetProfileInfo(profile->profile, cmsInfoDescription, "en", "US", wide, sizeof wide);
  if (got == 0) return;
  wide[255] = 0;
  size_t at = 0;
  // Names of profiles are ASCII but for a few; the others are told without what is not.
  for (size_t i = 0; wide[i] && at + 1 < size; i++)
    if (wide[i] >= 0x20 && wide[i] < 0x7f) text[at++] = (char)wide[i];
  text[at] = 0;
}

typedef struct {
  double of[3][3];
} Matrix;

static int colorants(cmsHPROFILE profile, Matrix *matrix) {
  const cmsTagSignature tags[3] = {cmsSigRedColorantTag, cmsSigGreenColorantTag, cmsSigBlueColorantTag};
  for (int i = 0; i < 3; i++) {
    const cmsCIEXYZ *color = cmsReadTag(profile, tags[i]);
    if (!color) return 0;
    matrix->of[0][i] = color->X;
    matrix->of[1][i] = color->Y;
    matrix->of[2][i] = color->Z;
  }
  return 1;
}

static int invert(const Matrix *m, Matrix *inverse) {
  for (int i = 0; i < 3; i++) {
    for (int j = 0; j < 3; j++) {
      int a = (i + 1) % 3, b = (i + 2) % 3, c = (j + 1) % 3, d = (j + 2) % 3;
      inverse->of[j][i] = m->of[a][c] * m->of[b][d] - m->of[a][d] * m->of[b][c];
    }
  }
  double determinant = 0;
  for (int i = 0; i < 3; i++) determinant += m->of[0][i] * inverse->of[i][0];
  if (!(fabs(determinant) > 1e-9)) return 0;
  for (int i = 0; i < 3; i++)
    for (int j = 0; j < 3; j++) inverse->of[i][j] /= determinant;
  return 1;
}

int ccolor_profile_shaper(const CColorProfile *profile, int codes, float *curves, double matrix[9]) {
  cmsHPROFILE source = profile->profile;
  if (ccolor_profile_space(profile) != CColorSpaceRGB || cmsGetPCS(source) != cmsSigXYZData || codes < 2 ||
      !cmsIsMatrixShaper(source) || cmsIsTag(source, cmsSigAToB0Tag) || cmsIsTag(source, cmsSigAToB1Tag) ||
      cmsIsTag(source, cmsSigDToB0Tag) || cmsIsTag(source, cmsSigDToB1Tag))
    return 0;
  const cmsTagSignature tags[3] = {cmsSigRedTRCTag, cmsSigGreenTRCTag, cmsSigBlueTRCTag};
  for (int i = 0; i < 3; i++) {
    const cmsToneCurve *curve = cmsReadTag(source, tags[i]);
    if (!curve) return 0;
    for (int code = 0; code < codes; code++)
      curves[i * codes + code] = cmsEvalToneCurveFloat(curve, (float)code / (float)(codes - 1));
  }
  Matrix from, rec709, back;
  cmsHPROFILE target = linear_rec709(profile->context);
  if (!target) return 0;
  int isKnown = colorants(source, &from) && colorants(target, &rec709) && invert(&rec709, &back);
  cmsCloseProfile(target);
  if (!isKnown) return 0;
  for (int i = 0; i < 3; i++)
    for (int j = 0; j < 3; j++) {
      double sum = 0;
      for (int k = 0; k < 3; k++) sum += back.of[i][k] * from.of[k][j];
      matrix[3 * i + j] = sum;
    }
  return 1;
}

CColorTransform *ccolor_transform_create(const CColorProfile *profile) {
  cmsUInt32Number format;
  switch (ccolor_profile_space(profile)) {
    case CColorSpaceGray: format = TYPE_GRAY_FLT; break;
    case CColorSpaceRGB: format = TYPE_RGB_FLT; break;
    default: return NULL;
  }
  CColorTransform *result = calloc(1, sizeof *result);
  if (!result) return NULL;
  result->channels = format == TYPE_GRAY_FLT ? 1 : 3;
  cmsHPROFILE target = linear_rec709(profile->context);
  if (target) {
    // Without a cache, so that threads may share it; without optimization, which would round to 16 bits.
    result->transform = cmsCreateTransformTHR(
        profile->context, profile->profile, format, target, TYPE_RGB_FLT, INTENT_RELATIVE_COLORIMETRIC,
        cmsFLAGS_NOCACHE | cmsFLAGS_NOOPTIMIZE | cmsFLAGS_BLACKPOINTCOMPENSATION);
    cmsCloseProfile(target);
  }
  if (!result->transform) {
    free(result);
    return NULL;
  }
  return result;
}

void ccolor_transform_destroy(CColorTransform *transform) {
  if (!transform) return;
  cmsDeleteTransform(transform->transform);
  free(transform);
}

void ccolor_transform_run(const CColorTransform *transform, const float *from, float *to, size_t pixels) {
  while (pixels > 0) {
    cmsUInt32Number count = pixels < 1 << 20 ? (cmsUInt32Number)pixels : 1 << 20;
    cmsDoTransform(transform->transform, from, to, count);
    from += transform->channels * (size_t)count;
    to += 3 * (size_t)count;
    pixels -= count;
  }
}
