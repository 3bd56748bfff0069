import Raster

extension Path {
  /// A ring with teeth that point inward, as the hub of a cassette's reel.
  ///
  /// - Parameters:
  ///   - outerRadius: of the ring.
  ///   - innerRadius: of the hole, between the teeth.
  ///   - teeth: clamped to 0…10 000.
  ///   - toothDepth: how far a tooth reaches from the hole's edge toward the center.
  ///   - toothWidth: across a tooth; its sides are parallel. Clamped so that teeth do not meet.
  ///   - rotation: clock angle of the first tooth in degrees: 0 is up.
  package static func hub(
    center: Point, outerRadius: Double, innerRadius: Double, teeth: Int, toothDepth: Double,
    toothWidth: Double, rotation: Double = 0
  ) -> Path {
    let outer = max(outerRadius, innerRadius)
    let inner = min(outerRadius, innerRadius)
    let count = Repetition.clamped(teeth, from: 0)
    guard count > 0, inner > 0, toothDepth > 0, toothWidth > 0 else {
      return ring(center: center, innerRadius: inner, outerRadius: outer)
    }
    let spacing = 360 / Double(count)
    let tip = inner - min(toothDepth, inner)
    // Where the parallel sides meet the hole; neighbors keep a tenth of the spacing between them.
    let room = spacing * 0.45
    let wanted =
      arcCosine((1 - (toothWidth / 2 / inner) * (toothWidth / 2 / inner)).squareRootOrZero) * (180 / .pi)
    let half = min(wanted, room, 80)
    let halfWidth = inner * unitVector(degrees: half).y

    var hole = Path()
    // Against the outer circle's direction.
    for tooth in (0..<count).reversed() {
      let middle = rotation + spacing * Double(tooth)
      let axis = clockVector(degrees: middle)
      let across = Point(-axis.y, axis.x)
      hole.appendArc(
        center: center, radius: inner, from: middle + spacing - half, sweep: -(spacing - 2 * half))
      hole.elements.append(.line(center + axis * tip + across * halfWidth))
      hole.elements.append(.line(center + axis * tip - across * halfWidth))
    }
    hole.elements.append(.close)
    var path = arc(center: center, radius: outer, from: 0, sweep: 360)
    path.append(hole)
    return path
  }
}

extension Double {
  fileprivate var squareRootOrZero: Double { self > 0 ? squareRoot() : 0 }
}
