import Catalog
import Outline
import Raster

/// Inks a block of type: makes the coats that lie over each other.
struct TypePress {
  private let block: TypeBlock
  private let look: TypeLook
  private let wear: LetterWear
  private let transform: Affine
  private let context: LayerContext
  private let cuts: LetterWear.Cuts
  /// The letters out of line, whole; their cut outlines, and the cut lines about them.
  private let moved: [TypeLetter]
  private var outlines: [Path]
  private var rims: [Path] = []
  /// Letters of one brightness, by their places among the letters; the brightest first.
  private let levels: [(level: Double, letters: [Int])]

  private var em: Double { block.em }
  private var region: PixelRect { context.geometry.bounds }
  /// Of curves that become lines, in pixels of the layer: a hair finer than a pixel's coverage can show.
  private var tolerance: Double { 0.05 / transform.meanScale }

  init(
    _ block: TypeBlock, _ look: TypeLook, _ wear: LetterWear, _ transform: Affine, in context: LayerContext
  ) {
    self.block = block
    self.look = look
    self.wear = wear
    self.transform = transform
    self.context = context
    let letters = wear.moved(block.letters, em: block.em, seed: context.seed)
    moved = letters
    // Of letters in line: where one stands out must not move the rows of the others.
    cuts = wear.cuts(through: block.letters, em: block.em, seed: context.seed)
    let brightness = letters.map {
      $0.opacity * wear.level(ofLetter: $0.number, seed: context.seed, at: context.moment)
    }
    levels = Set(brightness).filter { $0 > 0 }.sorted(by: >).map { level in
      (level, letters.indices.filter { brightness[$0] == level })
    }
    outlines = []
    outlines = letters.map { cuts.applied(to: $0.path, of: $0, tolerance: tolerance) }
    guard look.stroke != nil else { return }
    rims = lines(wide: look.outline(em: em, context.geometry)) { !$0.isPen }
  }

  // MARK: Paths

  /// Lines along the letters' borders, cut as these are; as many as there are letters.
  private func lines(wide width: Double, where isLined: (TypeLetter) -> Bool = { _ in true }) -> [Path] {
    moved.map { letter in
      guard isLined(letter) else { return Path() }
      let line = letter.path.stroked(StrokeStyle(width: width, join: .round), tolerance: tolerance)
      return cuts.applied(to: line.controlArea < 0 ? line.reversed : line, of: letter, tolerance: tolerance)
    }
  }

  private func joined(_ paths: [Path], _ indices: [Int]) -> Path {
    var path = Path()
    for index in indices where paths.indices.contains(index) { path.append(paths[index]) }
    return path
  }

  /// What some of the letters cover, in picture pixels.
  func ink(_ letters: Range<Int>) -> Path {
    joined(outlines, Array(letters)).transformed(by: transform)
  }

  /// What the line about some of the letters covers, in picture pixels.
  func rim(_ letters: Range<Int>) -> Path {
    joined(rims, Array(letters)).transformed(by: transform)
  }

  private func coverage(_ path: Path, _ move: Affine = .identity) -> CoverageMask {
    CoverageMask(path: path.transformed(by: move.then(transform)), clip: region, workers: context.workers)
  }

  private func coat(_ path: Path, _ paint: Paint, over box: Rect, _ move: Affine = .identity) -> any Painter {
    PaintedCoverage(coverage(path, move), paint: paint, box: box, transform: transform)
  }

  private var plateBox: Rect { block.ink.expanded(by: look.plateMargin * em) }

  private var platePath: Path {
    let box = plateBox
    return box.isNull ? Path() : .rectangle(box, corners: CornerRadii(look.plateRadius * em))
  }

  /// What throws shadows and light: the plate, or the letters with the lines about them.
  private func silhouette(_ indices: [Int]) -> Path {
    if look.plate != nil { return platePath }
    var path = joined(outlines, indices)
    path.append(joined(rims, indices))
    return path
  }

  private var all: [Int] { Array(moved.indices) }

  // MARK: Coats

