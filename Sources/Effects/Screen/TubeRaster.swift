import CVector
import Catalog
import Raster

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// How the lines of a tube lie on the picture.
struct TubeLayout: Sendable {
  /// Lines and samples along them that are held; 0 is the first of the trimmed picture.
  let lines, samples: Range<Int>
  /// Groups of ``samplesPerLine`` samples: as wide as a line is high.
  let cells: Range<Int>
  /// Upper edge of line 0 and left edge of sample 0, pixels.
  let origin: Double
  /// Distance of lines, and of samples, pixels.
  let pitch, samplePitch: Double
  /// Deviations of the two parts of the spot, in lines, seen by pixels.
  let narrow, wide: Double
  /// Lines above and below the nearest one that a place gets light from.
  let narrowReach, wideReach: Int
  /// Deviations along the line, in samples, which the raster's own averaging and splines bring to those of the spot.
  let narrowAlong, wideAlong: Double
  /// Lines by which the guns may differ.
  let gunReach: Int
  /// Deviation of the light that wanders in the glass, lines.
  let glowDeviation: Double
  /// Taps of pixels on the samples, and samples kept beside those that are held, for them.
  let columnTaps, pad: Int

  static let samplesPerLine = 3
  /// Narrower spots would need more than floats can hold on the way.
  private static let narrowest = 0.13

  init(_ settings: CRT, region: PixelRect, _ geometry: Geometry) {
    // A raster much finer than the picture would cost memory and show nothing.
    let count = max(1, min(settings.lines, 2 * max(1, geometry.trimHeight)))
    let pitch = Double(max(1, geometry.trimHeight)) / Double(count)
    let samplePitch = pitch / Double(TubeLayout.samplesPerLine)
    let origin = Double(geometry.bleed)
    func range(_ low: Int, _ high: Int, _ pitch: Double) -> Range<Int> {
      let first = Int(((Double(low) - origin) / pitch).rounded(.down))
      return first..<max(first + 1, Int(((Double(high) - origin) / pitch).rounded(.up)))
    }
    lines = range(region.minY, region.maxY, pitch)
    cells = range(region.minX, region.maxX, pitch)
    samples =
      cells.lowerBound * TubeLayout.samplesPerLine..<cells.upperBound * TubeLayout.samplesPerLine
    self.origin = origin
    self.pitch = pitch
    self.samplePitch = samplePitch
    let footprint = PatternFade.variance(frequency: 1 / pitch)
    let spot = max(TubeLayout.narrowest, Double(settings.spot))
    let grown = max(spot, min(1.2, spot * Double(settings.spotGrowth)))
    narrow = (spot * spot + footprint).squareRoot()
    wide = (grown * grown + footprint).squareRoot()
    func reach(_ deviation: Double) -> Int { max(1, Int((3.25 * deviation - 0.5).rounded(.up))) }
    narrowReach = reach(narrow)
    wideReach = reach(wide)
    // A sample is a mean over its width (1/12), the spline between samples adds 1/3.
    func along(_ deviation: Double) -> Double {
      let samples = deviation * Double(TubeLayout.samplesPerLine)
      return max(0, samples * samples - 1.0 / 3 - 1.0 / 12).squareRoot()
    }
    narrowAlong = along(spot)
    wideAlong = along(grown)
    glowDeviation = max(0, min(120, settings.halationRadius * Double(geometry.trimHeight) / pitch))
    let guns = Guns(settings, geometry)
    let differing = guns.missY(0, at: .infinity) - guns.missY(2, at: .infinity)
    gunReach = Int((differing / pitch).rounded(.up)) + 1
    columnTaps = Int((1 / samplePitch).rounded(.up)) + 4
    pad = columnTaps + 2
  }

  var lineReach: Int { max(narrowReach, wideReach) }

  /// Floats of a row: eight for a sample.
  var lineWidth: Int { 8 * (samples.count + 2 * pad) }
  var glowWidth: Int { 8 * (cells.count + 2 * pad) }

  /// What the raster's planes take.
  var bytes: Int {
    Plane.bytes(width: lineWidth, height: lines.count)
      + 2 * Plane.bytes(width: glowWidth, height: lines.count)
  }
}

/// The lines that the beams write: eight floats for each sample, so that all fields are brought to the picture's columns
/// at once. Red, green, blue of the narrow part of the spot, then of the wide part, then alpha.
final class TubeRaster: @unchecked Sendable {
  let layout: TubeLayout
  private let lines: Plane
  /// The light that wanders in the glass, one cell as wide as a line is high; red, green, blue of eight floats.
  private let glow: Plane?
  /// Whether nothing is transparent.
  let isOpaque: Bool

  /// The light at which half goes into the wide part of the spot.
  static let half: Float = 0.5

