#include "CPNG.h"

#include <errno.h>
#include <png.h>
#include <stdlib.h>
#include <unistd.h>

enum {
  MessageLength = 160,
  WarningCount = 8,
  // The signature, and IHDR with its length, name and checksum.
  HeadLength = 8 + 25,
  // The largest ancillary chunk, inflated, and the number of them that libpng keeps.
  LargestChunk = 4 << 20,
  MostChunks = 64,
};

// MARK: - Reading

struct CPNGReader {
  png_structp png;
  png_infop info;
  const uint8_t *bytes;
  size_t count, position;
  int descriptor;
  uint8_t head[HeadLength];
  size_t headPosition;
  uint8_t codePoints[4];
  int hasCodePoints;
  int isAtEnd, systemError;
  CPNGStatus status;
  int warningCount;
  char message[MessageLength];
  char warnings[WarningCount][MessageLength];
};

static void copy_message(char *to, const char *from) {
  strncpy(to, from ? from : "", MessageLength - 1);
  to[MessageLength - 1] = 0;
}

static void reader_failed(png_structp png, png_const_charp message) {
  CPNGReader *reader = png_get_error_ptr(png);
  copy_message(reader->message, message);
  if (reader->systemError)
    reader->status = CPNGStatusUnreadable;
  else if (reader->isAtEnd)
    reader->status = CPNGStatusTruncated;
  else if (strstr(reader->message, "CRC"))
    reader->status = CPNGStatusBadChecksum;
  else if (strstr(reader->message, "ut of memory"))
    reader->status = CPNGStatusOutOfMemory;
  else
    reader->status = CPNGStatusCorrupt;
  png_longjmp(png, 1);
}

static void reader_warned(png_structp png, png_const_charp message) {
  CPNGReader *reader = png_get_error_ptr(png);
  if (reader->warningCount < WarningCount) copy_message(reader->warnings[reader->warningCount++], message);
}

/// Reads up to `count` bytes of the source; fewer only at its end or on an error.
static size_t read_source(CPNGReader *reader, uint8_t *to, size_t count) {
  size_t done = 0;
  if (reader->bytes) {
    size_t left = reader->count - reader->position;
    done = count < left ? count : left;
    memcpy(to, reader->bytes + reader->position, done);
    reader->position += done;
  } else {
    while (done < count) {
      ssize_t got = read(reader->descriptor, to + done, count - done);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) reader->systemError = errno;
      if (got <= 0) break;
      done += (size_t)got;
    }
  }
  if (done < count) reader->isAtEnd = 1;
  return done;
}

static void reader_read(png_structp png, png_bytep to, size_t count) {
  CPNGReader *reader = png_get_io_ptr(png);
  size_t left = HeadLength - reader->headPosition;
  size_t again = count < left ? count : left;
  memcpy(to, reader->head + reader->headPosition, again);
  reader->headPosition += again;
  if (read_source(reader, to + again, count - again) < count - again) png_error(png, "the file ends too early");
}

/// libpng 1.6.39 does not know cICP.
static int reader_met_chunk(png_structp png, png_unknown_chunkp chunk) {
  CPNGReader *reader = png_get_user_chunk_ptr(png);
  if (memcmp(chunk->name, "cICP", 4) != 0) return 0;
  if (chunk->size == 4 && !reader->hasCodePoints) {
    memcpy(reader->codePoints, chunk->data, 4);
    reader->hasCodePoints = 1;
  }
  return 1;
}

CPNGReader *cpng_reader_create(const uint8_t *bytes, size_t count, int descriptor) {
  CPNGReader *reader = calloc(1, sizeof *reader);
  if (!reader) return NULL;
  reader->bytes = bytes;
  reader->count = bytes ? count : 0;
  reader->descriptor = descriptor;
  reader->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, reader, reader_failed, reader_warned);
  if (reader->png) reader->info = png_create_info_struct(reader->png);
  if (!reader->info) {
    cpng_reader_destroy(reader);
    return NULL;
  }
  return reader;
}

void cpng_reader_destroy(CPNGReader *reader) {
  if (!reader) return;
  if (reader->png) png_destroy_read_struct(&reader->png, &reader->info, NULL);
  free(reader);
}

