import Catalog
import Layers
import Outline
import Raster
import Stage
import Typography

/// A shop sign in neon tubes or as a box of light, with what holds it, and the light it throws.
public struct Sign: Prop {
  public enum Form: String, CaseIterable, Sendable { case neon, box }
  public enum Direction: String, CaseIterable, Sendable { case horizontal, vertical }
  public enum Mount: String, CaseIterable, Sendable { case bracket, wall, pole, hanging, none }
  public enum Side: String, CaseIterable, Sendable {
    case left, right
    var sign: Float { self == .left ? -1 : 1 }
  }
  /// What of a box shines.
  public enum Lit: String, CaseIterable, Sendable { case ground, letters }

  public static let name = "sign"
  public static let summary =
    "A sign in neon tubes or as a box of light, horizontal or vertical, on a bracket, a wall or a pole; it lights walls, fog and street."

  var form = Form.neon
  var text = "酒"
  var font: [String] = []
  var direction = Direction.vertical
  var tracking = 0.0
  var color = LinearColor(1, 0.07, 0.36)
  var ink = LinearColor(0.3, 0.01, 0.02)
  var lit = Lit.ground
  var side = Side.left
  var z: Float = 17
  var elevation: Float = 3
  var at: SIMD3<Float>?
  var turn = 0.0
  var mount = Mount.bracket
  var size: Float = 1
  var height: Float?
  var width: Float?
  var gap: Float = 0.35
  var border: Float = 0.55
  var borderColor: LinearColor?
  var panel: Float = 0.92
  var tube = 0.021
  var brightness: Float = 1
  var letters: [Float] = []
  var flicker = 0.0
  var flickerRate = 14.0
  var buzz = 0.06
  var glow: Float = 1
  var power: Float?
  var haze: Float = 0.8
  var sources: Int?
  var bending = {
    // At the size of signs in a street supports are not seen.
    var bending = GlassBending()
    bending.supports = 0
    return bending
  }()

  /// A street where there is none, for signs that hang on its walls.
  private static let usualHalfWidth: Float = 6.5
  private static let mostSources = 12

  public static let parameters = own + including(\.bending)

  private static let own: [Parameter<Sign>] = [
    .init("sign", \.form, .choice, "Glass tubes, or a box with fluorescent tubes behind its face."),
    .init("text", \.text, .text, "What it says. A new line begins a new line, or a new column to the left."),
    .init(
      "font", \.font, Codec<String>.text.oneOrMore(0...16),
      "A font or a list of them; EMS Osmotron and Noto Sans SC Light for tubes, Noto Sans TC Bold for boxes. Tubes follow pens, or the middle of Chinese strokes."
    ),
    .init("direction", \.direction, .choice, "Upright letters below each other, or beside each other."),
    .init(
      "tracking", \.tracking, .number(-1000...10_000, suggested: -50...300, unit: .thousandths),
      "Added between letters."),
    .init(
      "color", \.color, .color, "Hue of the tubes, or of a box's face; how bright is up to `brightness`."),
    .init(
      "ink", \.ink, .color, "Letters on a box: dark on a lit face, or what shines if the letters are lit."),
    .init("lit", \.lit, .choice, "Whether the face of a box shines, or its letters do."),
    .init("side", \.side, .choice, "Wall of the street that it hangs on."),
    .init("z", \.z, .meters(-1000...10_000, suggested: 5...60), "How far down the street."),
    .init(
      "elevation", \.elevation, .meters(-100...1000, suggested: 2...9), "Of its lower edge above the ground."),
    .init(
      "at", \.at, Codec<SIMD3<Float>>.place.optional,
      "Middle of its lower edge, in place of side, z and elevation."),
    .init(
      "turn", \.turn, .angle(), "Turn about the vertical, seen from above clockwise; 0 faces the camera."),
    .init(
      "mount", \.mount, .choice,
      "A bracket holds it out from the wall, facing the camera; wall lays it flat on the wall; pole and hanging face the camera."
    ),
    .init("size", \.size, .meters(0.01...500, suggested: 0.4...2), "The em of its letters."),
    .init(
      "height", \.height, Codec<Float>.meters(0.01...2000, suggested: 1...7).optional,
      "Height of the whole sign, in place of size."),
    .init(
      "width", \.width, Codec<Float>.meters(0.01...2000, suggested: 1...7).optional,
      "Width of the whole sign, in place of size."),
    .init("gap", \.gap, .meters(0...50, suggested: 0.2...1), "From the wall to a sign on a bracket."),
    .init(
      "border", \.border, .number(0...10, suggested: 0...1, unit: .times),
      "Strength of the tube around the letters; 0 leaves it out."),
    .init("border-color", \.borderColor, Codec<LinearColor>.color.optional, "Its hue, if another one."),
    .init(
      "panel", \.panel, .number(0...1), "How dense the dark sheet behind tubes is; 0 for letters in the air."),
    .init(
      "tube", \.tube, .number(0.002...0.3, suggested: 0.02...0.05, unit: .em),
      "Thickness of the glowing glass."),
    .init(
      "brightness", \.brightness, .number(0...100, suggested: 0.3...2, unit: .times), "Of the sign itself."),
    .init(
      "letters", \.letters,
      Codec<Float>.number(0...100, suggested: 0...1, unit: .times).oneOrMore(0...SignLettering.maximumLength),
      "Brightness of each letter, or of the tube behind it; those beyond the list have 1. A dead letter, 0.06, throws no light."
    ),
    .init("flicker", \.flicker, .number(0...1), "How much and how often single letters fail for a moment."),
    .init(
      "flicker-rate", \.flickerRate, .number(0.1...60, suggested: 4...20, unit: .hertz), "Steps of flicker."),
    .init("buzz", \.buzz, .number(0...1, suggested: 0...0.2), "Slow rise and fall of each letter."),
    .init(
      "glow", \.glow, .number(0...20, suggested: 0...2, unit: .times), "Strength of the halo around tubes."),
    .init(
      "power", \.power, Codec<Float>.number(0...10_000, suggested: 1...8).optional,
      "Light thrown by each square meter: 5 for neon, 2.5 for a box."),
    .init(
      "haze", \.haze, .number(0...100, suggested: 0...2, unit: .times), "Share of that light in the fog."),
    .init(
      "sources", \.sources, Codec<Int>.integer(1...mostSources).optional,
      "Number of points that the thrown light comes from; together they are always as bright."),
  ]

