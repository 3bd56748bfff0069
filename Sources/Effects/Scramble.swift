import CVector
import Catalog
import Raster

/// Pay television of the analog years, seen without a key.
///
/// Three systems, as they were on the air. `cut` (VideoCrypt, 1989): every line is cut in two at one of 256 places, and the
/// parts change places. `shuffle` (Nagravision, 1990): lines leave a memory of 32 of them in another order. `sync`
/// (gated sync of cable nets): the pulses that lines begin with are missing, so the set runs free; lines start anywhere,
/// the gap between them wanders through the picture, and at times brightness is inverted.
///
/// Color suffers most: its phase is counted from the beginning of a line, and a PAL set averages it over two lines, which
/// no longer belong together. What is wrong is wrong for groups of lines that a decoder failed at, new in every frame.
public struct Scramble: MixingEffect {
  public static let name = "scramble"
  public static let summary =
    "Pay television without a key: lines cut and turned about, shuffled, or without their sync."

  public enum System: String, CaseIterable, Sendable, Hashable { case cut, shuffle, sync }

  var amount: Float = 1
  var system = System.cut
  var lines = 288
  var color: Float = 0.6

  public static let parameters: [Parameter<Scramble>] = [
    .init(
      "scramble", \.amount, .number(0...1, suggested: 0.3...1),
      "How much of the picture is scrambled: with a weak decoder it comes and goes in groups of lines."),
    .init(
      "system", \.system, .choice,
      "cut turns each line about a place in it, shuffle changes the order of lines, sync takes away where they begin."
    ),
    .init(
      "lines", \.lines, .integer(48...2400),
      "Lines over the picture's height; 288 are those of one field, 576 of both."),
    .init(
      "color", \.color, .number(0...1), "How much of its color a scrambled line keeps; all of it is wrong."),
  ]

  public static let neutral: Scramble? = {
    var scramble = Scramble()
    scramble.amount = 0
    return scramble
  }()

  /// Lines that change places among each other.
  fileprivate static let memory = 32
  /// Groups that a decoder fails at, over the height.
  fileprivate static let groups = 22

  public init() {}

  private func pitch(_ geometry: Geometry) -> Double {
    Double(max(1, geometry.trimHeight)) / Double(max(1, lines))
  }

  public func reach(in geometry: Geometry) -> Reach {
    guard amount > 0 else { return .none }
    let away = system == .shuffle ? Int((Double(Scramble.memory) * pitch(geometry)).rounded(.up)) + 1 : 0
    return Reach(x: Reach.everything, y: away)
  }

  public func scratchBytes(for region: PixelRect, in context: EffectContext) -> Int {
    guard amount > 0, !region.isEmpty else { return 0 }
    let copy = system == .shuffle ? Framebuffer.bytes(of: region) : 0
    return copy + context.workers.count * 4 * 22 * (region.width + 16)
  }

  public func apply(to frame: Framebuffer, in context: EffectContext, mixer: (any RowMixer)?) throws {
    let region = frame.region
    guard amount > 0, !region.isEmpty else { return }
    let source = system == .shuffle ? try frame.copy(workers: context.workers) : frame
    let broadcast = Broadcast(self, region, context)
    context.workers.bands(rows: region.height, width: region.width) { rows in
      let receiver = Receiver(width: region.width)
      let memory = RowMemory(width: region.width, for: mixer)
      for y in rows.lowerBound + region.minY..<rows.upperBound + region.minY {
        let lines = broadcast.lines(of: y)
        guard lines.contains(where: { $0.isWrong }) else { continue }
        memory.changing(frame.row(y), x: region.minX, y: y) { row in
          receiver.begin()
          for line in lines {
            let from = max(region.minY, min(region.maxY - 1, line.row))
            receiver.receive(source.row(from), number: from, line)
          }
          receiver.finish(row)
        }
      }
    }
  }
}

/// A line as it comes out of the set.
private struct ReceivedLine: Sendable {
  /// Share of the row of pixels that it covers.
  var weight: Float
  var isWrong = false
  /// The row of pixels that its light is taken from.
  var row: Int
  /// What it begins with, and what the line before it did: shares of the width.
  var start = 0.0, startBefore = 0.0
  /// Of the gap between lines, which is seen where lines begin anywhere; share of the width.
  var gap = 0.0
  /// Turns of the hue of the first part, the second, and those of the line before it.
  var hues = SIMD4<Double>()
  /// What is left of color.
  var color: Float = 1
  /// Whether dark and light have changed places, and what a set makes of the missing pulses: contrast and black.
  var inverted: Float = 0
  var contrast: Float = 1, black: Float = 0
}

