import CVector
import Raster
import Stage

/// Draws a face row by row. Slopes need the rows above and below, so that they lag by one.
struct CassettePainter {
  let face: CassetteFace
  let shell: CassetteShell
  let canvas: CardCanvas
  let surface: CardCanvas.Surface
  /// Size of a texel in widths, across, down, and the larger of them.
  let stepU, stepV, texel: Float
  let ink: CassetteLabel.Ink?
  /// Cosine and sine of the turns of both hubs, one pair for each moment of the blur.
  let turns: [(left: SIMD2<Float>, right: SIMD2<Float>)]

  static let windowV: Float = 0.268
  static let hubU: Float = 0.2

  init(_ face: CassetteFace, _ canvas: CardCanvas, _ surface: CardCanvas.Surface) {
    self.face = face
    self.canvas = canvas
    self.surface = surface
    shell = face.shell
    stepU = 2 * CassetteShell.reach / Float(canvas.width)
    stepV = (CassetteShell.height + CassetteFace.foot - CassetteShell.top) / Float(canvas.height)
    texel = max(stepU, stepV)
    ink = face.label?.ink(texel: min(stepU, stepV))
    let moments = face.blur > 0.5 ? 9 : 1
    turns = (0..<moments).map { i in
      // Six teeth: a sixth of a turn changes nothing.
      let share = moments > 1 ? Float(i) / Float(moments - 1) - 0.5 : 0
      let angle = (Double(face.hub) + Double(face.blur * share)).remainder(dividingBy: 60)
      let (a, b) = (StandingFrame.circle(Float(angle) + 20), StandingFrame.circle(Float(angle) - 3))
      return (SIMD2(a.cosine, a.sine), SIMD2(b.cosine, b.sine))
    }
  }

  /// Rows of floats to work in, each longer than a row by one vector.
  private struct Scratch {
    let base: UnsafeMutablePointer<Float>
    let stride: Int
    func row(_ i: Int) -> UnsafeMutablePointer<Float> { base + i * stride }
    /// The heights of row `y`: three take turns.
    func height(_ y: Int) -> UnsafeMutablePointer<Float> { row(Slot.heights.rawValue + (y + 3) % 3) }
  }
  private enum Slot: Int {
    case heat, u, v, settled, body, grime, fold, ink, placeU, placeV
    case red, green, blue, alpha, albedoRed, albedoGreen, albedoBlue, gloss
    /// Three rows by turns, with a margin at both ends.
    case heights
    static let count = heights.rawValue + 3
  }

  func paint() {
    let width = canvas.width
    let stride = (width + 7) / 8 * 8 + 16
    withUnsafeTemporaryAllocation(of: Float.self, capacity: stride * Slot.count) { memory in
      guard let base = memory.baseAddress else { return }
      base.initialize(repeating: 0, count: stride * Slot.count)
      let scratch = Scratch(base: base, stride: stride)
      prepareColumns(scratch)
      for y in 0..<canvas.height {
        fill(row: y, scratch)
        if y == 0 { scratch.height(y - 1).update(from: scratch.height(y), count: stride) }
        if y > 0 { slopes(row: y - 1, scratch) }
      }
      let last = canvas.height - 1
      scratch.height(last + 1).update(from: scratch.height(last), count: stride)
      slopes(row: last, scratch)
    }
  }

  private func u(_ x: Int) -> v8f {
    (SIMD8<Float>(0, 1, 2, 3, 4, 5, 6, 7) + Float(x) + 0.5) * stepU - CassetteShell.reach
  }

  /// What depends on the column alone.
  private func prepareColumns(_ scratch: Scratch) {
    let heat = scratch.row(Slot.heat.rawValue)
    for x in Swift.stride(from: 0, to: canvas.width, by: 8) { v8_store(heat + x, shell.heat(u(x))) }
  }

  private func slopes(row y: Int, _ scratch: Scratch) {
    let above = scratch.height(y - 1)
    let here = scratch.height(y)
    let below = scratch.height(y + 1)
    let toX = surface.slopeX + y * canvas.width
    let toY = surface.slopeY + y * canvas.width
    let across = 0.5 / stepU
    let down = 0.5 / stepV
    let last = canvas.width - 1
    for x in 0...last {
      // Steeper is a wall, which a picture cannot show.
      toX[x] = max(-6, min(6, (here[min(last, x + 1)] - here[max(0, x - 1)]) * across))
      toY[x] = max(-6, min(6, (above[x] - below[x]) * down))
    }
  }