  public static let sampleValues = [
    "text": "海霧旅社", "border-color": "\"rgb(20 215 225)\"", "letters": "[1, 0.9, 0.06, 1]",
  ]

  public init() {}

  public func build(in set: inout SetBuilder) throws {
    guard height == nil || width == nil else {
      throw LayerProblems("width", "a sign is as wide as its letters: give its width or its height, not both")
    }
    let lettering = try lettering(set)
    let face = SignFace(
      lettering, hasPanel: form == .box || panel > 0, margin: form == .box ? 0 : SignFace.margin)
    let em: Float =
      if let height { height / Float(face.panel.height) } else if let width {
        width / Float(face.panel.width)
      } else { size }
    try bending.check()
    let letters = levels(of: lettering.letters.count, set)
    let tubes = form == .neon ? lettering.tubes(bending) : []
    let lit = bending.levels(of: tubes, letters: letters) { circuit in
      bending.circuits == 1 ? 1 : failing(circuit, set)
    }
    let levels =
      form == .neon ? GlassBending.means(of: tubes, levels: lit, count: letters.count) : letters
    let place = placement(width: Float(face.panel.width) * em, height: Float(face.panel.height) * em, set)
    let picture: any CardPicture =
      form == .neon
      ? neonPicture(tubes, lit, face, set) : boxPicture(lettering, face, levels, set)
    let low = place.foot - place.right * (Float(face.size.x) * em / 2) - SIMD3(0, Float(face.margin) * em, 0)
    set.add(
      Card(
        origin: low, right: place.right * (Float(face.size.x) * em),
        up: SIMD3(0, Float(face.size.y) * em, 0), picture: picture))
    addHolders(place, set: &set)
    addLights(lettering, face, levels, em, place, set: &set)
  }

  // MARK: What is shown

  /// Of the glass, in em: what of a tube's profile is seen as glass.
  private var glassDiameter: Double { tube * 2.6 }

  private func lettering(_ set: SetBuilder) throws -> SignLettering {
    let fonts =
      font.isEmpty
      ? form == .neon ? ["EMS Osmotron", "Noto Sans SC Light"] : ["Noto Sans TC Bold", "Noto Sans SC Bold"]
      : font
    return try SignLettering(
      text, fonts: fonts, library: set.fonts, isVertical: direction == .vertical, tracking: tracking,
      kind: form == .neon ? .tubes(diameter: glassDiameter) : .outlines)
  }