/// What is on the air at a moment.
private struct Broadcast: Sendable {
  private let settings: Scramble
  private let lattice: Lattice
  private let seed, key: Seed
  private let decoder: [Double]
  private let order: [Int: [Int]]
  private let slope, phase: Double
  private let bends: [Double]
  private let inverted: Float

  init(_ settings: Scramble, _ region: PixelRect, _ context: EffectContext) {
    self.settings = settings
    let geometry = context.geometry
    let pitch = Double(max(1, geometry.trimHeight)) / Double(max(1, settings.lines))
    lattice = Lattice(unit: pitch, origin: Double(geometry.bleed))
    let seed = context.seed.derived("scramble")
    self.seed = seed
    key = seed.derived(context.moment.frame)
    let time = SlowTime(context.moment)
    // How often a decoder fails at the lines of a group; it does so for a while.
    decoder = (0..<Scramble.groups).map { group in
      let own = seed.derived("decoder").derived(group)
      let state = own.derived(time.step(rate: 3, phase: own.unit(0)).number)
      return 2 * (1.5 * Double(settings.amount) - state.unit(0))
    }
    var order: [Int: [Int]] = [:]
    if settings.system == .shuffle {
      let cells = Lattice(unit: pitch * Double(Scramble.memory), origin: Double(geometry.bleed)).cells(
        touching: region)
      for block in cells.minY..<max(cells.minY, min(cells.maxY, cells.minY + 4096)) {
        let first = block * Scramble.memory
        let count = max(0, min(Scramble.memory, settings.lines - first))
        guard first >= 0, count > 1 else { continue }
        let own = key.derived("order").derived(block)
        order[block] = (0..<count).map { (own.unit($0), $0) }.sorted { $0 < $1 }.map { $0.1 }
      }
    }
    self.order = order
    let amount = Double(settings.amount)
    slope = amount * (1.3 + 0.9 * time.drift(seed.derived("slope"), rate: 0.5))
    phase = amount * (0.5 + 0.35 * time.drift(seed.derived("phase"), rate: 0.8))
    bends = (0..<5).map {
      2 * seed.derived("bend").unit($0) - 1 + 0.3 * time.drift(seed.derived($0), rate: 0.7)
    }
    let field = seed.derived("inverted").derived(time.step(rate: 1.5, phase: 0).number)
    inverted = field.unit(0) < 0.45 * amount ? 1 : 0
  }

  func lines(of y: Int) -> [ReceivedLine] {
    let (top, bottom) = (lattice.place(ofEdge: y), lattice.place(ofEdge: y + 1))
    let (low, high) = (Int(top.rounded(.down)), Int(bottom.rounded(.up)))
    // Of many lines in a pixel some stand for all.
    let step = max(1, (high - low) / 8)
    var lines: [ReceivedLine] = []
    var total: Float = 0
    var number = low
    while number < max(low + 1, high) {
      let weight = Float((min(bottom, Double(number + step)) - max(top, Double(number))) / (bottom - top))
      if weight > 1e-6 {
        var line = ReceivedLine(weight: weight, row: y)
        scramble(&line, number, y)
        lines.append(line)
        total += weight
      }
      number += step
    }
    if total > 0 { for i in lines.indices { lines[i].weight /= total } }
    return lines
  }

