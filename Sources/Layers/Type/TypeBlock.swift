import Catalog
import Outline
import Raster

/// Set type, ready to be inked: letters in the pixels of their layer.
struct TypeBlock: Sendable {
  var letters: [TypeLetter] = []
  /// What shares of the em count from, in pixels.
  var em: Double
  /// What gradients are laid over, in pixels.
  var ink: Rect

  /// The line about letters, in em, unless it is given.
  static let outlineWidth = 0.03

  /// The letters with all that lies about them.
  ///
  /// - Parameter transform: from the layer's own pixels to picture pixels.
  func painter(_ look: TypeLook, _ transform: Affine, in context: LayerContext) -> any Painter {
    let scale = transform.meanScale
    guard scale > 0, scale.isFinite else { return PainterStack([]) }
    let region = context.geometry.bounds
    let face = joined(letters)
    var line = Path()
    if look.stroke != nil {
      let width = look.strokeWidth.map { context.geometry.pixels($0) } ?? TypeBlock.outlineWidth * em
      // A hair finer than a pixel's coverage can show.
      line = joined(letters.filter { !$0.isPen })
        .stroked(StrokeStyle(width: width, join: .round), tolerance: 0.05 / scale)
      if line.controlArea < 0 { line = line.reversed }
    }
    var silhouette = face
    silhouette.append(line)
    func coverage(_ path: Path, moved: Affine = .identity) -> CoverageMask {
      CoverageMask(
        path: path.transformed(by: moved.then(transform)), clip: region, workers: context.workers)
    }
    func soft(_ sigma: Double, moved: Affine = .identity) -> SoftCoverage {
      SoftCoverage(
        silhouette.transformed(by: moved.then(transform)), sigma: sigma * em * scale,
        origin: transform.apply(.zero), region: region)
    }

    var coats: [any Painter] = []
    if look.halo > 0 {
      var color = look.haloColor
      color.alpha *= look.halo
      coats.append(SoftCoat(.halo(color), [(soft(look.haloRadius / 3), 1)]))
    }
    if look.glow > 0 {
      let color = (look.glowColor ?? look.color.meanColor) * look.glow
      // A bright rim and a wide, faint rest: light in air falls slower than one blur does.
      coats.append(
        SoftCoat(.glow(color), [(soft(look.glowRadius / 8), 0.6), (soft(look.glowRadius / 2.4), 0.4)]))
    }
    if let shadow = look.shadow {
      let moved = Affine.translation(look.shadowOffset.x * em, look.shadowOffset.y * em)
      coats.append(
        look.shadowBlur > 0
          ? SoftCoat(.shadow(shadow), [(soft(look.shadowBlur / 2, moved: moved), 1)])
          : PaintedCoverage(
            coverage(silhouette, moved: moved), paint: .color(shadow), box: ink, transform: transform))
    }
    if let stroke = look.stroke {
      coats.append(
        PaintedCoverage(coverage(line), paint: .color(stroke), box: ink, transform: transform))
    }
    coats.append(PaintedCoverage(coverage(face), paint: look.color, box: ink, transform: transform))
    return PainterStack(coats.filter { !$0.bounds.isEmpty })
  }

  private func joined(_ letters: [TypeLetter]) -> Path {
    var path = Path()
    for letter in letters { path.append(letter.path) }
    return path
  }
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
