import CFreeType
import Foundation
import Outline
import Raster
import Testing

@testable import Typography

/// Letters as large as on a sheet of 8100 × 12000 pixels, against FreeType's own rasterizer.
@Suite struct GlyphCoverageTests {
  /// The coverage of a glyph by FT_Outline_Get_Bitmap, in 256ths; rows from the top.
  private func freeType(_ url: URL, _ glyph: GlyphID, em: Int, clip: PixelRect) throws -> [UInt8] {
    var library: FT_Library?
    try #require(FT_Init_FreeType(&library) == 0)
    defer { FT_Done_FreeType(library) }
    var opened: FT_Face?
    try #require(FT_New_Face(library, url.path, 0, &opened) == 0)
    let face = try #require(opened)
    try #require(FT_Load_Glyph(face, glyph, FT_Int32(FT_LOAD_NO_SCALE)) == 0)
    let slot = try #require(face.pointee.glyph)
    // To 26.6 pixels, rounded once as FreeType's own coordinates are; larger steps would hide our own errors.
    let units = Double(face.pointee.units_per_EM)
    let count = Int(slot.pointee.outline.n_points)
    let points = try #require(slot.pointee.outline.points)
    for index in 0..<count {
      let point = points[index]
      points[index].x = FT_Pos((Double(point.x) * Double(em) * 64 / units).rounded()) - FT_Pos(clip.minX * 64)
      points[index].y = FT_Pos((Double(point.y) * Double(em) * 64 / units).rounded()) + FT_Pos(clip.maxY * 64)
    }
    var pixels = [UInt8](repeating: 0, count: clip.width * clip.height)
    let code = pixels.withUnsafeMutableBufferPointer { buffer -> FT_Error in
      var bitmap = FT_Bitmap()
      bitmap.rows = UInt32(clip.height)
      bitmap.width = UInt32(clip.width)
      bitmap.pitch = Int32(clip.width)
      bitmap.buffer = buffer.baseAddress
      bitmap.num_grays = 256
      bitmap.pixel_mode = UInt8(FT_PIXEL_MODE_GRAY.rawValue)
      return FT_Outline_Get_Bitmap(library, &slot.pointee.outline, &bitmap)
    }
    try #require(code == 0)
    return pixels
  }

  /// Tolerance: 4 % of a pixel on the mean of all border pixels, and 25 % on any one. Most of it is FreeType's: it
  /// flattens a cubic only until its control points lie within half a pixel of their places on a straight line, which
  /// leaves a tenth of a pixel between curve and line. We flatten to a twentieth. Straight borders agree to 1/64.
  @Test func straightBordersAgreeExactly() throws {
    let (worst, mean, _) = try difference("Bebas Neue", "H", em: 5003)
    #expect(worst < 0.02 && mean < 0.01, "\(worst) \(mean)")
  }

  @Test(arguments: [
    ("Bebas Neue", "S", 6000), ("League Spartan Bold", "&", 4000), ("Lexend Zetta", "Q", 3000),
    ("Kaushan Script", "g", 4000), ("Roboto Condensed Bold", "8", 5000), ("Noto Sans SC Bold", "艺", 5000),
    ("Noto Serif SC", "夜", 5000), ("Smiley Sans", "黑", 4000), ("Jura Bold", "@", 333),
  ])
  func equalsFreeType(font: String, letter: String, em: Int) throws {
    let (worst, mean, area) = try difference(font, letter, em: em)
    #expect(mean < 0.04, "mean difference \(mean)")
    #expect(worst < 0.25, "largest difference \(worst)")
    #expect(abs(area) < 0.03, "\(area) of a pixel on each of the border")
  }

  /// The largest difference of a pixel; the mean and the signed mean over pixels of the border.
  private func difference(
    _ font: String, _ letter: String, em: Int
  ) throws -> (worst: Double, mean: Double, area: Double) {
    let layout = try BundledFonts.layout(letter, font)
    let glyph = try #require(layout.glyphs.first)
    let path = glyph.glyph.path.transformed(by: .scale(Double(em), Double(em)))
    let box = path.bounds
    let clip = PixelRect(covering: box.minX - 1, box.minY - 1, box.maxX + 1, box.maxY + 1)
    let mask = CoverageMask(path: path, clip: clip, workers: Workers(count: 2))
    let reference = try freeType(BundledFonts.url(font), glyph.id, em: em, clip: clip)
    var worst = 0.0
    var sum = 0.0
    var area = 0.0
    var border = 0
    var row = [Float](repeating: 0, count: clip.width)
    for y in clip.rows {
      row.withUnsafeMutableBufferPointer { buffer in
        guard let base = buffer.baseAddress else { return }
        mask.cover(row: y, columns: clip.columns, into: base)
      }
      for x in 0..<clip.width {
        let ours = Double(row[x])
        let theirs = Double(reference[(y - clip.minY) * clip.width + x]) / 255
        worst = max(worst, abs(ours - theirs))
        guard ours > 0, ours < 1 else { continue }
        border += 1
        sum += abs(ours - theirs)
        area += ours - theirs
      }
    }
    try #require(border > 500)
    return (worst, sum / Double(border), area / Double(border))
  }
}
