import Raster

extension Path {
  /// A sunburst: wedges between two circles, evenly spaced about their center.
  ///
  /// - Parameters:
  ///   - innerRadius: 0 lets all rays meet in the center.
  ///   - count: clamped to 1…10 000.
  ///   - duty: the share of the turn that rays fill, clamped to 0…1.
  ///   - phase: clock angle of the first ray's middle in degrees: 0 is up.
  package static func rays(
    center: Point, innerRadius: Double, outerRadius: Double, count: Int, duty: Double = 0.5, phase: Double = 0
  ) -> Path {
    let count = Repetition.clamped(count, from: 1)
    let spacing = 360 / Double(count)
    let width = spacing * (duty.isFinite ? max(0, min(1, duty)) : 0)
    guard width > 0 else { return Path() }
    var path = Path()
    for ray in 0..<count {
      let start = phase + spacing * Double(ray) - width / 2
      guard innerRadius <= 0, width < 360 else {
        path.append(
          ringSegment(
            center: center, innerRadius: max(0, innerRadius), outerRadius: outerRadius, from: start,
            sweep: width))
        continue
      }
      var wedge = Path([.move(center)])
      wedge.appendArc(center: center, radius: outerRadius, from: start, sweep: width)
      wedge.elements.append(.close)
      path.append(wedge)
    }
    return path
  }
}