  /// The halo, the glow and the shadow.
  var underCoats: [any Painter] {
    let origin = transform.apply(.zero)
    func soft(_ path: Path, _ sigma: Double, _ move: Affine = .identity) -> SoftCoverage {
      SoftCoverage(
        path.transformed(by: move.then(transform)), sigma: sigma * em * transform.meanScale, origin: origin,
        region: region)
    }
    var coats: [any Painter] = []
    if look.halo > 0 {
      var color = look.haloColor
      color.alpha *= look.halo
      coats.append(SoftCoat(.halo(color), [(soft(silhouette(all), look.haloRadius / 3), 1)]))
    }
    if let shadow = look.shadow {
      let move = Affine.translation(look.shadowOffset.x * em, look.shadowOffset.y * em)
      coats.append(
        look.shadowBlur > 0
          ? SoftCoat(.shadow(shadow), [(soft(silhouette(all), look.shadowBlur / 2, move), 1)])
          : coat(silhouette(all), .color(shadow), over: block.ink, move))
    }
    if look.glow > 0 {
      let color = (look.glowColor ?? look.color.meanColor) * look.glow
      for (level, indices) in levels {
        let path = silhouette(indices)
        // A bright rim and a wide, faint rest: light in air falls slower than one blur does.
        coats.append(
          SoftCoat(
            .glow(color * level),
            [(soft(path, look.glowRadius / 8), 0.6), (soft(path, look.glowRadius / 2.4), 0.4)]))
      }
    }
    return coats.map { pierced($0) }
  }

  /// A coat without what lies within the letters, where these are holes.
  private func pierced(_ coat: any Painter) -> any Painter {
    look.knockOut == .none ? coat : CutCoat(coat, hole: coverage(joined(outlines, all)))
  }

  /// The plate, with holes where letters are cut out of it.
  var plate: (any Painter)? {
    guard let paint = look.plate else { return nil }
    return pierced(coat(platePath, paint, over: plateBox))
  }

  /// The lines about the letters.
  var lines: [any Painter] {
    guard let stroke = look.stroke else { return [] }
    return levels.map { level, indices in
      faded(pierced(coat(joined(rims, indices), .color(stroke), over: block.ink)), level)
    }
  }

  /// What the letters cover.
  var letters: any Painter {
    PainterStack(
      levels.map { level, indices in
        faded(coat(joined(outlines, indices), .color(.white), over: block.ink), level)
      })
  }

  /// The letters in their fill.
  ///
  /// - Throws: ``LayerProblems`` if the fill cannot be had.
  func faces() throws -> [any Painter] {
    let picture = try look.color.picture(over: block.ink, transform, in: context)
    func face(_ indices: [Int], _ move: Affine) -> any Painter {
      let path = joined(outlines, indices)
      switch look.color {
      case .paint(let paint): return coat(path, paint, over: block.ink, move)
      case .chrome(let chrome): return PainterStack(metal(chrome, indices, move))
      case .image, .layer:
        return picture.map { PaintedCoverage(coverage(path, move), source: $0) } ?? PainterStack([])
      }
    }
    return levels.map { level, indices in
      guard wear.misprint != 0 else { return faded(face(indices, .identity), level) }
      let aside = wear.misprint * em
      return faded(
        MisprintCoat(
          red: face(indices, .translation(-aside, 0)), green: face(indices, .identity),
          blue: face(indices, .translation(aside, 0))), level)
    }
  }

  private func faded(_ coat: any Painter, _ level: Double) -> any Painter {
    level < 1 ? FadedCoat(coat, level: level) : coat
  }

  // MARK: Chrome

  /// The heights of each line of letters: what their metal mirrors belongs to the line, not to the block.
  private var lineBoxes: [(letters: Set<Int>, box: Rect)] {
    var boxes: [Int: (letters: Set<Int>, box: Rect)] = [:]
    for (index, letter) in moved.enumerated() {
      var line = boxes[letter.line] ?? ([], .null)
      line.letters.insert(index)
      line.box = line.box.union(letter.path.bounds)
      boxes[letter.line] = line
    }
    return boxes.sorted { $0.key < $1.key }.map { $0.value }
  }

