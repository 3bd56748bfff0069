import CVector
import Catalog
import Raster

/// Puts blocks of eight lines on the tape and takes their signal off it again, up to the point where lines matter to
/// each other. For one thread.
///
/// Along a line a block is laid out sample by sample, its eight lines in the lanes of a vector: filters with memory
/// run over all eight at once.
final class TapeRecorder {
  private let tape: TapeRaster
  private let faults: TapeFaults
  private let chain: SignalChain
  private let layout: TapeRaster.Layout
  private let capture: LineCapture
  private let settings: VHS
  private let count, colorCount, colorMargin: Int
  /// Eight rows of Y', I, Q and alpha, then the blocks.
  private let rows, storage: UnsafeMutablePointer<Float>
  private let rowStride: Int
  private let luma, played, re, im, envelope, deviation, inPhase, quadrature,
    tint: UnsafeMutablePointer<Float>

  init(tape: TapeRaster, faults: TapeFaults, chain: SignalChain, region: PixelRect) {
    self.tape = tape
    self.faults = faults
    self.chain = chain
    settings = faults.settings
    layout = tape.layout
    capture = LineCapture(
      region: region, origin: layout.originX, pitch: layout.pitchX, samples: layout.samples)
    count = layout.count
    colorCount = layout.colorCount
    colorMargin = chain.color.reach
    rowStride = layout.count + 16
    rows = .allocate(capacity: 4 * 8 * rowStride)
    rows.update(repeating: 0, count: 4 * 8 * rowStride)
    let block = 8 * (count + 8 + 2 * SignalChain.margin)
    let colorBlock = 8 * (colorCount + 8 + 2 * colorMargin)
    storage = .allocate(capacity: 6 * block + 3 * colorBlock)
    storage.update(repeating: 0, count: 6 * block + 3 * colorBlock)
    let base = storage + 8 * SignalChain.margin
    luma = base
    played = base + block
    re = base + 2 * block
    im = base + 3 * block
    envelope = base + 4 * block
    deviation = base + 5 * block
    let colors = storage + 6 * block + 8 * colorMargin
    inPhase = colors
    quadrature = colors + colorBlock
    tint = colors + 2 * colorBlock
  }

  deinit {
    rows.deallocate()
    storage.deallocate()
  }

  static func bytes(_ layout: TapeRaster.Layout, width: Int) -> Int {
    let samples = layout.count + 2 * SignalChain.margin + 16
    return
      (4 * (width + layout.count + 16) + 4 * 8 * (layout.count + 16) + 6 * 8 * samples
      + 3 * 8 * (layout.colorCount + 512)) * 4
  }

  private func row(_ channel: Int, _ lane: Int) -> UnsafeMutablePointer<Float> {
    rows + (channel * 8 + lane) * rowStride
  }

  /// Records the lines of block `block` of those that are held.
  func record(_ frame: Framebuffer, block: Int) {
    let line = layout.lines.lowerBound + 8 * block
    for lane in 0..<8 {
      let top = layout.originY + Double(line + lane) * layout.pitchY
      let more = layout.pitchY * (settings.lineHeight - 1) / 2
      capture.capture(
        frame, top: top - more, bottom: top + layout.pitchY + more, limit: VHS.brightest)
      tape.opaque[8 * block + lane] = capture.isOpaque
      VideoColor.encode(capture.samples, count: count)
      for channel in 0..<4 {
        row(channel, lane).update(from: capture.samples[channel], count: count)
        if channel < 3, settings.ghosting > 0 {
          addGhost(to: row(channel, lane), of: capture.samples[channel])
        }
      }
    }
    let isWeak = fillEnvelope(line)
    recordColor(line, isWeak, block: block)
    recordLuma(line, isWeak, block: block)
    recordAlpha(block)
  }

  /// The aerial receives the picture twice. Level is kept: flat fields stay as they are.
  private func addGhost(to row: UnsafeMutablePointer<Float>, of source: UnsafePointer<Float>) {
    let strength = 0.4 * settings.ghosting
    let way = Int((Double(settings.ghostDelay) * settings.width / VHS.activeLine).rounded())
    for n in 0..<count {
      let m = max(0, min(count - 1, n - way))
      row[n] = (source[n] + strength * source[m]) / (1 + strength)
    }
  }

