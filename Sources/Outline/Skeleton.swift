import Raster

/// The center lines of a filled path: the way of a pen, or of a glass tube, that would draw its strokes.
///
/// Made for letters of even, thin strokes (light sans faces, Chinese above all), and defined for any path. The
/// area is cut into cells of about a fourteenth of a stroke's width, so that nothing depends on the size in which
/// the letter is drawn later. It is thinned in the order of the distance from the border, keeping its topology and
/// the ridges between opposite borders; spurs into corners are left out. Every line is then brought to the exact
/// middle between the path's borders, crossings to where the strokes' directions meet, corners to where they
/// would, and what is straight is drawn straight.
///
/// Equal input gives equal output. Time and memory are bounded by the number of cells: at most 1.6 million.
package struct Skeleton: Sendable, Hashable {
  /// In the path's unit. Strokes run straight through crossings; those that meet others end on them. Open lines
  /// end half a stroke's width before the border, where a round pen reaches it. A dot is a line of one point.
  package let lines: [Polyline]
  /// The usual width of the strokes, in the path's unit; 0 if nothing is filled.
  package let strokeWidth: Double

  /// - Parameter path: open contours count as closed. A path that is not finite has no skeleton.
  package init(of path: Path, rule: FillRule = .nonZero) {
    guard let raster = MedialRaster(path, rule: rule) else {
      lines = []
      strokeWidth = 0
      return
    }
    var graph = SkeletonGraph(raster)
    graph.prune()
    graph.mergeCrossings()
    // Crossings are wider now.
    graph.prune()
    var strokes = SkeletonStrokes(graph, raster)
    lines = strokes.lines().map { line in
      Polyline(line.points.map(raster.toPath.apply), isClosed: line.isClosed)
    }
    strokeWidth = raster.strokeWidth * raster.toPath.meanScale
  }
}