static uint32_t big_endian(const uint8_t *p) {
  return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

CPNGStatus cpng_reader_header(
    CPNGReader *reader, uint32_t maxWidth, uint32_t maxHeight, uint64_t maxPixels, CPNGHeader *header) {
  memset(header, 0, sizeof *header);
  size_t got = read_source(reader, reader->head, HeadLength);
  if (reader->systemError) return CPNGStatusUnreadable;
  if (got < 8 || png_sig_cmp(reader->head, 0, 8) != 0) return CPNGStatusNotPNG;
  if (got < HeadLength) return CPNGStatusTruncated;
  if (memcmp(reader->head + 8, "\0\0\0\15IHDR", 8) == 0) {
    header->width = big_endian(reader->head + 16);
    header->height = big_endian(reader->head + 20);
    if (header->width > maxWidth || header->height > maxHeight ||
        (uint64_t)header->width * header->height > maxPixels)
      return CPNGStatusTooLarge;
  }

  png_structp png = reader->png;
  png_infop info = reader->info;
  if (setjmp(png_jmpbuf(png))) return reader->status;
  png_set_read_fn(png, reader, reader_read);
  png_set_user_limits(png, maxWidth, maxHeight);
  png_set_chunk_malloc_max(png, LargestChunk);
  png_set_chunk_cache_max(png, MostChunks);
  png_set_benign_errors(png, 1);
  png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_ALWAYS, (png_const_bytep) "cICP", 1);
  png_set_read_user_chunk_fn(png, reader, reader_met_chunk);
  png_read_info(png, info);

  header->width = png_get_image_width(png, info);
  header->height = png_get_image_height(png, info);
  header->bitDepth = png_get_bit_depth(png, info);
  header->colorType = png_get_color_type(png, info);
  header->isInterlaced = png_get_interlace_type(png, info) != PNG_INTERLACE_NONE;
  header->hasTransparency = png_get_valid(png, info, PNG_INFO_tRNS) != 0;
  header->hasSRGB = png_get_valid(png, info, PNG_INFO_sRGB) != 0;
  header->hasProfile = png_get_valid(png, info, PNG_INFO_iCCP) != 0;
  header->hasGamma = png_get_gAMA(png, info, &header->gamma) != 0;
  double *c = header->chromaticities;
  header->hasChromaticities =
      png_get_cHRM(png, info, &c[0], &c[1], &c[2], &c[3], &c[4], &c[5], &c[6], &c[7]) != 0;
  header->hasCodePoints = reader->hasCodePoints != 0;
  memcpy(header->codePoints, reader->codePoints, 4);
  int unit = 0;
  png_uint_32 x = 0, y = 0;
  if (png_get_pHYs(png, info, &x, &y, &unit) != 0 && unit == PNG_RESOLUTION_METER) {
    header->hasDensity = 1;
    header->pixelsPerMeterX = x;
    header->pixelsPerMeterY = y;
  }
  return CPNGStatusDone;
}

CPNGStatus cpng_reader_pixels(CPNGReader *reader, void *pixels) {
  png_structp png = reader->png;
  png_infop info = reader->info;
  if (setjmp(png_jmpbuf(png))) return reader->status;
  int depth = png_get_bit_depth(png, info);
  png_set_expand(png);
  png_set_gray_to_rgb(png);
  png_set_add_alpha(png, depth == 16 ? 0xffff : 0xff, PNG_FILLER_AFTER);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  if (depth == 16) png_set_swap(png);
#endif
  int passes = png_set_interlace_handling(png);
  png_read_update_info(png, info);
  size_t rowBytes = png_get_rowbytes(png, info);
  size_t height = png_get_image_height(png, info);
  size_t expected = (size_t)png_get_image_width(png, info) * (depth == 16 ? 8 : 4);
  if (rowBytes != expected) png_error(png, "unexpected row length");
  for (int pass = 0; pass < passes; pass++)
    for (size_t y = 0; y < height; y++) png_read_row(png, (png_bytep)pixels + y * rowBytes, NULL);
  png_read_end(png, info);
  return CPNGStatusDone;
}

const uint8_t *cpng_reader_profile(CPNGReader *reader, size_t *count) {
  png_charp name = NULL;
  png_bytep profile = NULL;
  png_uint_32 length = 0;
  int compression = 0;
  *count = 0;
  if (png_get_iCCP(reader->png, reader->info, &name, &compression, &profile, &length) != PNG_INFO_iCCP) return NULL;
  *count = length;
  return profile;
}

int cpng_reader_text_count(CPNGReader *reader) {
  png_textp texts = NULL;
  return png_get_text(reader->png, reader->info, &texts, NULL);
}

CPNGText cpng_reader_text(CPNGReader *reader, int index) {
  png_textp texts = NULL;
  int count = png_get_text(reader->png, reader->info, &texts, NULL);
  CPNGText result = {"", "", 0, 0};
  if (index < 0 || index >= count) return result;
  const png_text *text = &texts[index];
  result.isUTF8 = text->compression >= PNG_ITXT_COMPRESSION_NONE;
  if (text->key) result.keyword = text->key;
  if (text->text) result.text = text->text;
  result.length = result.isUTF8 ? text->itxt_length : text->text_length;
  return result;
}