  /// Rows of a channel, sample by sample.
  private func interleave(_ channel: Int, into block: UnsafeMutablePointer<Float>) {
    var n = 0
    while n < count {
      v8_transpose(row(channel, 0) + n, rowStride, block + 8 * n, 8)
      n += 8
    }
  }

  /// Writes a block to rows of a plane.
  private func store(_ block: UnsafePointer<Float>, count: Int, to plane: Plane, row: Int) {
    let out = plane.row(row)
    let stride = plane.row(row + 1) - out
    var n = 0
    while n < count {
      v8_transpose(block + 8 * n, 8, out + n, stride)
      n += 8
    }
  }

  /// Continues a block at both ends as it begins and ends.
  private func extend(_ block: UnsafeMutablePointer<Float>, count: Int, by margin: Int) {
    let (first, last) = (v8_load(block), v8_load(block + 8 * (count - 1)))
    for n in 1..<max(1, margin) + 1 {
      v8_store(block - 8 * n, first)
      v8_store(block + 8 * (count - 1 + n), last)
    }
  }

  private func filter(
    _ block: UnsafePointer<Float>, count: Int, _ filter: SymmetricFilter,
    into out: UnsafeMutablePointer<Float>
  ) {
    let reach = filter.reach
    filter.weights.withUnsafeBufferPointer { weights in
      for n in 0..<count {
        let p = block + 8 * n
        var sum = v8_load(p) * weights[0]
        for k in 1..<reach + 1 { sum += (v8_load(p - 8 * k) + v8_load(p + 8 * k)) * weights[k] }
        v8_store(out + 8 * n, sum)
      }
    }
  }

  /// The strength of the carrier of all eight lines; whether any of them is weak anywhere.
  private func fillEnvelope(_ line: Int) -> Bool {
    var sound: [Int] = []
    for lane in 0..<8
    where !faults.envelope(line + lane, first: layout.samples.lowerBound, count: count, into: envelope + lane)
    {
      sound.append(lane)
    }
    guard sound.count < 8 else { return false }
    for lane in sound { for n in 0..<count { envelope[8 * n + lane] = 1 } }
    return true
  }

  // MARK: Color

  /// Color under the luma, at 40 times the frequency of lines: two components of one carrier, recorded as they are.
  ///
  /// Their carrier is not drawn out: I and Q are its complex envelope already. Not limited, they lose strength with
  /// the carrier of luma, and are switched off before the picture is lost (the color killer).
  private func recordColor(_ line: Int, _ isWeak: Bool, block: Int) {
    let rate = TapeRaster.Layout.decimation
    for (channel, target) in [(1, inPhase), (2, quadrature)] {
      interleave(channel, into: re)
      for n in count..<max(count, rate * colorCount) { v8_store(re + 8 * n, v8_load(re + 8 * (count - 1))) }
      for m in 0..<colorCount {
        let p = re + 8 * rate * m
        v8_store(
          target + 8 * m, (v8_load(p) + v8_load(p + 8) + v8_load(p + 16) + v8_load(p + 24)) * 0.25)
      }
    }
    interleave(0, into: luma)
    interleave(3, into: re)
    // How strong noise shows: as a camera's does after its gamma curve, and color's own in saturated places.
    for n in 0..<count {
      let m = 8 * (n / rate)
      let (i, q) = (v8_load(inPhase + m), v8_load(quadrature + m))
      let saturation = v8_min(v8_sqrt(i * i + q * q), v8_splat(0.6))
      let a = v8_clamp(v8_load(re + 8 * n), 0, 1)
      let level = v8_clamp(v8_load(luma + 8 * n), 0, 1)
      v8_store(deviation + 8 * n, (1.15 - level + saturation * 0.5) * a)
    }
    let strength = settings.chromaNoise * chain.colorNoise * Float(settings.speed.noise)
    let keys = LaneNoise.keys(line, faults.noise.derived("color").low)
    for m in 0..<colorCount {
      var (i, q) = (v8_load(inPhase + 8 * m), v8_load(quadrature + 8 * m))
      let n = min(count - 1, rate * m + 2)
      var level = v8_load(deviation + 8 * n) * strength
      if isWeak {
        let e = v8_load(envelope + 8 * n)
        let t = v8_clamp((e - 0.25) * 2, 0, 1)
        let kept = t * t * (3 - t * 2)
        i *= kept
        q *= kept
        level += (1 - e) * v8_clamp(v8_load(re + 8 * n), 0, 1) * (0.02 * chain.colorNoise)
      }
      let hash = LaneNoise.hash(keys, layout.samples.lowerBound / rate + m)
      v8_store(inPhase + 8 * m, i + LaneNoise.low(hash) * level)
      v8_store(quadrature + 8 * m, q + LaneNoise.high(hash) * level)
    }
    for (source, plane) in [(inPhase, tape.inPhase), (quadrature, tape.quadrature)] {
      extend(source, count: colorCount, by: colorMargin)
      filter(source, count: colorCount, chain.color, into: tint)
      store(tint, count: colorCount, to: plane, row: 8 * block)
    }
  }