  /// Brightness of each letter at the moment, 1 being full.
  private func levels(of count: Int, _ set: SetBuilder) -> [Float] {
    let seed = set.seed.derived("flicker")
    return (0..<max(1, count)).map { letter in
      var level = letter < letters.count ? Double(letters[letter]) : 1
      if form == .box || bending.circuits == 1 { level *= Double(failing(letter, set)) }
      if buzz > 0 {
        let own = seed.derived("buzz")
        let motion = Motion.wave(
          low: 1 - buzz, high: 1, period: 1.7 + 1.6 * own.unit(2 * letter), phase: own.unit(2 * letter + 1))
        level *= motion.value(at: set.moment)
      }
      return Float(level)
    }
  }

  /// What flicker leaves of a letter or of a circuit at the moment.
  private func failing(_ number: Int, _ set: SetBuilder) -> Float {
    guard flicker > 0 else { return 1 }
    let motion = Motion.flicker(
      low: 1 - flicker, high: 1, rate: flickerRate, steady: 1 - 0.45 * flicker,
      seed: set.seed.derived("flicker").derived(number))
    return Float(motion.value(at: set.moment))
  }

  /// Tubes that are drawn together.
  private struct GroupKey: Hashable {
    var depth, letter: Int
    var diameter: Double
    var level: Float
  }

  private func neonPicture(
    _ tubes: [Tube], _ lit: [Float], _ face: SignFace, _ set: SetBuilder
  ) -> NeonSignPicture {
    let seed = set.seed.derived("tubes")
    func line(_ tube: Tube, _ level: Float, _ number: Int, _ map: Affine) -> NeonSignPicture.Line? {
      guard let line = tube.path.transformed(by: map).flattened(tolerance: 0.0015).first else { return nil }
      let lamp = TubeLamp(
        tube, level: level * brightness, wear: 0.25, blockOut: 0, seed: seed.derived(number))
      return NeonSignPicture.Line(
        points: line.points, isClosed: line.isClosed, light: lamp.samples)
    }
    // What lies behind comes first. Tubes of one letter are one, so that their glow is not counted twice; which
    // stroke crosses before which is not seen from the street.
    let usual = tubes.first { $0.part == .glass }?.diameter ?? glassDiameter
    var groups: [NeonSignPicture.Group] = []
    var numbers: [GroupKey: Int] = [:]
    for number in tubes.indices.sorted(by: { (tubes[$0].depth, $0) < (tubes[$1].depth, $1) }) {
      let tube = tubes[number]
      guard let line = line(tube, lit[number], number + 1, face.toCard) else { continue }
      let depth = tube.part == .glass ? Tube.front : tube.depth
      let key = GroupKey(depth: depth, letter: tube.letter, diameter: tube.diameter, level: lit[number])
      if let index = numbers[key] {
        groups[index].tubes.append(line)
      } else {
        numbers[key] = groups.count
        groups.append(
          NeonSignPicture.Group(
            tubes: [line], color: color.light, level: lit[number] * brightness,
            width: Float(tube.diameter / usual)))
      }
    }
    if border > 0 {
      let level = border * (tubes.isEmpty ? 1 : 1 - Float(buzz) / 2)
      if let line = line(face.borderTube, level, -1, .identity) {
        groups.append(
          NeonSignPicture.Group(tubes: [line], color: (borderColor ?? color).light, level: level * brightness)
        )
      }
    }
    return NeonSignPicture(
      size: face.size, groups: groups, tube: tube, panel: face.hasPanel ? face.panel : .null,
      panelCover: panel, glow: glow, seed: set.seed.derived("panel").low)
  }

  private func boxPicture(
    _ lettering: SignLettering, _ face: SignFace, _ levels: [Float], _ set: SetBuilder
  ) -> BoxSignPicture {
    // A tube behind each letter, from the middle between it and its neighbors.
    let isVertical = face.size.y > face.size.x
    let length = isVertical ? face.size.y : face.size.x
    let centers = lettering.letters.map { letter -> Double in
      isVertical
        ? (letter.box.minY + letter.box.maxY) / 2 + face.toCard.ty
        : (letter.box.minX + letter.box.maxX) / 2 + face.toCard.tx
    }
    var order = centers.indices.filter { centers[$0].isFinite }.sorted {
      (centers[$0], $0) < (centers[$1], $1)
    }
    // Columns and lines share their tubes.
    order = order.reduce(into: [Int]()) { kept, next in
      if let last = kept.last, centers[next] - centers[last] < 0.45 { return }
      kept.append(next)
    }
    var cells: [BoxSignPicture.Cell] = []
    for (place, letter) in order.enumerated() {
      let low = place == 0 ? 0 : (centers[order[place - 1]] + centers[letter]) / 2
      let high = place == order.count - 1 ? length : (centers[letter] + centers[order[place + 1]]) / 2
      // No two tubes are of one age.
      let age = 0.8 + 0.4 * Float(set.seed.derived("age").unit(letter))
      cells.append(.init(range: Float(low)...Float(max(low, high)), level: levels[letter] * age))
    }
    if cells.isEmpty { cells = [.init(range: 0...Float(length), level: 1)] }
    return BoxSignPicture(
      size: face.size,
      outlines: lettering.letters.flatMap { $0.outlines }.map { $0.transformed(by: face.toCard) },
      cells: cells, isVertical: isVertical, ground: color.light * (1.4 * brightness),
      ink: ink.light * (1.4 * brightness), isInverted: lit == .letters, seed: set.seed.derived("dirt").low)
  }