const char *cpng_reader_message(const CPNGReader *reader) { return reader->message; }

int cpng_reader_errno(const CPNGReader *reader) { return reader->systemError; }

const char *cpng_reader_warning(const CPNGReader *reader, int index) {
  return index >= 0 && index < reader->warningCount ? reader->warnings[index] : "";
}

// MARK: - Writing

struct CPNGWriter {
  png_structp png;
  png_infop info;
  CPNGSink sink;
  void *context;
  CPNGStatus status;
  char message[MessageLength];
};

static void writer_failed(png_structp png, png_const_charp message) {
  CPNGWriter *writer = png_get_error_ptr(png);
  copy_message(writer->message, message);
  if (writer->status == CPNGStatusDone)
    writer->status = strstr(writer->message, "ut of memory") ? CPNGStatusOutOfMemory : CPNGStatusCorrupt;
  png_longjmp(png, 1);
}

static void writer_warned(png_structp png, png_const_charp message) {
  CPNGWriter *writer = png_get_error_ptr(png);
  copy_message(writer->message, message);
}

static void writer_write(png_structp png, png_bytep bytes, size_t count) {
  CPNGWriter *writer = png_get_io_ptr(png);
  if (writer->sink(writer->context, bytes, count) != 0) {
    writer->status = CPNGStatusSinkFailed;
    png_error(png, "the sink failed");
  }
}

static void writer_flush(png_structp png) { (void)png; }

CPNGWriter *cpng_writer_create(CPNGSink sink, void *context) {
  CPNGWriter *writer = calloc(1, sizeof *writer);
  if (!writer) return NULL;
  writer->sink = sink;
  writer->context = context;
  writer->png = png_create_write_struct(PNG_LIBPNG_VER_STRING, writer, writer_failed, writer_warned);
  if (writer->png) writer->info = png_create_info_struct(writer->png);
  if (!writer->info) {
    cpng_writer_destroy(writer);
    return NULL;
  }
  png_set_write_fn(writer->png, writer, writer_write, writer_flush);
  return writer;
}

void cpng_writer_destroy(CPNGWriter *writer) {
  if (!writer) return;
  if (writer->png) png_destroy_write_struct(&writer->png, &writer->info);
  free(writer);
}

CPNGStatus cpng_writer_add_text(CPNGWriter *writer, const char *keyword, const char *text, int isCompressed) {
  if (setjmp(png_jmpbuf(writer->png))) return writer->status;
  png_text record = {0};
  record.compression = isCompressed ? PNG_ITXT_COMPRESSION_zTXt : PNG_ITXT_COMPRESSION_NONE;
  // libpng copies all of these and changes none.
  record.key = (png_charp)keyword;
  record.text = (png_charp)text;
  record.lang = (png_charp) "";
  record.lang_key = (png_charp) "";
  png_set_text(writer->png, writer->info, &record, 1);
  return CPNGStatusDone;
}

CPNGStatus cpng_writer_start(CPNGWriter *writer, const CPNGWriteHeader *header) {
  png_structp png = writer->png;
  png_infop info = writer->info;
  if (setjmp(png_jmpbuf(png))) return writer->status;
  png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
  png_set_IHDR(
      png, info, header->width, header->height, header->bitDepth, header->colorType, PNG_INTERLACE_NONE,
      PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  if (header->tagsSRGB) png_set_sRGB_gAMA_and_cHRM(png, info, PNG_sRGB_INTENT_PERCEPTUAL);
  if (header->pixelsPerMeter)
    png_set_pHYs(png, info, header->pixelsPerMeter, header->pixelsPerMeter, PNG_RESOLUTION_METER);
  png_write_info_before_PLTE(png, info);
  // BT.709 primaries, the sRGB curve, RGB as it is, full range.
  static const uint8_t codePoints[4] = {1, 13, 0, 1};
  if (header->tagsCodePoints) png_write_chunk(png, (png_const_bytep) "cICP", codePoints, sizeof codePoints);
  png_write_info(png, info);
  return CPNGStatusDone;
}

CPNGStatus cpng_writer_data(CPNGWriter *writer, const uint8_t *bytes, size_t count) {
  if (setjmp(png_jmpbuf(writer->png))) return writer->status;
  png_write_chunk(writer->png, (png_const_bytep) "IDAT", bytes, count);
  return CPNGStatusDone;
}

CPNGStatus cpng_writer_end(CPNGWriter *writer) {
  if (setjmp(png_jmpbuf(writer->png))) return writer->status;
  // Not png_write_end: it insists that libpng compressed the pixels itself.
  png_write_chunk(writer->png, (png_const_bytep) "IEND", NULL, 0);
  return CPNGStatusDone;
}

const char *cpng_writer_message(const CPNGWriter *writer) { return writer->message; }
