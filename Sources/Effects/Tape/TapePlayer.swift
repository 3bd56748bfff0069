import CVector
import Raster

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Reads lines from the tape's raster (dropouts covered, time base, comb filter, decoding) and draws them onto rows of
/// the picture; for one thread.
final class TapePlayer {
  private let tape: TapeRaster
  private let faults: TapeFaults
  private let chain: SignalChain
  private let layout: TapeRaster.Layout
  private let columns: AreaTaps
  private let taps, width, count, colorCount, blocks: Int
  /// Samples by which luma is read later than it was written: what the ringing filters have delayed it by.
  private let lead: Double
  private let toRGB: RowMatrix
  /// Blocks of eight lines brought to the picture's columns, in linear light: red, green, blue, alpha of each line.
  private let ring: UnsafeMutablePointer<Float>
  private let ringStride: Int
  private var held: [Int?]
  private var opaque: [Bool]
  /// Y', I, Q and alpha of eight lines, then room for what is done to one.
  private let rows, lanes, scratch, color: UnsafeMutablePointer<Float>
  private let rowStride: Int

  /// Lines above a dropout that may cover it.
  static let farthestLine = 4

  init(tape: TapeRaster, faults: TapeFaults, chain: SignalChain, columns: AreaTaps, taps: Int) {
    self.tape = tape
    self.faults = faults
    self.chain = chain
    self.columns = columns
    self.taps = taps
    layout = tape.layout
    width = columns.pixels
    count = layout.count
    colorCount = layout.colorCount
    lead = (chain.ringing?.delay ?? 0) * Double(max(1, faults.settings.generations))
    toRGB = RowMatrix(VideoColor.toRGB)
    blocks = TapePlayer.blocks(taps)
    ringStride = width + 8
    ring = .allocate(capacity: blocks * 32 * ringStride)
    ring.update(repeating: 0, count: blocks * 32 * ringStride)
    held = Array(repeating: nil, count: blocks)
    opaque = Array(repeating: true, count: blocks)
    rowStride = count + 24
    rows = .allocate(capacity: 32 * rowStride)
    rows.update(repeating: 0, count: 32 * rowStride)
    lanes = .allocate(capacity: 8 * max(rowStride, 64))
    lanes.update(repeating: 0, count: 8 * max(rowStride, 64))
    scratch = .allocate(capacity: 2 * rowStride)
    scratch.update(repeating: 0, count: 2 * rowStride)
    color = .allocate(capacity: 2 * (colorCount + 16))
    color.update(repeating: 0, count: 2 * (colorCount + 16))
  }

  deinit {
    ring.deallocate()
    rows.deallocate()
    lanes.deallocate()
    scratch.deallocate()
    color.deallocate()
  }

  private static func blocks(_ taps: Int) -> Int { (taps + 6) / 8 + 1 }

  static func bytes(_ layout: TapeRaster.Layout, width: Int, taps: Int) -> Int {
    4 * (blocks(taps) * 32 * (width + 8) + (32 + 8 + 2) * (layout.count + 64) + 2 * (layout.colorCount + 16))
  }

  /// Replaces a row of the picture by the light of the lines that cover it.
  func draw(_ row: Row, row index: Int, beam: Beam) {
    let first = beam.first[index]
    withUnsafeTemporaryAllocation(of: UnsafePointer<Float>.self, capacity: taps) { sources in
      withUnsafeTemporaryAllocation(of: Float.self, capacity: taps) { weights in
        var used = 0
        var allOpaque = true
        for tap in 0..<taps {
          let weight = beam.weights[index * taps + tap]
          guard weight > 1e-6 else { continue }
          let line = first + tap
          let block = TapeRaster.Layout.block(of: line)
          let slot = ((block % blocks) + blocks) % blocks
          if held[slot] != block {
            read(block, slot)
            held[slot] = block
          }
          allOpaque = allOpaque && opaque[slot]
          sources[used] = UnsafePointer(ring + (slot * 32 + line - 8 * block) * ringStride)
          weights[used] = weight
          used += 1
        }
        add(sources, weights, used, profile: beam.profile[index], opaque: allOpaque, to: row)
      }
    }
  }

  private func add(
    _ sources: UnsafeMutableBufferPointer<UnsafePointer<Float>>, _ weights: UnsafeMutableBufferPointer<Float>,
    _ used: Int, profile: Float, opaque: Bool, to row: Row
  ) {
    let channel = 8 * ringStride
    row.mapVectors { r, g, b, _, i in
      r = v8_splat(0)
      g = r
      b = r
      for k in 0..<used {
        let w = weights[k]
        let p = sources[k] + i
        r += v8_load(p) * w
        g += v8_load(p + channel) * w
        b += v8_load(p + 2 * channel) * w
      }
      // The spot of a bright line is wider: its gaps fill up.
      let bright = v8_min((r + g + b) * (1.0 / 3), v8_splat(1))
      let k = 1 + (1 - v8_sqrt(bright) * 0.55) * profile
      r *= k
      g *= k
      b *= k
    }
    if !opaque {
      for x in 0..<row.count {
        var sum: Float = 0
        for k in 0..<used { sum += sources[k][3 * channel + x] * weights[k] }
        row.alpha[x] = TapePlayer.coverage(sum)
      }
    }
  }