  init(
    _ settings: CRT, _ layout: TubeLayout, frame: Framebuffer, _ geometry: Geometry, workers: Workers
  ) throws(OutOfMemory) {
    self.layout = layout
    let lines = try Plane(width: layout.lineWidth, height: layout.lines.count)
    let glows = settings.glassHalation > 0
    let spread = glows ? try Plane(width: layout.glowWidth, height: layout.lines.count) : nil
    let glow = glows ? try Plane(width: layout.glowWidth, height: layout.lines.count) : nil
    self.lines = lines
    self.glow = glow
    let opaque = UnsafeMutablePointer<Bool>.allocate(capacity: layout.lines.count)
    opaque.initialize(repeating: true, count: layout.lines.count)
    defer { opaque.deallocate() }
    nonisolated(unsafe) let isOpaque = opaque
    let guns = Guns(settings, geometry)
    let batch = 4
    workers.each((layout.lines.count + batch - 1) / batch) { job in
      let capture = LineCapture(
        region: frame.region, origin: layout.origin, pitch: layout.samplePitch, samples: layout.samples)
      let writer = LineWriter(settings, layout, guns)
      for index in job * batch..<min(layout.lines.count, (job + 1) * batch) {
        let top = layout.origin + Double(layout.lines.lowerBound + index) * layout.pitch
        capture.capture(frame, top: top, bottom: top + layout.pitch, limit: CRT.brightest)
        isOpaque[index] = capture.isOpaque
        writer.write(capture.samples, into: lines.row(index), glow: spread?.row(index))
      }
    }
    self.isOpaque = (0..<layout.lines.count).allSatisfy { opaque[$0] }
    guard let spread, let glow else { return }
    let filter = SymmetricFilter(gaussian: layout.glowDeviation)
    workers.each(layout.lines.count) { index in
      let out = glow.row(index)
      out.update(repeating: 0, count: layout.glowWidth)
      for k in -filter.reach...filter.reach {
        let weight = filter.weights[abs(k)]
        let row = spread.row(max(0, min(layout.lines.count - 1, index + k)))
        for i in stride(from: 0, to: layout.glowWidth, by: 8) {
          v8_store(out + i, v8_load(out + i) + v8_load(row + i) * weight)
        }
      }
    }
  }

  private func index(_ line: Int) -> Int {
    max(0, min(layout.lines.count - 1, line - layout.lines.lowerBound))
  }

  /// Brings line `line` (the nearest one held) to the columns `range` of `columns`, times `gain` field by field:
  /// channel c begins at `out` + c · `stride`. Writes whole vectors.
  func expand(
    _ line: Int, _ columns: AreaTaps, _ range: Range<Int>, gain: v8f,
    into out: UnsafeMutablePointer<Float>, stride: Int
  ) {
    let source = lines.row(index(line)) - 8 * (layout.samples.lowerBound - layout.pad)
    TubeRaster.expand(source, columns, range, gain: gain, into: out, stride: stride)
  }

  /// The same for the light that wanders in the glass.
  func expandGlow(
    _ line: Int, _ columns: AreaTaps, _ range: Range<Int>, gain: v8f,
    into out: UnsafeMutablePointer<Float>, stride: Int
  ) {
    guard let glow else { return }
    let source = glow.row(index(line)) - 8 * (layout.cells.lowerBound - layout.pad)
    TubeRaster.expand(source, columns, range, gain: gain, into: out, stride: stride)
  }

  private static func expand(
    _ source: UnsafePointer<Float>, _ columns: AreaTaps, _ range: Range<Int>, gain: v8f,
    into out: UnsafeMutablePointer<Float>, stride: Int
  ) {
    let taps = columns.count
    withUnsafeTemporaryAllocation(of: Float.self, capacity: 64) { block in
      guard let block = block.baseAddress else { return }
      var x = 0
      while x < range.count {
        for lane in 0..<8 {
          // Beyond the picture its last columns are repeated.
          let column = max(0, min(columns.pixels - 1, range.lowerBound + x + lane))
          let weights = columns.weights + column * taps
          var p = source + 8 * Int(columns.first[column])
          var sum = v8_load(p) * weights[0]
          for tap in 1..<taps {
            p += 8
            sum += v8_load(p) * weights[tap]
          }
          v8_store(block + 8 * lane, sum * gain)
        }
        v8_transpose(block, 8, out + x, stride)
        x += 8
      }
    }
  }
}

/// By how much the guns for red and blue miss the place where green falls: a little everywhere, more towards the edges.
struct Guns: Sendable {
  private let error, centerX, centerY, halfWidth, halfHeight: Double
  private static let share = 0.35

  init(_ settings: CRT, _ geometry: Geometry) {
    error = settings.convergence * Double(geometry.trimHeight)
    halfWidth = max(0.5, Double(geometry.trimWidth) / 2)
    halfHeight = max(0.5, Double(geometry.trimHeight) / 2)
    centerX = Double(geometry.bleed) + halfWidth
    centerY = Double(geometry.bleed) + halfHeight
  }

  private func sign(_ channel: Int) -> Double { channel == 0 ? 1 : channel == 2 ? -1 : 0 }

