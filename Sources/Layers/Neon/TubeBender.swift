import Outline
import Raster

/// Bends the strokes of letters from glass: rounds corners, keeps strokes apart where they meet, lays one over the
/// other where they cross, doubles them, and leads black glass from each to the next. All in em.
package struct TubeBender {
  private let bending: GlassBending
  private var tubes: [Tube] = []
  /// Where the glass of the last letter ended, for the jumper to the next one.
  private var last: (end: Glass.End, letter: Int, diameter: Double)?
  /// Lit glass since the last electrode.
  private var unit = 0.0

  /// Longer runs do not strike: 2.5 to 3 m of glass at letters of 0.4 m; in em.
  private static let longestUnit = 7.0
  /// A jumper is no longer than this, in em, and no shorter than this, in diameters.
  private static let longestJumper = 0.9
  private static let shortestJumper = 1.2
  /// A stroke that goes on for longer beyond another, in diameters, crosses it; a shorter one ends at it.
  private static let overshoot = 0.9
  /// Below this, of a letter's size, no facet of a bent line is seen.
  private static let tolerance = 0.0001
  /// Strokes whose ends come this near, in diameters, meet.
  private static let touch = 0.6
  /// Of supports, in diameters: the foot of glass, and the lugs of the clip to either side of the tube.
  private static let foot = 1.9
  private static let lug = (from: 0.5, to: 0.78, width: 0.36)
  /// The boot of an electrode: where it begins behind a tube's end, how far it goes on, how thick it is; in diameters.
  private static let boot = (from: 0.1, to: 0.7, width: 1.22)
  /// Jumpers are drawn out thinner, and bent nearer to the letters, than the glass.
  private static let jumper = (width: 0.74, handle: 0.32, reach: 1.6)

  private init(_ bending: GlassBending) { self.bending = bending }

  /// The tubes of letters, in their order, and what holds them.
  package static func tubes(of letters: [LetterStrokes], _ bending: GlassBending) -> [Tube] {
    var bender = TubeBender(bending)
    for letter in letters { bender.bend(letter) }
    bender.finish()
    return bender.tubes
  }

  /// The tube around a sign, with its supports and electrodes.
  package static func border(_ tube: Tube, _ bending: GlassBending) -> [Tube] {
    var bender = TubeBender(bending)
    bender.tubes = [tube]
    for line in tube.path.flattened(tolerance: tolerance) {
      bender.hold(line, beside: [], tube.letter, tube.diameter)
      ends([line]).forEach { bender.cap($0, tube.letter, tube.diameter) }
    }
    for index in bender.tubes.indices { bender.tubes[index].isBorder = true }
    return bender.tubes
  }

  /// A bent stroke: one line, or several side by side.
  private struct Glass {
    struct End { var point, direction: Point }
    var lines: [Polyline]
    var depth = Tube.front
    /// Where a jumper may begin, and the way the glass points there; none of a closed line.
    var ends: [End] = []
  }

  /// Adds the tubes of a letter.
  private mutating func bend(_ strokes: LetterStrokes) {
    let (letter, diameter) = (strokes.letter, strokes.diameter)
    var lines = strokes.strokes.flatMap { $0.flattened(tolerance: TubeBender.tolerance) }.filter {
      $0.points.count > 1
    }
    turn(&lines, spur: strokes.spur, diameter)
    clear(&lines, diameter)
    var glass = lines.map { Glass(lines: strands(opened($0, diameter), diameter)) }
    for index in glass.indices { glass[index].ends = TubeBender.ends(glass[index].lines) }
    stack(&glass)
    for piece in order(glass) {
      lead(to: piece, letter, diameter)
      if !bending.jumpers { piece.ends.forEach { cap($0, letter, diameter) } }
      for line in piece.lines {
        let tube = Tube(
          path: line.points.count > 2 ? line.penSmoothed : Path(line), isClosed: line.isClosed,
          letter: letter,
          diameter: diameter, depth: piece.depth)
        tubes.append(tube)
        unit += tube.length
        hold(line, beside: glass, letter, diameter)
      }
    }
  }

  // MARK: Strokes that meet

  /// Makes one line of two strokes that meet at their ends. Where a brush begins a stroke a little before the corner,
  /// glass simply turns.
  private func turn(_ lines: inout [Polyline], spur: Double, _ diameter: Double) {
    guard bending.clearance > 0, spur > 0, lines.count <= 128 else { return }
    var index = 0
    search: while index < lines.count {
      let line = lines[index]
      if !line.isClosed {
        for way in [line, Polyline(line.points.reversed())] {
          guard let end = way.points.last else { continue }
          let met = lines.indices.filter { other in
            other != index
              && (lines[other].nearest(to: end)?.distance ?? .infinity) < TubeBender.touch * diameter
          }
          guard met.count == 1, let other = met.first,
            let (rest, cut) = TubeBender.rest(of: lines[other], from: end, spur),
            // What leads on to a third stroke is none.
            lines.indices.allSatisfy({ third in
              third == index || third == other
                || (lines[third].nearest(to: cut)?.distance ?? .infinity) > 1.5 * diameter
            })
          else { continue }
          // The first of the rest still leans towards where the brush came from.
          let straight = rest.trimmed(start: TubeBender.overshoot * diameter, end: 0) ?? rest
          lines[index] = Polyline(way.points + straight.points)
          lines.remove(at: other)
          if other < index { index -= 1 }
          continue search
        }
      }
      index += 1
    }
  }

  /// What of a line goes on from a place beside one of its ends, and that end; nil if the place is not beside an end.
  private static func rest(of line: Polyline, from place: Point, _ spur: Double) -> (Polyline, cut: Point)? {
    guard !line.isClosed, let arc = line.nearest(to: place)?.arc, let start = line.points.first,
      let end = line.points.last
    else { return nil }
    let length = line.length
    guard length > 2 * spur else { return nil }
    if arc < spur { return line.trimmed(start: arc, end: 0).map { ($0, start) } }
    guard arc > length - spur, let rest = line.trimmed(start: 0, end: length - arc) else { return nil }
    return (Polyline(rest.points.reversed()), end)
  }

  /// Cuts ends that touch another stroke, or nearly do; where strokes cross they are left whole.
  private func clear(_ lines: inout [Polyline], _ diameter: Double) {
    guard bending.clearance > 0, lines.count <= 128 else { return }
    let distance = bending.width(diameter) + bending.clearance * diameter
    for index in lines.indices where !lines[index].isClosed {
      let line = lines[index]
      let others = lines.indices.filter { $0 != index }.map { lines[$0] }
      let cuts = [line, Polyline(line.points.reversed())].map { line in
        others.reduce(0) { max($0, cut(of: line, at: $1, distance, diameter)) }
      }
      // What is too short to be cut stays: a stroke must not vanish.
      if cuts.contains(where: { $0 > 0 }), line.length - cuts[0] - cuts[1] > 1.2 * diameter,
        let rest = line.trimmed(start: cuts[0], end: cuts[1])
      {
        lines[index] = rest
      }
    }
  }

  /// What is cut off a line's start so that it keeps its distance from another one.
  private func cut(of line: Polyline, at other: Polyline, _ distance: Double, _ diameter: Double) -> Double {
    let step = diameter / 6
    func away(_ arc: Double) -> Double { other.nearest(to: line.point(at: arc))?.distance ?? .infinity }
    // Where it comes nearest, if that is about its end.
    var (nearest, at) = (away(0), 0.0)
    var arc = step
    while arc <= TubeBender.overshoot * diameter {
      let d = away(arc)
      if d < nearest { (nearest, at) = (d, arc) }
      arc += step
    }
    guard nearest < distance else { return 0 }
    // Lines that keep together for longer are neighbors and do not meet.
    let limit = at + 2.2 * distance
    arc = at
    while arc < limit {
      arc += step
      if away(arc) >= distance { return arc }
    }
    return 0
  }

  /// A loop of glass has ends: they stand beside each other at its lowest place.
  private func opened(_ line: Polyline, _ diameter: Double) -> Polyline {
    guard bending.clearance > 0, line.isClosed, let lowest = line.points.map(\.y).max() else { return line }
    let band = 0.25 * diameter
    // In the middle of what lies lowest.
    let low = line.points.filter { $0.y > lowest - band }.map(\.x)
    let middle = ((low.min() ?? 0) + (low.max() ?? 0)) / 2
    let arc = line.nearest(to: Point(middle, lowest))?.arc ?? 0
    let gap = (bending.width(diameter) + bending.clearance * diameter) / 2
    let open = line.opened(at: arc)
    guard open.length > 6 * gap else { return line }
    return open.trimmed(start: gap, end: gap) ?? line
  }

  // MARK: Bends

  /// The tubes of a stroke, with a radius at their corners.
  private func strands(_ line: Polyline, _ diameter: Double) -> [Polyline] {
    let side = (bending.width(diameter) - diameter) / 2
    let bent = line.filleted(radius: bending.bend * diameter + side)
    guard side > 0 else { return [bent] }
    let (left, right) = (bent.parallel(at: -side), bent.parallel(at: side))
    guard !bent.isClosed, left.points.count > 1, right.points.count > 1 else {
      return [left, right].filter { $0.points.count > 1 } + (bending.strands == 3 ? [bent] : [])
    }
    // One piece of glass, which turns round at the end of the stroke.
    let outward = TubeBender.ends([bent]).last?.direction ?? Point(1, 0)
    let tip = bent.points[bent.points.count - 1]
    let turn = (0...12).map { step -> Point in
      let (sine, cosine) = sineAndCosine(degrees: 180 * Double(step) / 12 - 90)
      let across = Point(-outward.y, outward.x)
      return tip + (outward * cosine + across * sine) * side
    }
    let hairpin = Polyline(left.points.dropLast() + turn + right.points.reversed().dropFirst())
    guard bending.strands == 3, let middle = bent.trimmed(start: 0, end: min(side, bent.length / 3)) else {
      return [hairpin]
    }
    return [hairpin, middle]
  }

  /// The ends of open lines, with the way the glass points there.
  private static func ends(_ lines: [Polyline]) -> [Glass.End] {
    lines.filter { !$0.isClosed && $0.points.count > 1 }.flatMap { line -> [Glass.End] in
      [line.points, line.points.reversed()].compactMap { points in
        guard let end = points.first, let next = points.first(where: { ($0 - end).magnitude > 1e-6 }) else {
          return nil
        }
        let d = end - next
        return Glass.End(point: end, direction: d * (1 / d.magnitude))
      }
    }
  }

  /// Lays strokes that cross over each other.
  private func stack(_ glass: inout [Glass]) {
    guard glass.count <= 64 else { return }
    for (index, piece) in glass.enumerated() {
      for below in 0..<index where glass[below].depth >= glass[index].depth {
        guard
          piece.lines.contains(where: { line in glass[below].lines.contains { line.crosses($0) } })
        else { continue }
        glass[index].depth = min(Tube.deepest, glass[below].depth + 1)
      }
    }
  }

  // MARK: What holds the letters together

  /// From each stroke to the nearest one that is left, beginning where the last letter ended.
  private func order(_ glass: [Glass]) -> [Glass] {
    guard bending.jumpers, glass.count <= 64 else { return glass }
    var rest = glass
    var ordered: [Glass] = []
    var from = last?.end.point
    while !rest.isEmpty {
      var best = (index: 0, isReversed: false, distance: Double.infinity)
      for (index, piece) in rest.enumerated() where piece.ends.count > 1 {
        for (isReversed, end) in [(false, piece.ends[0]), (true, piece.ends[1])] {
          let distance = from.map { (end.point - $0).magnitude } ?? end.point.x
          if distance < best.distance { best = (index, isReversed, distance) }
        }
      }
      var piece = rest.remove(at: best.index)
      if best.isReversed { piece.ends.swapAt(0, 1) }
      if piece.ends.count > 1 { from = piece.ends[1].point }
      ordered.append(piece)
    }
    return ordered
  }

  /// Black glass from the last stroke's end, unless the way is too long or the unit is at its end.
  private mutating func lead(to piece: Glass, _ letter: Int, _ diameter: Double) {
    guard bending.jumpers, piece.ends.count > 1 else { return }
    defer { last = (piece.ends[1], letter, diameter) }
    guard let last else {
      cap(piece.ends[0], letter, diameter)
      return
    }
    let (from, to) = (last.end, piece.ends[0])
    let distance = (to.point - from.point).magnitude
    guard unit < TubeBender.longestUnit, distance < TubeBender.longestJumper else {
      unit = 0
      cap(from, last.letter, last.diameter)
      cap(to, letter, diameter)
      return
    }
    guard distance > TubeBender.shortestJumper * diameter else { return }
    // It goes on the way the glass points, and turns as soon as the hand can.
    let handle = min(TubeBender.jumper.handle * distance, TubeBender.jumper.reach * diameter)
    let path = Path([
      .move(from.point),
      .cubic(from.point + from.direction * handle, to.point + to.direction * handle, to.point),
    ])
    tubes.append(
      Tube(
        path: path, isClosed: false, letter: last.letter, diameter: diameter * TubeBender.jumper.width,
        part: .jumper,
        depth: Tube.back))
  }

  /// The last electrode.
  private mutating func finish() {
    if let last { cap(last.end, last.letter, last.diameter) }
    last = nil
  }

  /// The boot over the electrode at a tube's end, which turns back to the wall there.
  private mutating func cap(_ end: Glass.End, _ letter: Int, _ diameter: Double) {
    guard bending.supports > 0 else { return }
    let boot = TubeBender.boot
    add(
      end.point + end.direction * ((boot.from + boot.to) / 2 * diameter), end.direction,
      length: (boot.to - boot.from) * diameter, .boot, letter, diameter * boot.width, Tube.ties)
  }

  /// Supports at equal steps, where there is room for them: not at the ends, not in bends, not where strokes cross or
  /// meet.
  private mutating func hold(_ line: Polyline, beside glass: [Glass], _ letter: Int, _ diameter: Double) {
    let length = line.length
    guard bending.supports > 0, length > 3 * diameter else { return }
    let count = Int(min(256, max(1, (length / bending.supports).rounded())))
    let open = line.isClosed ? line.opened(at: 0) : line
    let others = glass.flatMap(\.lines).filter { $0 != line }
    for index in 0..<count {
      // If there is no room in the middle of its stretch, then perhaps to either side.
      let places = [0.5, 0.32, 0.68].map { length * (Double(index) + $0) / Double(count) }
      let place = places.lazy.compactMap { arc -> (middle: Point, along: Point)? in
        let (a, b) = (open.point(at: arc - diameter), open.point(at: arc + diameter))
        let (middle, size) = (open.point(at: arc), (b - a).magnitude)
        guard size > 1.93 * diameter,
          others.allSatisfy({ ($0.nearest(to: middle)?.distance ?? .infinity) > diameter * TubeBender.foot })
        else { return nil }
        return (middle, (b - a) * (1 / size))
      }.first
      guard let (middle, along) = place else { continue }
      add(middle, along, length: diameter * 0.05, .foot, letter, diameter * TubeBender.foot, Tube.back)
      let lug = TubeBender.lug
      let across = Point(-along.y, along.x)
      for side in [across, across * -1] {
        add(
          middle + side * ((lug.from + lug.to) / 2 * diameter), side, length: (lug.to - lug.from) * diameter,
          .tie,
          letter, diameter * lug.width, Tube.ties)
      }
    }
  }

  private mutating func add(
    _ middle: Point, _ direction: Point, length: Double, _ part: Tube.Part, _ letter: Int, _ diameter: Double,
    _ depth: Int
  ) {
    let half = direction * (length / 2)
    tubes.append(
      Tube(
        path: Path([.move(middle - half), .line(middle + half)]), isClosed: false, letter: letter,
        diameter: diameter, part: part, depth: depth))
  }
}