  /// Alpha within 0…1. The weights of filters add up to 1 but for rounding: what comes from nothing but opaque
  /// pixels is opaque, whether or not there are others further along the line.
  @inline(__always)
  private static func coverage(_ value: Float) -> Float { value > 1 - 1e-4 ? 1 : max(0, value) }

  private func row(_ channel: Int, _ lane: Int) -> UnsafeMutablePointer<Float> {
    rows + (channel * 8 + lane) * rowStride
  }

  /// Plays the lines of a block and brings them to the picture's columns.
  private func read(_ block: Int, _ slot: Int) {
    var allOpaque = true
    for lane in 0..<8 {
      let line = 8 * block + lane
      let fault = faults.line(line)
      let index = tape.index(line)
      allOpaque = allOpaque && tape.opaque[index]
      shift(covered(line, fault), fault, by: -lead, into: row(0, lane))
      playColor(line, fault, lane)
      if tape.opaque[index] {
        row(3, lane).update(repeating: 1, count: count)
      } else {
        shift(tape.alpha.row(index), fault, by: 0, into: row(3, lane))
        for n in 0..<count { row(3, lane)[n] = TapePlayer.coverage(row(3, lane)[n]) }
      }
      if fault.isTorn { blank(fault, lane) }
      let out = Row(
        red: row(0, lane), green: row(1, lane), blue: row(2, lane), alpha: row(3, lane), count: count)
      out.mapVectors { y, i, q, _, _ in toRGB.apply(&y, &i, &q) }
    }
    opaque[slot] = allOpaque
    for channel in 0..<(allOpaque ? 3 : 4) {
      var n = 0
      while n < count {
        v8_transpose(row(channel, 0) + n, rowStride, lanes + 8 * n, 8)
        n += 8
      }
      expand(to: ring + (slot * 32 + channel * 8) * ringStride, isLight: channel < 3)
    }
    if allOpaque {
      (ring + (slot * 32 + 24) * ringStride).update(repeating: 1, count: 8 * ringStride)
    }
  }

  /// Blacks out what is no picture: a torn line lets the gap between two lines be seen.
  private func blank(_ fault: TapeFaults.Line, _ lane: Int) {
    let perMicrosecond = faults.width / VHS.activeLine
    // The porch beside a picture is not seen at once: pictures are sent a little wider than they are shown.
    let (porch, edge) = (0.6 * perMicrosecond, 0.15 * perMicrosecond)
    let turn = max(0, min(count, fault.turn - layout.samples.lowerBound))
    for n in 0..<count {
      let place = Double(n) - (n < turn && fault.turn != 0 ? fault.shift : fault.shiftAfter)
      let beyond = max(-place, place - Double(count - 1)) - porch
      guard beyond > 0 else { continue }
      let kept = Float(max(0, 1 - beyond / edge))
      for channel in 0..<3 { row(channel, lane)[n] *= kept }
    }
  }

  /// Y' of a line, with the line before in the place of dropouts.
  private func covered(_ line: Int, _ fault: TapeFaults.Line) -> UnsafePointer<Float> {
    let own = tape.luma.row(tape.index(line))
    guard !fault.covered.isEmpty else { return UnsafePointer(own) }
    let patched = scratch + rowStride
    patched.update(from: own, count: count)
    let first = Double(layout.samples.lowerBound)
    let perMicrosecond = faults.width / VHS.activeLine
    for dropout in fault.covered {
      // The deck repeats what it put out a line before; that may have been a repetition, too.
      let source = (1...TapePlayer.farthestLine).first { distance in
        !faults.line(line - distance).covered.contains {
          $0.start < dropout.start + dropout.length && dropout.start < $0.start + $0.length
        }
      }
      let before = tape.luma.row(tape.index(line - (source ?? 1)))
      // It notices late, and lets go late.
      let low = dropout.start + 0.12 * perMicrosecond - first
      let high = dropout.start + dropout.length + 0.5 * perMicrosecond - first
      let edge = 0.1 * perMicrosecond
      let from = max(0, min(count, Int(low)))
      let to = max(from, min(count, Int(high + edge) + 1))
      for n in from..<to {
        let x = Double(n)
        let k = Float(max(0, min(1, min((x - low) / edge, (high + edge - x) / edge))))
        patched[n] += (before[n] - patched[n]) * k
      }
    }
    return UnsafePointer(patched)
  }