  // MARK: A row

  private func fill(row y: Int, _ scratch: Scratch) {
    let width = canvas.width
    let v = v8_splat(CassetteShell.top + (Float(y) + 0.5) * stepV)
    let heats = scratch.row(Slot.heat.rawValue)
    let us = scratch.row(Slot.u.rawValue)
    let vs = scratch.row(Slot.v.rawValue)
    let settleds = scratch.row(Slot.settled.rawValue)
    let bodies = scratch.row(Slot.body.rawValue)
    let placeU = scratch.row(Slot.placeU.rawValue)
    let placeV = scratch.row(Slot.placeV.rawValue)
    for x in stride(from: 0, to: width, by: 8) {
      let u = u(x)
      let heat = v8_load(heats + x)
      let source = shell.source(u: u, v: v, heat: heat)
      v8_store(us + x, source.u)
      v8_store(vs + x, source.v)
      v8_store(settleds + x, source.settled)
      v8_store(bodies + x, shell.body(source: source))
      v8_store(placeU + x, source.u * 11)
      v8_store(placeV + x, source.v * 15)
    }
    let grime = scratch.row(Slot.grime.rawValue)
    CoherentNoise(form: .fbm, octaves: 3, seed: face.seed).fill(grime, x: placeU, y: placeV, count: width)
    let fold = scratch.row(Slot.fold.rawValue)
    if shell.melt > 0, v[0] > 0.3 {
      // Lumps where plastic has settled: broad and shallow, wider than high, so that nothing looks like pleats.
      for x in stride(from: 0, to: width, by: 8) {
        v8_store(placeU + x, u(x) * 5.4 + v * 1.3)
        v8_store(placeV + x, v * 8.5 - u(x) * 0.9)
      }
      CoherentNoise(form: .fbm, octaves: 1, seed: face.seed ^ 0x5bd1).fill(
        fold, x: placeU, y: placeV, count: width)
    } else {
      fold.update(repeating: 0.5, count: width)
    }
    let inks = scratch.row(Slot.ink.rawValue)
    if let ink {
      ink.sample(inks, u: us, v: vs, count: width)
    } else {
      inks.update(repeating: 0, count: width)
    }
    for x in stride(from: 0, to: width, by: 8) { shade(x, row: y, v: v, scratch) }
    store(row: y, scratch)
  }

  private func store(row y: Int, _ scratch: Scratch) {
    let at = y * canvas.width
    let planes: [(UnsafeMutablePointer<Float>, Slot)] = [
      (canvas.red, .red), (canvas.green, .green), (canvas.blue, .blue), (canvas.alpha, .alpha),
      (surface.red, .albedoRed), (surface.green, .albedoGreen), (surface.blue, .albedoBlue),
      (surface.gloss, .gloss),
    ]
    for (plane, slot) in planes {
      (plane + at).update(from: scratch.row(slot.rawValue), count: canvas.width)
    }
  }

  /// The share of a texel that lies within an edge.
  @inline(__always)
  func cover(_ distance: v8f) -> v8f { v8_clamp(0.5 - distance * (1 / texel), 0, 1) }

  /// A step over `width`, or over a texel and a half where that is more.
  @inline(__always)
  private func step(_ distance: v8f, _ width: Float) -> v8f {
    v8_clamp(0.5 - distance * (1 / max(width, 1.5 * texel)), 0, 1)
  }

  /// A hill of light about 0: 1 / (1 + x²)².
  @inline(__always)
  private func glow(_ x: v8f) -> v8f {
    let t = 1 / (1 + x * x)
    return t * t
  }

  /// A line about 0 as a lens and a sensor see it: as strong in all when a texel is wider than the line.
  @inline(__always)
  private func line(_ distance: v8f, _ width: Float) -> v8f {
    let w = max(width, texel)
    return glow(distance * (1 / w)) * (width / w)
  }

