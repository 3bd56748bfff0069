#include "CJPEG.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

#include <jerror.h>

enum {
  // Progressive files of cameras and web sites have about ten. Each costs a walk over all coefficients, also when it
  // is a few bytes long.
  MostScans = 100,
};

struct CJPEGReader {
  struct jpeg_decompress_struct info;
  struct jpeg_error_mgr errors;
  struct jpeg_progress_mgr progress;
  jmp_buf failure;
  const uint8_t *bytes;
  size_t count;
  CJPEGStatus status;
  char message[JMSG_LENGTH_MAX];
  char warning[JMSG_LENGTH_MAX];
};

static CJPEGReader *reader_of(j_common_ptr info) { return (CJPEGReader *)info->client_data; }

static void fail(CJPEGReader *reader, CJPEGStatus status) {
  reader->status = status;
  longjmp(reader->failure, 1);
}

static void reader_failed(j_common_ptr info) {
  CJPEGReader *reader = reader_of(info);
  info->err->format_message(info, reader->message);
  switch (info->err->msg_code) {
    case JERR_NO_SOI: fail(reader, CJPEGStatusNotJPEG);
    case JERR_INPUT_EMPTY:
    case JERR_INPUT_EOF: fail(reader, CJPEGStatusTruncated);
    case JERR_OUT_OF_MEMORY: fail(reader, CJPEGStatusOutOfMemory);
    case JERR_ARITH_NOTIMPL:
    case JERR_BAD_PRECISION:
    case JERR_CONVERSION_NOTIMPL:
    case JERR_NOTIMPL:
    case JERR_NOT_COMPILED:
    case JERR_SOF_UNSUPPORTED: fail(reader, CJPEGStatusUnsupported);
    default: fail(reader, CJPEGStatusCorrupt);
  }
}

/// Warnings are negative, comments are not.
static void reader_said(j_common_ptr info, int level) {
  if (level >= 0) return;
  CJPEGReader *reader = reader_of(info);
  switch (info->err->msg_code) {
    case JWRN_ADOBE_XFORM:
    case JWRN_EXTRANEOUS_DATA:
    case JWRN_JFIF_MAJOR: break;
    default:
      info->err->format_message(info, reader->message);
      fail(reader, info->err->msg_code == JWRN_JPEG_EOF ? CJPEGStatusTruncated : CJPEGStatusCorrupt);
  }
  if (!reader->warning[0]) info->err->format_message(info, reader->warning);
}

static void reader_prints_nothing(j_common_ptr info) { (void)info; }

static void count_scans(j_common_ptr info) {
  if (info->is_decompressor && ((j_decompress_ptr)info)->input_scan_number > MostScans) {
    CJPEGReader *reader = reader_of(info);
    snprintf(reader->message, sizeof reader->message, "more than %d scans", MostScans);
    fail(reader, CJPEGStatusCorrupt);
  }
}

CJPEGReader *cjpeg_reader_create(const uint8_t *bytes, size_t count) {
  CJPEGReader *reader = calloc(1, sizeof *reader);
  if (!reader) return NULL;
  reader->bytes = bytes;
  reader->count = count;
  reader->info.err = jpeg_std_error(&reader->errors);
  reader->errors.error_exit = reader_failed;
  reader->errors.emit_message = reader_said;
  reader->errors.output_message = reader_prints_nothing;
  reader->info.client_data = reader;
  if (setjmp(reader->failure)) {
    cjpeg_reader_destroy(reader);
    return NULL;
  }
  // Leaves `err` and `client_data` as they are.
  jpeg_create_decompress(&reader->info);
  reader->progress.progress_monitor = count_scans;
  reader->info.progress = &reader->progress;
  return reader;
}

void cjpeg_reader_destroy(CJPEGReader *reader) {
  if (!reader) return;
  jpeg_destroy_decompress(&reader->info);
  free(reader);
}

CJPEGStatus cjpeg_reader_header(
    CJPEGReader *reader, uint32_t maxWidth, uint32_t maxHeight, uint64_t maxPixels, CJPEGHeader *header) {
  memset(header, 0, sizeof *header);
  if (reader->count < 2 || reader->bytes[0] != 0xff || reader->bytes[1] != 0xd8) return CJPEGStatusNotJPEG;
  j_decompress_ptr info = &reader->info;
  if (setjmp(reader->failure)) return reader->status;
  // Only reads, although it asks for more.
  jpeg_mem_src(info, (unsigned char *)reader->bytes, reader->count);
  jpeg_read_header(info, TRUE);
  header->width = info->image_width;
  header->height = info->image_height;
  if (header->width > maxWidth || header->height > maxHeight ||
      (uint64_t)header->width * header->height > maxPixels)
    return CJPEGStatusTooLarge;
  switch (info->jpeg_color_space) {
    case JCS_GRAYSCALE: header->color = CJPEGColorGray; break;
    case JCS_RGB:
    case JCS_YCbCr: header->color = CJPEGColorRGB; break;
    case JCS_CMYK:
    case JCS_YCCK: header->color = CJPEGColorCMYK; break;
    default: header->color = CJPEGColorOther;
  }
  if (jpeg_has_multiple_scans(info)) {
    for (int i = 0; i < info->num_components; i++) {
      const jpeg_component_info *component = &info->comp_info[i];
      header->workBytes += (uint64_t)component->width_in_blocks * component->height_in_blocks * sizeof(JBLOCK);
    }
  }
  return CJPEGStatusDone;
}

CJPEGStatus cjpeg_reader_pixels(CJPEGReader *reader, uint8_t *pixels) {
  j_decompress_ptr info = &reader->info;
  if (setjmp(reader->failure)) return reader->status;
  info->out_color_space = JCS_EXT_RGBA;
  info->dct_method = JDCT_ISLOW;
  jpeg_start_decompress(info);
  if (info->output_components != 4) {
    snprintf(reader->message, sizeof reader->message, "unexpected number of channels");
    return CJPEGStatusCorrupt;
  }
  size_t stride = (size_t)info->output_width * 4;
  while (info->output_scanline < info->output_height) {
    JSAMPROW row = pixels + info->output_scanline * stride;
    jpeg_read_scanlines(info, &row, 1);
  }
  jpeg_finish_decompress(info);
  return CJPEGStatusDone;
}

const char *cjpeg_reader_message(const CJPEGReader *reader) { return reader->message; }

const char *cjpeg_reader_warning(const CJPEGReader *reader) { return reader->warning; }
