/// libjpeg behind an interface that Swift can call: every `setjmp`, every callback and the row loop stay on this side,
/// so that no Swift frame is ever jumped over.
#ifndef ONESHEET_CJPEG_H
#define ONESHEET_CJPEG_H

#include <stddef.h>
#include <stdint.h>

typedef enum {
  CJPEGStatusDone,
  CJPEGStatusNotJPEG,
  CJPEGStatusTruncated,
  CJPEGStatusCorrupt,
  /// Legal, but nothing that this library reads: 12 bits, lossless, four inks.
  CJPEGStatusUnsupported,
  CJPEGStatusTooLarge,
  CJPEGStatusOutOfMemory,
} CJPEGStatus;

/// How a file stores its colors.
typedef enum { CJPEGColorGray, CJPEGColorRGB, CJPEGColorCMYK, CJPEGColorOther } CJPEGColor;

typedef struct {
  uint32_t width, height;
  CJPEGColor color;
  /// Bytes that decoding takes beside the pixels: all coefficients, where the file comes in several scans.
  uint64_t workBytes;
} CJPEGHeader;

typedef struct CJPEGReader CJPEGReader;

/// Reads from `bytes`, which must outlive the reader. NULL if there is no memory.
CJPEGReader *cjpeg_reader_create(const uint8_t *bytes, size_t count);
void cjpeg_reader_destroy(CJPEGReader *reader);

/// Reads up to the first scan. The limits are compared before anything is allocated by the picture's size; with
/// `CJPEGStatusTooLarge` the width and height of `header` are set.
CJPEGStatus cjpeg_reader_header(
    CJPEGReader *reader, uint32_t maxWidth, uint32_t maxHeight, uint64_t maxPixels, CJPEGHeader *header);

/// Reads all pixels as four bytes each: red, green, blue, 255; rows follow each other without padding. Gray becomes
/// three equal channels. `pixels` must have room for width × height × 4 bytes.
///
/// Damage that libjpeg would paint over is a failure, and so is a missing end.
CJPEGStatus cjpeg_reader_pixels(CJPEGReader *reader, uint8_t *pixels);

/// libjpeg's words for the failure, or "".
const char *cjpeg_reader_message(const CJPEGReader *reader);
/// What libjpeg could read past without harm, the first of it, or "".
const char *cjpeg_reader_warning(const CJPEGReader *reader);

#endif