  /// The bevel, the groove within it, and the face within that, one over the other.
  private func metal(_ chrome: Chrome, _ indices: [Int], _ move: Affine) -> [any Painter] {
    let bevel = chrome.bevel * em
    let grooved = bevel > 0 ? lines(wide: 1.3 * bevel) : []
    let faced = bevel > 0 ? lines(wide: 2 * bevel) : []
    return lineBoxes.flatMap { line -> [any Painter] in
      let own = indices.filter { line.letters.contains($0) }
      guard !own.isEmpty else { return [] }
      let path = joined(outlines, own)
      let face = coat(path, chrome.face, over: line.box, move)
      guard bevel > 0 else { return [face] }
      return [
        coat(path, chrome.edge, over: line.box, move),
        CutCoat(
          coat(path, .color(chrome.groove), over: line.box, move), hole: coverage(joined(grooved, own), move)),
        CutCoat(face, hole: coverage(joined(faced, own), move)),
      ]
    }
  }

  /// Glints on the upper right corners of a few letters.
  var sparkles: [any Painter] {
    guard case .chrome(let chrome) = look.color, chrome.sparkle > 0, look.knockOut == .none else { return [] }
    let seed = context.seed.derived("sparkle")
    // Every fourth letter or so, at least one; those that are chosen stay so when letters are added.
    var chosen = moved.indices.filter { seed.derived(moved[$0].number).unit(0) < 0.25 }
    if chosen.isEmpty, let first = moved.indices.first { chosen = [first] }
    return chosen.flatMap { index -> [any Painter] in
      let letter = moved[index]
      guard let corner = letter.path.upperRightCorner else { return [] }
      let own = seed.derived(letter.number)
      let radius = em * (0.2 + 0.16 * own.unit(1))
      let light = LinearColor.white * chrome.sparkle
      let dot = Path.circle(center: corner, radius: radius * 0.1)
      func glow(_ sigma: Double) -> SoftCoverage {
        SoftCoverage(
          dot.transformed(by: transform), sigma: sigma * radius * transform.meanScale,
          origin: transform.apply(.zero), region: region)
      }
      return [
        SoftCoat(.glow(light * 3), [(glow(0.12), 0.6), (glow(0.4), 0.4)]),
        coat(
          Path.star(center: corner, radius: radius, points: 4, innerRatio: 0.035, rotation: 8),
          .gradient(
            GradientPaint(
              form: .radial, stops: [RampStop(0, light), RampStop(0.35, light), RampStop(1, light.faded)])),
          over: Rect(
            minX: corner.x - radius, minY: corner.y - radius, maxX: corner.x + radius, maxY: corner.y + radius
          )),
      ]
    }
  }
}

extension Path {
  /// The point of the outline that lies farthest to the upper right.
  fileprivate var upperRightCorner: Point? {
    var best: Point?
    for element in elements {
      switch element {
      case .move(let p), .line(let p), .quad(_, let p), .cubic(_, _, let p):
        if best.map({ p.x - p.y > $0.x - $0.y }) ?? true { best = p }
      case .close: break
      }
    }
    return best
  }
}

extension LinearColor {
  /// The same light without a body.
  fileprivate var faded: LinearColor { LinearColor(red, green, blue, alpha: 0) }
}

extension Paint {
  /// What the paint looks like from afar.
  var meanColor: LinearColor {
    switch self {
    case .color(let color): return color
    case .gradient(let gradient):
      let positions = gradient.stops.map { $0.position }
      guard let first = positions.min(), let last = positions.max() else { return .clear }
      let ramp = Ramp(stops: gradient.stops, space: gradient.space, hue: gradient.hue)
      let count = 32
      var sum = SIMD4<Float>.zero
      for i in 0..<count {
        sum += ramp.color(at: first + (last - first) * (Double(i) + 0.5) / Double(count), width: 0)
      }
      let mean = sum / Float(count)
      guard mean.w > 0 else { return .clear }
      return LinearColor(
        Double(mean.x / mean.w), Double(mean.y / mean.w), Double(mean.z / mean.w), alpha: Double(mean.w))
    }
  }
}