  @inline(__always)
  private func shade(_ x: Int, row y: Int, v: v8f, _ scratch: Scratch) {
    let zero = v8_splat(0)
    let u = u(x)
    let heat = v8_load(scratch.row(Slot.heat.rawValue) + x)
    let su = v8_load(scratch.row(Slot.u.rawValue) + x)
    let sv = v8_load(scratch.row(Slot.v.rawValue) + x)
    let body = v8_load(scratch.row(Slot.body.rawValue) + x)
    let grime = v8_load(scratch.row(Slot.grime.rawValue) + x)
    let fold = v8_load(scratch.row(Slot.fold.rawValue) + x)
    let inkCover = v8_load(scratch.row(Slot.ink.rawValue) + x)
    let isFront = face.label != nil

    let alpha = cover(body)
    let molten = heat * v8_clamp((v - 0.34) * 3.6, 0, 1)
    let sound = 1 - v8_clamp(molten * 1.6, 0, 1)
    // Shell: a quarter-round rim, which catches light from behind; the thick lower part; screws.
    let rim = v8_clamp(body * (-1 / 0.015), 0, 1)
    var height = v8_sqrt(rim * (2 - rim)) * 0.015
    let paper = CassetteShell.box(su, sv, 0, 0.245, 0.435, 0.185, 0.016)
    let window = CassetteShell.box(su, sv, 0, CassettePainter.windowV, 0.265, 0.066, 0.016)
    height -= step(paper, 0.006) * 0.0035
    let trapezoid = v8_max(v8_abs(su) - 0.335 - (sv - 0.52) * 0.6, v8_abs(sv - 0.582) - 0.066)
    height += step(trapezoid, 0.022) * 0.010
    let screw = screws(su, sv)
    height -= step(screw.head, 0.005) * 0.004
    height -= screw.slot * 0.004
    // Openings for pins, two round ones and two square ones.
    let pins = v8_min(
      CassetteShell.box(v8_abs(su), sv, 0.205, 0.598, 0.017, 0.017, 0.016),
      CassetteShell.box(v8_abs(su), sv, 0.105, 0.606, 0.013, 0.011, 0.003))
    let pin = cover(pins) * sound
    height -= step(pins, 0.006) * 0.005

    // Molten plastic: lumps, folds that have piled up, heavy drops on their way, and a fillet where it turns towards us
    // and runs out level with the ground.
    height *= sound
    var runs = zero
    if shell.melt > 0, v[0] > 0.1 {
      let relief = shell.relief.height(
        u: u, v: v, settled: v8_load(scratch.row(Slot.settled.rawValue) + x), heat: heat)
      runs = relief.run
      height += relief.height + (fold - 0.5) * molten * (1 - runs * 0.6) * 0.085
      let size: v8f = heat * (fold * 0.05 + 0.055) + 1e-3
      let t = v8_clamp(1 - (CassetteShell.height - v) / size, 0, 0.9)
      height += heat * size * (1 - v8_sqrt(1 - t * t))
    }

    // What comes back of the set's light.
    let wear = grime * 0.7 + 0.62
    var red = wear * face.plastic.x
    var green = wear * face.plastic.y
    var blue = wear * face.plastic.z
    var gloss = (1.05 - grime * 0.7) * 0.42
    // What has flowed has no scratches.
    gloss += (0.95 - gloss) * v8_max(molten, runs)
    let edgeWear = step(v8_abs(body + 0.006), 0.004) * v8_clamp(grime * 3 - 1.2, 0, 1) * 0.05
    red += edgeWear
    green += edgeWear
    blue += edgeWear

    let glass = cover(window)
    var onPaper = zero
    if isFront {
      // Paper browns and blackens along its lower edge.
      let scorch = v8_clamp((sv - 0.402) * 16 + (grime - 0.5) * 1.6, 0, 1) * heat
      let char = v8_clamp(scorch * 1.5 - 0.5, 0, 1)
      onPaper = cover(paper) * (1 - glass)
      let print = CassettePainter.print(sv)
      let shade = (0.74 + grime * 0.44) * (1 - inkCover * 0.88)
      // Where scorched: first brown, then black.
      let tan = 1 - v8_clamp(scorch * 1.4, 0, 1) * 0.55
      let dark = 1 - char * 0.93
      red += ((print.red * shade * (0.3 * tan + 0.7) * dark) - red) * onPaper
      green += ((print.green * shade * tan * dark) - green) * onPaper
      blue += ((print.blue * shade * tan * tan * dark) - blue) * onPaper
      gloss += (char * 0.3 + runs * 0.6 + 0.05 - gloss) * onPaper
      // Blisters in hot paper.
      height += onPaper * scorch * (grime - 0.4) * 0.01
    } else {
      // The back has ribs where the front has paper.
      let rib = CassetteShell.wave(su * 26) * step(paper, 0.01) * (1 - step(window, 0.03))
      height += rib * (0.0016 * v8_clamp(v8_splat(0.02 / texel - 0.5), 0, 1))
    }
    let cut = 1 - screw.slot * sound * 0.6
    let opening = 1 - pin * 0.9
    red *= cut * opening
    green *= cut * opening
    blue *= cut * opening
    gloss *= opening

    // Window: glass over the reels, lit from inside.
    let light = face.light
    var own = zero
    var white = zero
    let reels = packs(su, sv)
    let wv = (sv - CassettePainter.windowV) * (1 / 0.066)
    let field = (1 - reels.cover * 0.93) * (1 - v8_abs(wv) * 0.4) * 0.42
    let middle = glow(wv * 3.4) * (1 - reels.cover * 0.75) * 0.40
    let inside = field + middle
    own += glass * (inside + reels.cover * reels.groove * 0.035)
    own += line(window, 0.0034) * 0.6
    red *= 1 - glass * 0.75
    green *= 1 - glass * 0.75
    blue *= 1 - glass * 0.75
    gloss += (0.6 - gloss) * glass
    height += line(v8_abs(window) - 0.002, 0.004) * 0.0022

    // Hubs: a plastic ring, a hot line about it, and teeth before the light.
    let hub = hubs(su, sv)
    let disc = cover(hub.distance - 0.060)
    let hole = cover(hub.distance - 0.043) * (1 - hub.teeth)
    own *= 1 - disc
    red += (0.10 - red) * disc
    green += (0.095 - green) * disc
    blue += (0.10 - blue) * disc
    gloss += (0.5 - gloss) * disc
    height += disc * 0.003 * (1 - hole)
    let ring = line(hub.distance - 0.060, 0.0062)
    own += disc * 0.07 + ring * 1.9
    white += ring * 1.25
    let core = hole * glow(hub.distance * 15)
    own += core * 2.7
    white += core * 2.0
    red *= 1 - hole
    green *= 1 - hole
    blue *= 1 - hole

    // Hot rims of what still runs.
    let hot = line(body, 0.005) * molten * v8_clamp(grime * 2.2 - 0.5, 0, 1)
    own += hot * 0.25
    let edge = line(sv - 0.0015, 0.0035) * (grime * 1.2 + 0.4)
    var ownRed = own * light.x + white * (0.35 * face.luminance) + edge * face.rim.x
    var ownGreen = own * light.y + white * (0.35 * face.luminance) + edge * face.rim.y
    var ownBlue = own * light.z + white * (0.35 * face.luminance) + edge * face.rim.z

    if let border = shell.border {
      // A crack of light, thrown to and fro; brighter and darker along it.
      let jag =
        CassetteShell.wave(v * 9.1 + 0.3) * 0.011 + CassetteShell.wave(v * 23.7) * 0.006
        + CassetteShell.wave(v * 61.3 + 0.1) * 0.003
      let beside = u - border - jag
      let beat = 0.55 + v8_clamp(CassetteShell.wave(v * 31.7 + 0.2) * 2, -1, 1) * 0.45
      let crack = line(beside, 0.0042) * beat * 3.2 + glow(beside * 30) * 0.13
      ownRed += crack * face.borderLight.x
      ownGreen += crack * face.borderLight.y
      ownBlue += crack * face.borderLight.z
    }

    v8_store(scratch.row(Slot.red.rawValue) + x, ownRed * alpha)
    v8_store(scratch.row(Slot.green.rawValue) + x, ownGreen * alpha)
    v8_store(scratch.row(Slot.blue.rawValue) + x, ownBlue * alpha)
    v8_store(scratch.row(Slot.alpha.rawValue) + x, alpha)
    v8_store(scratch.row(Slot.albedoRed.rawValue) + x, v8_clamp(red, 0, 1) * alpha)
    v8_store(scratch.row(Slot.albedoGreen.rawValue) + x, v8_clamp(green, 0, 1) * alpha)
    v8_store(scratch.row(Slot.albedoBlue.rawValue) + x, v8_clamp(blue, 0, 1) * alpha)
    v8_store(scratch.row(Slot.gloss.rawValue) + x, v8_clamp(gloss, 0, 1) * alpha)
    v8_store(scratch.height(y) + x, height)
  }
}
