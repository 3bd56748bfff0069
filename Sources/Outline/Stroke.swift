import Raster

extension Path {
  /// The outline of the path's drawn line, to be filled with the nonzero rule.
  ///
  /// Each open contour gives one outline, each closed one gives two. At inner corners the outline leads
  /// through the corner itself, so that it is the sum of the lines' rectangles and the joins' wedges, all of
  /// one direction: whatever overlaps, nothing cancels. Empty if the path is not finite or the width is not a
  /// positive number.
  ///
  /// A contour of no length gives a dot (round cap), an upright square (square cap) or nothing.
  ///
  /// - Parameter tolerance: the largest distance from the true outline, in the path's unit.
  package func stroked(_ style: StrokeStyle, tolerance: Double = 0.05) -> Path {
    guard style.width.isFinite, style.width > 0 else { return Path() }
    var stroker = Stroker(style, tolerance: tolerance)
    var outline = Path()
    let dashes = Dashes(style)
    for contour in contours(tolerance: stroker.tolerance) {
      // Hostile paths: beyond a bound, dashes are no longer cut and round parts get few corners.
      let isLarge = outline.elements.count > Stroker.largeCount
      for piece in (isLarge ? nil : dashes?.cut(contour)) ?? [contour] {
        if outline.elements.count > Stroker.largeCount { stroker.chordAngle = .pi / 2 }
        stroker.stroke(piece, into: &outline)
      }
    }
    return outline
  }
}

private struct Stroker {
  let style: StrokeStyle
  let radius: Double
  let tolerance: Double
  /// The largest angle (radians) of one chord of a round join or cap.
  var chordAngle: Double

  static let largeCount = 1_000_000

  init(_ style: StrokeStyle, tolerance: Double) {
    self.style = style
    radius = style.width / 2
    self.tolerance = Flattening(tolerance: tolerance).tolerance
    // A chord of angle a strays from its circle by r·(1 − cos(a/2)).
    chordAngle = max(0.01, min(.pi / 3, 2 * arcCosine(1 - self.tolerance / max(radius, 1e-300))))
  }

  func stroke(_ contour: FlattenedContour, into outline: inout Path) {
    guard let first = contour.points.first else { return }
    guard contour.points.count > 1 else {
      dot(first, into: &outline)
      return
    }
    let isClosed = contour.isClosed && contour.points.count > 2
    var points = contour.points
    var isSmooth = contour.isSmooth
    if contour.isClosed, !isClosed {
      // There and back again.
      points.append(first)
      isSmooth.append(false)
    }
    let count = points.count
    let lines = isClosed ? count : count - 1
    var directions: [Point] = []
    var lengths: [Double] = []
    for i in 0..<lines {
      let d = points[(i + 1) % count] - points[i]
      let length = d.magnitude
      // Too short or too long to have a direction.
      guard length > 1e-150, length.isFinite else {
        directions.append(directions.last ?? Point(1, 0))
        lengths.append(0)
        continue
      }
      directions.append(Point(d.x / length, d.y / length))
      lengths.append(length)
    }

    /// One side of the line: corners are passed in the order of walking, with the directions walked.
    func corner(_ i: Int, _ into: Point, _ out: Point, _ lengthIn: Double, _ lengthOut: Double) {
      join(points[i], into, out, min(lengthIn, lengthOut), isSmooth[i], into: &side)
    }
    var side: [Point] = []

    if isClosed {
      for i in 0..<count {
        let before = (i + count - 1) % count
        corner(i, directions[before], directions[i], lengths[before], lengths[i])
      }
      close(side, into: &outline)
      side = []
      for i in (0..<count).reversed() {
        let before = (i + count - 1) % count
        corner(i, directions[i] * -1, directions[before] * -1, lengths[i], lengths[before])
      }
      close(side, into: &outline)
      return
    }

    cap(points[0], directions[0] * -1, into: &side)
    for i in stride(from: 1, to: count - 1, by: 1) {
      corner(i, directions[i - 1], directions[i], lengths[i - 1], lengths[i])
    }
    cap(points[count - 1], directions[lines - 1], into: &side)
    for i in stride(from: count - 2, to: 0, by: -1) {
      corner(i, directions[i] * -1, directions[i - 1] * -1, lengths[i], lengths[i - 1])
    }
    close(side, into: &outline)
  }

  private func close(_ points: [Point], into outline: inout Path) {
    outline.append(Path(Polyline(points, isClosed: true)))
  }

  /// Where the side runs: to the right of the direction walked (y grows downward).
  private func offset(_ direction: Point) -> Point { Point(-direction.y * radius, direction.x * radius) }

  /// - Parameter room: the shorter of the two lines' lengths.
  private func join(
    _ p: Point, _ into: Point, _ out: Point, _ room: Double, _ isSmooth: Bool, into side: inout [Point]
  ) {
    let a = offset(into)
    let b = offset(out)
    let turn = into.cross(out)
    let cosine = into.dot(out)
    if turn == 0, cosine > 0 {
      side.append(p + a)
      return
    }
    // The point where the offset lines meet, if they do: p + (a + b)/(1 + cos).
    let meeting = cosine > -0.999 ? (a + b) * (1 / (1 + cosine)) : nil
    if turn > 0 {
      // The inner side. tan(angle/2) = sin/(1 + cos) tells how much of each line the meeting point cuts off;
      // half a line is left for its other end.
      if let meeting, radius * turn / (1 + cosine) <= room / 2 {
        side.append(p + meeting)
      } else {
        side.append(p + a)
        side.append(p)
        side.append(p + b)
      }
      return
    }
    let angle = arcTangent(abs(turn), cosine)
    if isSmooth, angle <= chordAngle, let meeting {
      side.append(p + meeting)
      return
    }
    side.append(p + a)
    switch isSmooth ? .round : style.join {
    case .round:
      fan(p, a, angle: -angle, into: &side)
    case .miter:
      // Miter length over width is 1/cos(angle/2), and cos²(angle/2) = (1 + cos)/2.
      if let meeting, style.miterLimit * style.miterLimit * (1 + cosine) / 2 >= 1 { side.append(p + meeting) }
    case .bevel:
      break
    }
    side.append(p + b)
  }

  /// The inner points of an arc about `p` that starts at `p + a`; positive angles run clockwise.
  private func fan(_ p: Point, _ a: Point, angle: Double, into side: inout [Point]) {
    let steps = max(1, Int((abs(angle) / chordAngle).rounded(.up)))
    for step in stride(from: 1, to: steps, by: 1) {
      let (c, s) = cosineAndSine(angle * Double(step) / Double(steps))
      side.append(p + Point(a.x * c - a.y * s, a.x * s + a.y * c))
    }
  }

  /// The end of a line that arrives at `p`: from its right side around to its left.
  private func cap(_ p: Point, _ direction: Point, into side: inout [Point]) {
    let a = offset(direction)
    switch style.cap {
    case .butt:
      side.append(p + a)
      side.append(p - a)
    case .square:
      side.append(p + a + direction * radius)
      side.append(p - a + direction * radius)
    case .round:
      side.append(p + a)
      fan(p, a, angle: -.pi, into: &side)
      side.append(p - a)
    }
  }

  private func dot(_ p: Point, into outline: inout Path) {
    switch style.cap {
    case .butt:
      break
    case .round:
      outline.append(.circle(center: p, radius: radius))
    case .square:
      outline.append(
        .rectangle(Rect(minX: p.x - radius, minY: p.y - radius, maxX: p.x + radius, maxY: p.y + radius)))
    }
  }
}