  /// I and Q of a line: those of the lines above mixed in by the comb filter, hue turned, brought to the samples of
  /// luma.
  private func playColor(_ line: Int, _ fault: TapeFaults.Line, _ lane: Int) {
    let sink = faults.sink.rounded(.down)
    let share = Float(faults.sink - sink)
    let (near, far) = (tape.index(line - Int(sink)), tape.index(line - Int(sink) - 1))
    let (i, q) = (color, color + colorCount + 16)
    for (plane, out) in [(tape.inPhase, i), (tape.quadrature, q)] {
      let (a, b) = (plane.row(near), plane.row(far))
      for n in 0..<colorCount { out[n] = a[n] + (b[n] - a[n]) * share }
    }
    let rate = TapeRaster.Layout.decimation
    let turn = max(0, min(count, fault.turn - layout.samples.lowerBound))
    let whole = fault.turn == 0 ? 0 : turn
    rotate(i, q, 0..<whole / rate, fault.hue)
    rotate(i, q, whole / rate..<colorCount, fault.hueAfter)
    for (source, channel) in [(i, 1), (q, 2)] {
      spread(UnsafePointer(source), fault.shift + faults.delay, 0..<whole, into: row(channel, lane))
      spread(
        UnsafePointer(source), fault.shiftAfter + faults.delay, whole..<count, into: row(channel, lane))
    }
  }

  private func rotate(
    _ i: UnsafeMutablePointer<Float>, _ q: UnsafeMutablePointer<Float>, _ range: Range<Int>, _ angle: Double
  ) {
    guard angle != 0 else { return }
    let (c, s) = (Float(cos(angle)), Float(sin(angle)))
    for n in range {
      let (x, y) = (i[n], q[n])
      i[n] = x * c - y * s
      q[n] = x * s + y * c
    }
  }

  /// A row of color at the samples `range` of the line, shifted to the right, by cubic B-splines.
  private func spread(
    _ source: UnsafePointer<Float>, _ shift: Double, _ range: Range<Int>,
    into out: UnsafeMutablePointer<Float>
  ) {
    let rate = TapeRaster.Layout.decimation
    let bounded = max(-1e6, min(1e6, shift))
    for phase in 0..<rate {
      // Sample 4 m + phase lies at this place, counted in samples of color from m.
      let place = (Double(phase) - bounded + 0.5) / Double(rate) - 0.5
      let whole = place.rounded(.down)
      let t = Float(place - whole)
      let s = 1 - t
      let w0 = s * s * s / 6
      let w3 = t * t * t / 6
      let w1 = (4 - 6 * t * t + 3 * t * t * t) / 6
      let w2 = (4 - 6 * s * s + 3 * s * s * s) / 6
      var n = range.lowerBound + ((phase - range.lowerBound) % rate + rate) % rate
      var m = n / rate + Int(whole) - 1
      while n < range.upperBound {
        if m >= 0, m + 3 < colorCount {
          out[n] = source[m] * w0 + source[m + 1] * w1 + source[m + 2] * w2 + source[m + 3] * w3
        } else {
          func at(_ k: Int) -> Float { source[SplineShift.mirrored(k, colorCount)] }
          out[n] = at(m) * w0 + at(m + 1) * w1 + at(m + 2) * w2 + at(m + 3) * w3
        }
        n += rate
        m += 1
      }
    }
  }

  private func shift(
    _ source: UnsafePointer<Float>, _ fault: TapeFaults.Line, by extra: Double,
    into out: UnsafeMutablePointer<Float>
  ) {
    let turn = max(0, min(count, fault.turn - layout.samples.lowerBound))
    let whole = fault.turn == 0 ? 0 : turn
    SplineShift.apply(
      source, count: count, shift: fault.shift + extra, range: 0..<whole, scratch: scratch, into: out)
    SplineShift.apply(
      source, count: count, shift: fault.shiftAfter + extra, range: whole..<count, scratch: scratch, into: out
    )
  }

  /// Brings eight interleaved lines to the picture's columns, and to linear light.
  private func expand(to out: UnsafeMutablePointer<Float>, isLight: Bool) {
    let taps = columns.count
    let start = layout.samples.lowerBound
    let last = count - 1
    withUnsafeTemporaryAllocation(of: Float.self, capacity: 64) { tile in
      guard let tile = tile.baseAddress else { return }
      tile.update(repeating: 0, count: 64)
      var x = 0
      while x < width {
        let pixels = min(8, width - x)
        for k in 0..<pixels {
          let first = Int(columns.first[x + k]) - start
          let weights = columns.weights + (x + k) * taps
          var sum = v8_splat(0)
          if first >= 0, first + taps <= count {
            let p = lanes + 8 * first
            for tap in 0..<taps { sum += v8_load(p + 8 * tap) * weights[tap] }
          } else {
            for tap in 0..<taps {
              sum += v8_load(lanes + 8 * max(0, min(last, first + tap))) * weights[tap]
            }
          }
          v8_store(tile + 8 * k, isLight ? VideoColor.light(sum) : sum)
        }
        // Rows have room for eight more than the picture is wide.
        v8_transpose(tile, 8, out + x, ringStride)
        x += 8
      }
    }
  }
}
