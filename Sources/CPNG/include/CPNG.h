/// libpng behind an interface that Swift can call: every `setjmp`, every libpng callback and the row loops stay
/// on this side, so that no Swift frame is ever jumped over.
#ifndef ONESHEET_CPNG_H
#define ONESHEET_CPNG_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "CPNGPack.h"

typedef enum {
  CPNGStatusDone,
  CPNGStatusNotPNG,
  CPNGStatusTruncated,
  CPNGStatusBadChecksum,
  CPNGStatusCorrupt,
  CPNGStatusTooLarge,
  /// The system refused to read; `cpng_reader_errno` says why.
  CPNGStatusUnreadable,
  CPNGStatusOutOfMemory,
  /// The sink reported a failure; the writer is of no further use.
  CPNGStatusSinkFailed,
} CPNGStatus;

// MARK: - Reading

/// What a file says about itself before its pixels. `has…` fields are 0 or 1.
typedef struct {
  uint32_t width, height;
  /// Bits per sample in the file: 1, 2, 4, 8 or 16.
  uint8_t bitDepth;
  /// The color type of IHDR: 0 gray, 2 RGB, 3 palette, 4 gray and alpha, 6 RGB and alpha.
  uint8_t colorType;
  uint8_t isInterlaced;
  uint8_t hasTransparency;
  uint8_t hasSRGB, hasGamma, hasChromaticities, hasProfile, hasCodePoints, hasDensity;
  /// As in gAMA: the exponent of encoding, 0.45455 for most pictures.
  double gamma;
  /// White x, y, red x, y, green x, y, blue x, y.
  double chromaticities[8];
  /// cICP: primaries, transfer function, matrix, full range flag (ITU-T H.273).
  uint8_t codePoints[4];
  /// pHYs, if its unit is the meter.
  uint32_t pixelsPerMeterX, pixelsPerMeterY;
} CPNGHeader;

typedef struct {
  const char *keyword;
  const char *text;
  size_t length;
  /// 1: UTF-8 (iTXt); 0: Latin-1 (tEXt, zTXt).
  int isUTF8;
} CPNGText;

typedef struct CPNGReader CPNGReader;

/// Reads from `bytes`, which must outlive the reader, or, if `bytes` is NULL, from the file descriptor, which
/// stays the caller's. NULL if there is no memory.
CPNGReader *cpng_reader_create(const uint8_t *bytes, size_t count, int descriptor);
void cpng_reader_destroy(CPNGReader *reader);

/// Reads up to the first IDAT. The limits are compared with IHDR before libpng sees a byte; with
/// `CPNGStatusTooLarge` only the width and height of `header` are set.
CPNGStatus cpng_reader_header(
    CPNGReader *reader, uint32_t maxWidth, uint32_t maxHeight, uint64_t maxPixels, CPNGHeader *header);

/// Reads all pixels, expanded to four channels, and the rest of the file. Samples are bytes for depths up to 8
/// and 16-bit numbers in the machine's byte order for depth 16; rows follow each other without padding.
/// `pixels` must have room for width × height × 4 samples.
CPNGStatus cpng_reader_pixels(CPNGReader *reader, void *pixels);

/// The embedded ICC profile, inflated, and its length; NULL if there is none that libpng takes for one. It lives as long
/// as the reader.
const uint8_t *cpng_reader_profile(CPNGReader *reader, size_t *count);

/// The number of text records met so far, and one of them; pointers live as long as the reader.
int cpng_reader_text_count(CPNGReader *reader);
CPNGText cpng_reader_text(CPNGReader *reader, int index);

/// libpng's words for the failure, or "".
const char *cpng_reader_message(const CPNGReader *reader);
int cpng_reader_errno(const CPNGReader *reader);
/// Things libpng could read past, such as a damaged text record: at most eight, "" beyond them.
const char *cpng_reader_warning(const CPNGReader *reader, int index);

// MARK: - Writing

typedef struct {
  uint32_t width, height;
  /// 8 or 16.
  uint8_t bitDepth;
  /// 0 gray, 2 RGB, 6 RGB and alpha.
  uint8_t colorType;
  /// sRGB, gAMA and cHRM.
  uint8_t tagsSRGB;
  /// cICP 1, 13, 0, 1.
  uint8_t tagsCodePoints;
  /// 0: no pHYs.
  uint32_t pixelsPerMeter;
} CPNGWriteHeader;

/// Takes `count` bytes of the file; other than 0 means failure. Called only while a writer's function runs.
typedef int (*CPNGSink)(void *context, const uint8_t *bytes, size_t count);

typedef struct CPNGWriter CPNGWriter;

/// NULL if there is no memory.
CPNGWriter *cpng_writer_create(CPNGSink sink, void *context);
void cpng_writer_destroy(CPNGWriter *writer);

/// Adds an iTXt record, deflated if `isCompressed`. To be called before `cpng_writer_start`.
CPNGStatus cpng_writer_add_text(CPNGWriter *writer, const char *keyword, const char *text, int isCompressed);
/// Writes the signature and everything in front of the first IDAT.
CPNGStatus cpng_writer_start(CPNGWriter *writer, const CPNGWriteHeader *header);
/// Writes one IDAT chunk of at most 2³¹ − 1 bytes.
CPNGStatus cpng_writer_data(CPNGWriter *writer, const uint8_t *bytes, size_t count);
CPNGStatus cpng_writer_end(CPNGWriter *writer);
const char *cpng_writer_message(const CPNGWriter *writer);

#endif
