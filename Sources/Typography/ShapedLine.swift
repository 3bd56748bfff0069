import Raster

/// A glyph out of shaping, in em and with the size of its run. "Along" is the direction of the line, "across" is
/// downward in lines and to the right in columns.
struct LineItem {
  enum Stance: Sendable {
    /// In a line.
    case lying
    /// In a column, as it is.
    case upright
    /// In a column, by 90° clockwise.
    case turned
  }

  var id: GlyphID
  var face: Face
  /// A character's index and a cluster's.
  var scalar: Int
  var cluster: Int
  var scale: Double
  /// From the pen to the glyph's origin.
  var along: Double
  var across: Double
  /// How far the pen moves.
  var advance: Double
  var stance = Stance.lying
  /// Whether tracking follows: after the last glyph of its cluster, unless the cluster has no width.
  var isTracked = false
  /// Whether the line would be shaped otherwise if it began here.
  var isUnsafeToBreak = false
}

/// What stands in a stretch of text set in one line, by cluster: widths, gaps, and what may be left out at a line's
/// ends. All lengths in em.
struct ShapedLine {
  var items: [LineItem]
  /// The clusters that the line holds.
  var clusters: Range<Int>
  /// By cluster from the first: its items' advances; `isTracked` where tracking follows.
  private(set) var advances: [Double]
  private(set) var tracked: [Bool]
  /// By cluster: what is added after it if the line goes on, and how far that can grow and give way.
  var gaps: [Double]
  var stretch: [Double]
  var shrink: [Double]
  /// The first item of each cluster; one more at the end.
  private(set) var firstItems: [Int]

  init(_ items: [LineItem], clusters: Range<Int>) {
    self.items = items
    self.clusters = clusters
    let count = clusters.count
    advances = [Double](repeating: 0, count: count)
    tracked = [Bool](repeating: false, count: count)
    gaps = advances
    stretch = advances
    shrink = advances
    firstItems = [Int](repeating: items.count, count: count + 1)
    for (index, item) in items.enumerated().reversed() {
      let cluster = item.cluster - clusters.lowerBound
      guard advances.indices.contains(cluster) else { continue }
      firstItems[cluster] = index
    }
    for item in items {
      let cluster = item.cluster - clusters.lowerBound
      guard advances.indices.contains(cluster) else { continue }
      advances[cluster] += item.advance
      if item.isTracked { tracked[cluster] = true }
    }
    // Clusters without glyphs of their own, such as the second letter of a ligature.
    for cluster in stride(from: count - 1, through: 0, by: -1) where firstItems[cluster] == items.count {
      firstItems[cluster] = firstItems[cluster + 1]
    }
  }

  func items(of cluster: Int) -> ArraySlice<LineItem> {
    let index = cluster - clusters.lowerBound
    let start = firstItems[index]
    var end = start
    while end < items.count, items[end].cluster == cluster { end += 1 }
    return items[start..<end]
  }

  /// From where to where a cluster's ink reaches along the line, from the pen at its beginning; nil without ink.
  func ink(of cluster: Int) -> ClosedRange<Double>? {
    var pen = 0.0
    var low = Double.infinity
    var high = -Double.infinity
    for item in items(of: cluster) {
      if let box = try? item.face.glyph(item.id).inkBox, !box.isNull {
        let ends = item.stance == .upright ? (box.minY, box.maxY) : (box.minX, box.maxX)
        low = min(low, pen + item.along + ends.0 * item.scale)
        high = max(high, pen + item.along + ends.1 * item.scale)
      }
      pen += item.advance
    }
    return low <= high ? low...high : nil
  }
}