  // MARK: Luma

  /// Takes what ``recordColor(_:_:block:)`` has left in `luma` and `deviation`.
  private func recordLuma(_ line: Int, _ isWeak: Bool, block: Int) {
    let copies = max(1, settings.generations)
    let strength = settings.noise * chain.carrierNoise * Float(settings.speed.noise)
    for n in 0..<count {
      var level = v8_load(deviation + 8 * n) * strength
      // There always is some noise to be found where the carrier is not.
      if isWeak {
        level = v8_max(level, (1 - v8_load(envelope + 8 * n)) * v8_clamp(v8_load(re + 8 * n), 0, 1) * 0.06)
      }
      v8_store(deviation + 8 * n, level)
    }
    for copy in 0..<copies {
      let isLast = copy == copies - 1
      let seed = faults.noise.derived("carrier").derived(copy)
      let noise = FMChannel.Noise(
        keys: LaneNoise.keys(line, seed.low),
        deviation: settings.noise > 0 || isWeak ? UnsafePointer(deviation) : nil,
        envelope: isLast && isWeak ? UnsafePointer(envelope) : nil, first: layout.samples.lowerBound)
      if settings.fm {
        extend(luma, count: count, by: SignalChain.margin)
        filter(luma, count: count, chain.recording, into: played)
        extend(played, count: count, by: SignalChain.margin)
        chain.channel.pass(played, count: count, noise, re: re, im: im, into: luma)
      } else {
        addNoise(noise, to: luma)
        extend(luma, count: count, by: SignalChain.margin)
      }
      filter(luma, count: count, isLast ? chain.playback : chain.copying, into: played)
      if let ringing = chain.ringing { ring(played, ringing) }
      // What was played is the next recording.
      if !isLast { luma.update(from: played, count: 8 * count) }
    }
    store(played, count: count, to: tape.luma, row: 8 * block)
  }

  /// Noise without frequency modulation: there is more of it where the carrier is weak, and no sparks.
  private func addNoise(_ noise: FMChannel.Noise, to block: UnsafeMutablePointer<Float>) {
    guard let deviation = noise.deviation else { return }
    for n in 0..<count {
      var level = v8_load(deviation + 8 * n)
      if let envelope = noise.envelope { level /= v8_max(v8_load(envelope + 8 * n), v8_splat(0.1)) }
      let hash = LaneNoise.hash(noise.keys, noise.first + n)
      v8_store(block + 8 * n, v8_clamp(v8_load(block + 8 * n) + LaneNoise.low(hash) * level, -2, 3))
    }
  }

  private func ring(_ block: UnsafeMutablePointer<Float>, _ filter: RingingFilter) {
    var x1 = v8_load(block)
    var (x2, y1, y2) = (x1, x1, x1)
    for n in 0..<count {
      let x = v8_load(block + 8 * n)
      let y = (x - y2) * filter.r2 + (y1 - x1) * filter.c + x2
      v8_store(block + 8 * n, y)
      (x2, x1) = (x1, x)
      (y2, y1) = (y1, y)
    }
  }

  // MARK: Alpha

  private func recordAlpha(_ block: Int) {
    if (0..<8).allSatisfy({ tape.opaque[8 * block + $0] }) { return }
    interleave(3, into: re)
    extend(re, count: count, by: SignalChain.margin)
    filter(re, count: count, chain.coverage, into: played)
    store(played, count: count, to: tape.alpha, row: 8 * block)
  }
}