  // MARK: Where it hangs

  private func placement(width: Float, height: Float, _ set: SetBuilder) -> SignPlacement {
    let wall = side.sign * (set.street?.halfWidth ?? Sign.usualHalfWidth)
    var place = SignPlacement(width: width, height: height, wall: wall, isFree: at != nil)
    if let at {
      place.foot = at
    } else {
      switch mount {
      case .bracket, .none: place.foot = SIMD3(wall - side.sign * (gap + width / 2), elevation, z)
      // Further along than its own half: z is where it begins.
      case .wall: place.foot = SIMD3(wall - side.sign * 0.14, elevation, z + width / 2)
      case .pole: place.foot = SIMD3(wall - side.sign * (1 + width / 2), elevation, z)
      case .hanging: place.foot = SIMD3(0, elevation, z)
      }
    }
    // A flat sign on a wall reads for who walks the street.
    let (sine, cosine) = sineAndCosine(degrees: turn + (mount == .wall ? Double(side.sign) * 90 : 0))
    place.right = SIMD3(Float(cosine), 0, -Float(sine))
    return place
  }

  /// How thick a sign's body is, meters.
  private var depth: Float { form == .box ? 0.32 : 0.1 }

  /// Body, brackets, cables and poles. Boxes follow the axes: turned signs have none.
  private func addHolders(_ place: SignPlacement, set: inout SetBuilder) {
    let seed = set.seed.derived("holders").low
    let metal = set.material(PlainMaterial(albedo: 0.055, tint: SIMD3(1, 0.97, 0.94)))
    let back = place.front * -1
    if place.isSquare, form == .box || panel > 0.5 {
      let near = place.foot + back * 0.015 - place.right * (place.width / 2)
      set.box(
        near, near + place.right * place.width + back * depth + SIMD3(0, place.height, 0), material: metal,
        seed: seed)
    }
    let top = place.foot.y + place.height
    switch mount {
    case .none: break
    case .bracket:
      guard !place.isFree, place.isSquare else { break }
      let inward = -side.sign
      let inner = place.foot.x - inward * place.width / 2
      let z = place.foot.z + depth * 0.5
      for share in [Float(0.12), 0.88] {
        let y = place.foot.y + place.height * share
        set.box(
          SIMD3(place.wall, y - 0.05, z - 0.04), SIMD3(place.foot.x, y + 0.05, z + 0.04), material: metal,
          seed: seed &+ 1)
        // A strut from the wall below, as long as there is room for one.
        let rise = min(abs(inner - place.wall), place.height * 0.3)
        cable(SIMD3(place.wall, y - rise, z), SIMD3(inner, y - 0.04, z), sag: 0, radius: 0.025, &set)
        // The plate that is bolted to the wall.
        set.box(
          SIMD3(place.wall, y - 0.14, z - 0.1), SIMD3(place.wall + inward * 0.03, y + 0.14, z + 0.1),
          material: metal, seed: seed &+ 2)
      }
      // A stay from the wall to the far upper corner, and the feed.
      let corner = SIMD3(place.foot.x + inward * place.width * 0.42, top, z)
      cable(SIMD3(place.wall, top + place.width * 0.55 + 0.3, z), corner, sag: 0.01, radius: 0.008, &set)
      cable(
        SIMD3(place.wall, top - place.height * 0.3, z + 0.2),
        SIMD3(inner, place.foot.y + place.height * 0.2, z),
        sag: 0.35, radius: 0.012, &set)
    case .wall:
      guard place.isSquare else { break }
      let end = place.foot + place.right * (place.width / 2) + back * 0.02
      cable(
        end + SIMD3(0, place.height * 0.8, 0), end + SIMD3(0, place.height + 1.6, 0), sag: 0.02,
        radius: 0.014, &set)
    case .pole:
      let behind = place.foot + back * (depth + 0.1)
      set.box(
        SIMD3(behind.x - 0.07, 0, behind.z - 0.07), SIMD3(behind.x + 0.07, top + 0.2, behind.z + 0.07),
        material: metal, seed: seed &+ 1)
      set.box(
        SIMD3(behind.x - 0.2, 0, behind.z - 0.2), SIMD3(behind.x + 0.2, 0.06, behind.z + 0.2),
        material: metal,
        seed: seed &+ 2)
    case .hanging:
      for end in [Float(-0.4), 0.4] {
        let from = place.foot + place.right * (place.width * end) + SIMD3(0, place.height, 0)
        cable(from, from + SIMD3(0, 1.1, 0), sag: 0, radius: 0.01, &set)
      }
      let reach = abs(place.wall)
      let y = top + 1.1
      if abs(place.foot.x) + place.width < reach {
        cable(
          SIMD3(-reach, y + 0.7, place.foot.z), SIMD3(place.foot.x, y, place.foot.z), sag: 0.12,
          radius: 0.012, &set)
        cable(
          SIMD3(place.foot.x, y, place.foot.z), SIMD3(reach, y + 0.7, place.foot.z), sag: 0.12, radius: 0.012,
          &set)
      }
    }
  }