  /// Pixels to the right at column `x`.
  func missX(_ channel: Int, at x: Double) -> Double {
    let place = max(-2, min(2, (x - centerX) / halfWidth))
    return sign(channel) * error * (0.8 * Guns.share + (1 - Guns.share) * place)
  }

  /// Pixels down at row `y`.
  func missY(_ channel: Int, at y: Double) -> Double {
    let place = max(-2, min(2, (y - centerY) / halfHeight))
    return sign(channel) * error * (0.5 * Guns.share + (1 - Guns.share) * place)
  }
}

/// Makes one line of a picture's light into what the beams write; for one thread.
private final class LineWriter {
  private let layout: TubeLayout
  private let guns: Guns
  private let direct, scattered: Float
  private let narrow, wide, glow: SymmetricFilter
  private let storage: UnsafeMutablePointer<Float>
  private let moved, part, blurred, brightest: UnsafeMutablePointer<Float>
  private let margin: Int

  init(_ settings: CRT, _ layout: TubeLayout, _ guns: Guns) {
    self.layout = layout
    self.guns = guns
    scattered = max(0, min(1, settings.glassHalation))
    direct = 1 - scattered
    narrow = SymmetricFilter(gaussian: layout.narrowAlong)
    wide = SymmetricFilter(gaussian: layout.wideAlong)
    glow = SymmetricFilter(gaussian: layout.glowDeviation)
    margin = max(narrow.reach, wide.reach, glow.reach) + layout.pad
    let room = layout.samples.count + 2 * margin + 32
    storage = .allocate(capacity: 4 * room)
    storage.update(repeating: 0, count: 4 * room)
    moved = storage
    part = storage + room
    blurred = storage + 2 * room
    brightest = storage + 3 * room
  }

  deinit { storage.deallocate() }

  /// Filters `count` samples that lie at ``part`` + margin, continued to both sides, and puts them with their pads into
  /// field `field` of `out`.
  private func put(_ filter: SymmetricFilter, count: Int, field: Int, into out: UnsafeMutablePointer<Float>) {
    let (first, last) = (part[margin], part[margin + count - 1])
    for i in 0..<margin {
      part[i] = first
      part[margin + count + i] = last
    }
    let padded = count + 2 * layout.pad
    filter.apply(part + margin - layout.pad - filter.reach, count: padded, into: blurred)
    for i in 0..<padded { out[8 * i + field] = blurred[i] }
  }

  func write(
    _ samples: [UnsafeMutablePointer<Float>], into out: UnsafeMutablePointer<Float>,
    glow glowOut: UnsafeMutablePointer<Float>?
  ) {
    let count = layout.samples.count
    for i in 0..<count { brightest[i] = max(samples[0][i], samples[1][i], samples[2][i], 0) }
    /// What a beam spreads by: half its own current, half that of the strongest, since they draw on one supply.
    func load(_ i: Int) -> Float { 0.5 * (moved[i] + brightest[i]) }
    for channel in 0..<3 {
      let light = samples[channel]
      if let glowOut {
        let n = TubeLayout.samplesPerLine
        for cell in 0..<layout.cells.count {
          var sum: Float = 0
          for k in 0..<n { sum += light[n * cell + k] }
          part[margin + cell] = sum * (scattered / Float(n))
        }
        put(glow, count: layout.cells.count, field: channel, into: glowOut)
      }
      miss(light, channel, count)
      for i in 0..<count {
        let light = moved[i] * direct
        part[margin + i] = light * (TubeRaster.half / (load(i) + TubeRaster.half))
      }
      put(narrow, count: count, field: channel, into: out)
      for i in 0..<count {
        let light = moved[i] * direct
        part[margin + i] = light * (load(i) / (load(i) + TubeRaster.half))
      }
      put(wide, count: count, field: 3 + channel, into: out)
    }
    for i in 0..<count { part[margin + i] = samples[3][i] }
    put(narrow, count: count, field: 6, into: out)
    for i in 0..<count + 2 * layout.pad { out[8 * i + 7] = 0 }
    if let glowOut {
      for i in 0..<layout.cells.count + 2 * layout.pad { for k in 3..<8 { glowOut[8 * i + k] = 0 } }
    }
  }

  /// Where the gun of a channel puts the light.
  private func miss(_ light: UnsafePointer<Float>, _ channel: Int, _ count: Int) {
    guard channel != 1 else {
      moved.update(from: light, count: count)
      return
    }
    let first = layout.samples.lowerBound
    for i in 0..<count {
      let x = layout.origin + (Double(first + i) + 0.5) * layout.samplePitch
      let place = Double(i) - guns.missX(channel, at: x) / layout.samplePitch
      let whole = place.rounded(.down)
      let t = Float(place - whole)
      let n = Int(max(-2, min(Double(count) + 1, whole)))
      let a = light[max(0, min(count - 1, n))]
      let b = light[max(0, min(count - 1, n + 1))]
      moved[i] = a + (b - a) * t
    }
  }
}