  private func scramble(_ line: inout ReceivedLine, _ number: Int, _ y: Int) {
    let own = key.derived(number)
    // From group to group it fails more often or less.
    let place = Double(number) / Double(settings.lines) * Double(Scramble.groups)
    let group = Int(max(-1e9, min(1e9, place.rounded(.down))))
    func failing(_ group: Int) -> Double {
      decoder[((group % Scramble.groups) + Scramble.groups) % Scramble.groups]
    }
    let (a, b) = (failing(group), failing(group + 1))
    let isWrong = own.unit(7) < a + (b - a) * (place - Double(group))
    let before = key.derived(number - 1)
    switch settings.system {
    case .cut:
      guard isWrong else { return }
      line.isWrong = true
      (line.start, line.startBefore) = (cut(own), cut(before))
      line.hues = SIMD4(hue(own, 1), hue(own, 2), hue(before, 1), hue(before, 2))
      line.color = settings.color
    case .shuffle:
      guard isWrong else { return }
      let block = Int((Double(number) / Double(Scramble.memory)).rounded(.down))
      let place = number - block * Scramble.memory
      guard let order = order[block], order.indices.contains(place) else { return }
      line.isWrong = true
      let from = block * Scramble.memory + order[place]
      line.row = y + Int((Double(from - number) * lattice.unit).rounded())
      // Every other line has one of its colors the other way round; with a strange neighbor it is half a turn off.
      let odd = (from - number) % 2 == 0 ? 0.0 : 0.21
      line.hues = SIMD4(odd, odd, 0.1 - odd, 0.1 - odd)
      line.color = settings.color
    case .sync:
      line.isWrong = true
      let place = Double(number) / Double(settings.lines)
      let wave =
        0.06 * bends[0] * wobble(place * 1.3) + 0.03 * bends[1] * wobble(place * 3.1 + 0.3)
        + 0.012 * bends[2] * wobble(place * 9.7 + 0.6)
      let amount = Double(settings.amount)
      let jitter = 0.006 * (2 * own.unit(0) - 1) + (own.unit(1) < 0.03 ? 0.05 * (own.unit(2) - 0.5) : 0)
      line.gap = 0.21
      let start = slope * place + phase + amount * (wave + jitter)
      line.start = start - (start / (1 + line.gap)).rounded(.down) * (1 + line.gap)
      line.startBefore = line.start
      let hue = place * 2.3 * amount + 0.1 * wobble(place * 5)
      line.hues = SIMD4(repeating: hue)
      line.color = 1 + (settings.color - 1) * settings.amount
      line.inverted = inverted
      line.contrast = 1 - 0.22 * settings.amount
      line.black = 0.07 * settings.amount
    }
  }

  /// One of 256 places, none of them near the ends.
  private func cut(_ own: Seed) -> Double { 0.1 + 0.8 * (own.unit(0) * 256).rounded(.down) / 256 }

  private func hue(_ own: Seed, _ part: Int) -> Double { (own.unit(part) - 0.5) * 0.5 }

  /// A wave of period 1.
  private func wobble(_ x: Double) -> Double {
    let t = (x - x.rounded(.down)) * 2 - 1
    return 4 * t * (1 - abs(t))
  }
}

/// Takes lines apart into brightness and color, and adds up what comes out of them. For one thread.
private final class Receiver {
  private let width: Int
  private let storage: UnsafeMutablePointer<Float>
  private let stride: Int
  private var held: Int?

  private static let brightest: Float = 1e30
  /// How far color is blurred, and the two parts of a line run into each other; shares of the width.
  private static let colorBlur = 0.011, joint = 0.0022

  init(width: Int) {
    self.width = width
    stride = width + 16
    storage = .allocate(capacity: 17 * stride)
    storage.initialize(repeating: 0, count: 17 * stride)
  }

  deinit { storage.deallocate() }

  private func plane(_ number: Int) -> UnsafeMutablePointer<Float> { storage + number * stride }

  func begin() {
    held = nil
    plane(12).update(repeating: 0, count: 4 * stride)
  }

  /// Adds a line that is made of `source`, the row `number`.
  func receive(_ source: Row, number: Int, _ line: ReceivedLine) {
    if held != number { take(source) }
    held = number
    let (y, u, v, a) = (plane(4), plane(5), plane(6), plane(7))
    guard line.isWrong else { return add(plane(0), plane(1), plane(2), plane(3), line.weight) }
    let whole = 1 + line.gap
    let start = Int((line.start * Double(width)).rounded())
    let startBefore = Int((line.startBefore * Double(width)).rounded())
    let length = max(width, Int((whole * Double(width)).rounded()))
    turn(plane(0), y, start, length)
    turn(plane(3), a, start, length, keepsEnds: true)
    paint(u, v, start, length, line.hues.x, line.hues.y)
    let (u2, v2) = (plane(8), plane(9))
    paint(u2, v2, startBefore, length, line.hues.z, line.hues.w)
    let color = line.color * 0.5
    for i in 0..<width {
      u[i] = (u[i] + u2[i]) * color
      v[i] = (v[i] + v2[i]) * color
    }
    let blur = Int((Receiver.colorBlur * Double(width)).rounded())
    for plane in [u, v] {
      smooth(plane, blur)
      smooth(plane, blur)
    }
    if length == width {
      join(y, width - min(width, start))
    }
    if line.contrast < 1 || line.inverted > 0 {
      for i in 0..<width {
        var level = y[i]
        if line.inverted > 0 {
          level += (max(-0.05, 0.95 - level) - level) * line.inverted
          u[i] = -u[i]
          v[i] = -v[i]
        }
        y[i] = level * line.contrast + line.black * a[i]
      }
    }
    add(y, u, v, a, line.weight)
  }