  private func cable(
    _ from: SIMD3<Float>, _ to: SIMD3<Float>, sag: Float, radius: Float, _ set: inout SetBuilder
  ) {
    let points = (0...12).map { step -> SIMD3<Float> in
      let t = Float(step) / 12
      return from + (to - from) * t - SIMD3(0, sag * 4 * t * (1 - t), 0)
    }
    set.add(Strand(points: points, radius: radius))
  }

  // MARK: The light it throws

  private func addLights(
    _ lettering: SignLettering, _ face: SignFace, _ levels: [Float], _ em: Float, _ place: SignPlacement,
    set: inout SetBuilder
  ) {
    let area = place.width * place.height
    let total = (power ?? (form == .neon ? 5 : 2.5)) * area * brightness
    let isUpright = place.height >= place.width
    let length = isUpright ? place.height : place.width
    let count = min(Sign.mostSources, max(1, sources ?? Int((length / 1.6).rounded())))
    let hue = form == .box && lit == .letters ? ink.light : color.light
    /// What one source throws, and where along the sign it is.
    var parts = [(light: Float, along: Float)](repeating: (0, 0), count: count)
    let letters = zip(lettering.letters, levels).filter { !$0.0.box.isNull }
    for (letter, level) in letters {
      // The stretch of the sign that is this letter's, in shares of its length.
      let low = isUpright ? letter.box.minY + face.toPanel.y : letter.box.minX + face.toPanel.x
      let high = isUpright ? letter.box.maxY + face.toPanel.y : letter.box.maxX + face.toPanel.x
      let size = isUpright ? face.panel.height : face.panel.width
      let (a, b) = (Float(low / size), Float(max(high, low + 1e-3) / size))
      for index in 0..<count {
        let (from, to) = (Float(index) / Float(count), Float(index + 1) / Float(count))
        let shared = max(0, min(b, to) - max(a, from)) / (b - a)
        let light = total * level / Float(letters.count) * shared
        parts[index].along += light * (max(a, from) + min(b, to)) / 2
        parts[index].light += light
      }
    }
    for (index, part) in parts.enumerated() where part.light > 0 {
      let share = part.light > 0 ? part.along / part.light : (Float(index) + 0.5) / Float(count)
      add(hue * part.light, share, isUpright, place, &set)
    }
    if form == .neon, border > 0 {
      for index in 0..<count {
        let light = (borderColor ?? color).light * (total * border * 0.15 / Float(count))
        add(light, (Float(index) + 0.5) / Float(count), isUpright, place, &set)
      }
    }
  }

  /// - Parameter share: from the top, or from the left.
  private func add(
    _ color: SIMD3<Float>, _ share: Float, _ isUpright: Bool, _ place: SignPlacement, _ set: inout SetBuilder
  ) {
    let middle = place.foot + SIMD3(0, place.height / 2, 0)
    let position =
      isUpright
      ? place.foot + SIMD3(0, place.height * (1 - share), 0)
      : middle + place.right * (place.width * (share - 0.5))
    var light = Light(position: position + place.front * (mount == .wall ? 0.5 : 0.3), color: color)
    light.softness = 0.4
    // As wide as the letters: a point in the fog before them would blot them out.
    light.halo = max(0.3, 0.5 * min(place.width, place.height))
    light.haze = haze
    set.add(light)
  }
}
