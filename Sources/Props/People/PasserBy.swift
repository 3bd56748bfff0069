import Outline
import Raster
import Stage

/// Somebody under an umbrella, far off: a few shapes that read at forty pixels.
struct PasserBy: Sendable {
  /// Whether he or she is seen from the side; else from the front or from behind, which are the same far off.
  var isSide: Bool
  /// Where in a step the legs are, turns; nil for somebody who stands.
  var step: Double?
  var hasUmbrella: Bool
  /// What makes this one's build, coat and umbrella.
  var seed: Seed

  /// The drawing; looks to the right.
  var drawing: FigureDrawing? {
    guard var drawing = isSide ? Self.side : Self.front else { return nil }
    let build = 0.9 + 0.22 * seed.unit(0)
    let hem = seed.unit(1)
    let size = 0.86 + 0.24 * seed.unit(2)
    let tilt = (isSide ? 0.10 : 0) + 0.24 * (seed.unit(3) - 0.5)
    drawing.parts.removeAll { part in
      part.name.hasPrefix("umbrella") ? !hasUmbrella : part.name == "hood" && (hasUmbrella || hem < 0.4)
    }
    for index in drawing.parts.indices {
      let part = drawing.parts[index]
      drawing.parts[index].points = part.points.map { p in
        var p = p
        if part.name.hasPrefix("umbrella") {
          // About the hand that holds it.
          let d = Point((p.x - Self.hand.x) * size, p.y - Self.hand.y)
          return Self.hand + Point(d.x + tilt * d.y, d.y - tilt * d.x)
        }
        p.x *= build
        // Coats end between the hips and the calves.
        if part.form == .cloth, p.y < 600 { p.y = 600 - (600 - p.y) * (0.55 + 0.5 * hem) }
        return p + stride(part.name, p)
      }
    }
    return drawing
  }

  /// How far the step moves a point of a leg.
  private func stride(_ name: String, _ p: Point) -> Point {
    guard let step, name.hasSuffix("leg") || name.hasSuffix("shoe") else { return Point(0, 0) }
    let turn = step + (name.hasPrefix("near") ? 0 : 0.5)
    let (s, c) = sineAndCosine(degrees: (turn - turn.rounded(.down)) * 360)
    let share = min(1, max(0, (480 - p.y) / 420))
    let lift = max(0, -s) * 34 * share
    guard isSide else { return Point(0, lift) }
    // The knee goes ahead of the line from hip to foot while the foot is in the air.
    let bend = max(0, -s) * 46 * share * (1 - share) * 4
    return Point(-c * 92 * share + bend, lift)
  }

  private static let hand = Point(42, 742)
  private static let side = try? FigureDrawing(sideText)
  private static let front = try? FigureDrawing(frontText)

  static let sideText = """
    faces right
    wind below 600
    limb far leg
      4,480,50  8,280,38  2,66,30
    shape far shoe
      -28,70  -30,2  34,0  66,6  60,20  30,38  28,70
    limb near leg
      -6,480,52  0,280,40  -6,66,32
    shape near shoe
      -38,70  -40,-2  24,-4  58,4  52,18  22,36  20,70
    cloth coat
      10,850  -40,840  -80,800  -92,720  -84,620  -96,500  -116,360  -126,262
      -60,248  10,256  70,250  96,262
      92,400  80,540  74,640  86,720  78,790  50,836
    limb arm
      6,790,42  22,700,38  58,690,32  50,742,26
    limb neck
      2,890,34  0,830,40
    shape head
      6,994  34,984  50,960  52,940  60,920  52,910  50,890  30,872  -20,876  -44,900  -54,940  -44,976  -20,992
    shape hood
      2,1004  40,990  50,960  30,930  26,890  40,850  -60,840  -70,900  -66,950  -40,990
    limb umbrella stick
      42,742,5  42,1090,4
    shape umbrella
      -236,960  -206,1030  -130,1092  42,1124  214,1092  290,1030  320,960
      288,976  232,962  190,982  138,966  90,984  42,968  -6,984  -54,966  -106,982  -148,962  -204,976
    limb umbrella tip
      42,1116,5  42,1150,2
    """

  static let frontText = """
    faces right
    wind below 600
    limb far leg
      34,480,50  40,280,38  42,66,30
    shape far shoe
      14,70  8,14  14,-4  66,-4  76,10  70,70
    limb near leg
      -36,480,52  -40,280,40  -42,66,32
    shape near shoe
      -72,70  -80,12  -70,-6  -18,-6  -10,12  -14,70
    cloth coat
      0,860  -60,842  -104,818  -122,760  -112,680  -98,600  -108,500  -126,360  -136,262
      -70,248  0,256  70,248  136,262
      126,360  108,500  98,600  112,680  122,760  104,818  60,842
    limb arm
      96,800,36  116,710,34  76,680,32  46,742,28
    limb neck
      0,890,34  0,830,42
    shape head
      0,996  34,984  50,950  48,910  28,874  0,866  -28,874  -48,910  -50,950  -34,984
    shape hood
      0,1006  44,990  60,950  66,890  90,830  -90,830  -66,890  -60,950  -44,990
    limb umbrella stick
      42,742,5  42,1090,4
    shape umbrella
      -236,960  -206,1030  -130,1092  42,1124  214,1092  290,1030  320,960
      288,976  232,962  190,982  138,966  90,984  42,968  -6,984  -54,966  -106,982  -148,962  -204,976
    limb umbrella tip
      42,1116,5  42,1150,2
    """
}