  /// Writes what has been added up.
  func finish(_ row: Row) {
    let (r, g, b, a) = (plane(12), plane(13), plane(14), plane(15))
    row.red.update(from: r, count: width)
    row.green.update(from: g, count: width)
    row.blue.update(from: b, count: width)
    for i in 0..<width { row.alpha[i] = a[i] > 1 - 1e-5 ? 1 : max(0, a[i]) }
  }

  /// Brightness and two colors of a row, from the roots of its light, which stand for the camera's curve.
  private func take(_ source: Row) {
    let (y, u, v, a) = (plane(0), plane(1), plane(2), plane(3))
    for i in 0..<width {
      func coded(_ c: Float) -> Float {
        let c = c == c ? max(-Receiver.brightest, min(Receiver.brightest, c)) : 0
        return c < 0 ? -(-c).squareRoot() : c.squareRoot()
      }
      let (r, g, b) = (coded(source.red[i]), coded(source.green[i]), coded(source.blue[i]))
      let level = 0.299 * r + 0.587 * g + 0.114 * b
      (y[i], u[i], v[i]) = (level, b - level, r - level)
      a[i] = source.alpha[i]
    }
  }

  private func add(
    _ y: UnsafePointer<Float>, _ u: UnsafePointer<Float>, _ v: UnsafePointer<Float>,
    _ a: UnsafePointer<Float>,
    _ weight: Float
  ) {
    let (r, g, b, alpha) = (plane(12), plane(13), plane(14), plane(15))
    for i in 0..<width {
      func light(_ c: Float) -> Float { c * abs(c) * weight }
      let (level, blue, red) = (y[i], u[i], v[i])
      r[i] += light(level + red)
      g[i] += light(level - 0.509_37 * red - 0.194_208 * blue)
      b[i] += light(level + blue)
      alpha[i] += a[i] * weight
    }
  }

  /// The line from `start` on, then what it began with; between them the gap, if `length` is longer than the line.
  private func turn(
    _ from: UnsafePointer<Float>, _ to: UnsafeMutablePointer<Float>, _ start: Int, _ length: Int,
    keepsEnds: Bool = false
  ) {
    var at = length > 0 ? ((start % length) + length) % length : 0
    var i = 0
    while i < width {
      if at < width {
        let count = min(width - i, width - at)
        (to + i).update(from: from + at, count: count)
        i += count
        at += count
      } else {
        let count = min(width - i, length - at)
        (to + i).update(repeating: keepsEnds ? from[width - 1] : 0, count: count)
        i += count
        at += count
      }
      if at >= length { at = 0 }
    }
  }

  /// The colors of a line that begins at `start`, with the hue of either part turned.
  private func paint(
    _ u: UnsafeMutablePointer<Float>, _ v: UnsafeMutablePointer<Float>, _ start: Int, _ length: Int,
    _ first: Double, _ second: Double
  ) {
    turn(plane(1), u, start, length)
    turn(plane(2), v, start, length)
    let seam = max(0, min(width, width - start))
    for (range, hue) in [(0..<seam, first), (seam..<width, second)] where hue != 0 {
      let (c, s) = (Float(cosine(ofTurns: hue)), Float(cosine(ofTurns: hue - 0.25)))
      for i in range { (u[i], v[i]) = (u[i] * c - v[i] * s, u[i] * s + v[i] * c) }
    }
  }

  /// Where both parts of a line meet they run into each other, as the filters of the set let them.
  private func join(_ y: UnsafeMutablePointer<Float>, _ seam: Int) {
    let half = Int((Receiver.joint * Double(width)).rounded(.up))
    guard seam > half, seam + half < width else { return }
    let (left, right) = (y[seam - half], y[seam + half])
    for i in -half..<half {
      let t = (Float(i + half) + 0.5) / Float(2 * half)
      y[seam + i] = left + (right - left) * t * t * (3 - 2 * t)
    }
  }

  /// The mean of the samples up to `half` away.
  private func smooth(_ line: UnsafeMutablePointer<Float>, _ half: Int) {
    guard half > 0, width > 1 else { return }
    let out = plane(10)
    var sum = 0.0
    func sample(_ i: Int) -> Double { Double(line[max(0, min(width - 1, i))]) }
    for i in -half...half { sum += sample(i) }
    let scale = 1 / Double(2 * half + 1)
    for i in 0..<width {
      out[i] = Float(sum * scale)
      sum += sample(i + half + 1) - sample(i - half)
    }
    line.update(from: out, count: width)
  }
}
