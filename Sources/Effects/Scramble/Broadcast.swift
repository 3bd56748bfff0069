import CVector
import Catalog
import Raster

/// A line as it comes out of the set.
struct ReceivedLine: Sendable {
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
struct Broadcast: Sendable {
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
