import Raster

/// Cuts contours into dashes by arc length.
struct Dashes {
  /// Dashes and gaps by turns, an even number of them.
  private let lengths: [Double]
  private let period: Double
  private let offset: Double
  /// Contours with more dashes than this are not cut.
  private static let maximumCount = 100_000.0

  /// nil if the style has no dashes, or none that could be drawn.
  init?(_ style: StrokeStyle) {
    guard !style.dashes.isEmpty, style.dashes.allSatisfy({ $0.isFinite && $0 >= 0 }) else { return nil }
    lengths = style.dashes.count % 2 == 0 ? style.dashes : style.dashes + style.dashes
    period = lengths.reduce(0, +)
    guard period > 0, period.isFinite else { return nil }
    let rest = style.dashOffset.isFinite ? style.dashOffset.truncatingRemainder(dividingBy: period) : 0
    offset = rest < 0 ? rest + period : rest
  }

  func cut(_ contour: FlattenedContour) -> [FlattenedContour] {
    var points = contour.points
    var isSmooth = contour.isSmooth
    if contour.isClosed, let first = points.first {
      points.append(first)
      isSmooth.append(false)
    }
    let total = Polyline(points).length
    guard points.count > 1, total > 0, total / period * Double(lengths.count) < Self.maximumCount else {
      return [contour]
    }

    var index = 0
    var rest = offset
    while rest > 0, rest >= lengths[index] {
      rest -= lengths[index]
      index = (index + 1) % lengths.count
    }
    /// What is left of the present dash or gap.
    var left = lengths[index] - rest
    var isOn = index % 2 == 0
    let startsOn = isOn
    var pieces: [FlattenedContour] = []
    var piece = FlattenedContour(points: [], isSmooth: [], isClosed: false)
    func add(_ point: Point, _ smooth: Bool) {
      guard piece.points.last != point else { return }
      piece.points.append(point)
      piece.isSmooth.append(smooth)
    }
    func finish(along direction: Point) {
      if piece.points.count == 1, let point = piece.points.first {
        // A dash of no length keeps its direction, for its caps.
        let size = max(1e-9, direction.magnitude)
        add(point + direction * (1e-6 / size), false)
      }
      if !piece.points.isEmpty { pieces.append(piece) }
      piece = FlattenedContour(points: [], isSmooth: [], isClosed: false)
    }

    if isOn { add(points[0], false) }
    for i in 1..<points.count {
      let from = points[i - 1]
      let direction = points[i] - from
      let length = direction.magnitude
      guard length > 0 else { continue }
      var position = 0.0
      while left <= length - position {
        position += left
        let point = from.mixed(with: points[i], at: min(1, position / length))
        add(point, false)
        if isOn { finish(along: direction) }
        isOn.toggle()
        index = (index + 1) % lengths.count
        left = lengths[index]
      }
      left -= length - position
      if isOn { add(points[i], isSmooth[i]) }
    }
    let endsOn = isOn && piece.points.count > 1
    if endsOn { finish(along: Point(1, 0)) }

    // The last dash of a closed contour runs on into the first.
    if contour.isClosed, startsOn, endsOn, pieces.count > 1, let last = pieces.last, let first = pieces.first
    {
      pieces.removeLast()
      let join = last.points.last == first.points.first ? 1 : 0
      pieces[0] = FlattenedContour(
        points: last.points + first.points.dropFirst(join),
        isSmooth: last.isSmooth + first.isSmooth.dropFirst(join), isClosed: false)
    } else if contour.isClosed, pieces.count == 1, startsOn, endsOn {
      // One dash covers all of it.
      return [contour]
    }
    return pieces
  }
}
