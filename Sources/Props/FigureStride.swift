import Raster

/// The step of somebody drawn in mid-stride: legs, shoes and the free arm swing from the drawn moment, when the near
/// foot comes down in front and the far one leaves the ground, through a whole turn back to it.
///
/// Moves the parts called near or far leg or shoe, and those that swing with the arm.
struct FigureStride: Sendable {
  /// 0 is the drawn moment; 0.5 has the other foot in front.
  let turn: Double

  /// Half a step, thousandths of the height.
  private static let reach = 118.0
  /// How high a foot is carried, and how much higher the ankle is behind than in front.
  private static let lift = 30.0
  private static let heel = 38.0
  /// Between the pitch of a shoe that comes down and of one that leaves, and the arm's way, degrees.
  private static let pitch = 50.0
  private static let swing = 27.0
  /// Heights of hip and ankle, and the shoulder about which the arm swings.
  private static let hip = 480.0
  private static let ankle = 85.0
  private static let shoulder = Point(108, 800)
  private static let arm: Set<String> = ["swing arm", "cuff", "hand"]

  func stepping(_ drawing: FigureDrawing) -> FigureDrawing {
    let phase = turn - turn.rounded(.down)
    guard phase.isFinite, phase > 0 else { return drawing }
    let (sine, cosine) = sineAndCosine(degrees: phase * 360)
    let ahead = drawing.facesLeft ? -1.0 : 1.0
    /// 0 at the drawn moment, 1 half a turn later.
    let way = (1 - cosine) / 2
    let drawnSole = Self.sole(drawing)
    var drawing = drawing
    for index in drawing.parts.indices {
      let part = drawing.parts[index]
      let isNear = part.name.hasPrefix("near")
      let air = Self.lift * max(0, isNear ? -sine : sine)
      let back = isNear ? way : -way
      if part.name.hasSuffix("leg") {
        drawing.parts[index].points = part.points.map { p in
          let share = min(1, max(0, (Self.hip - p.y) / (Self.hip - Self.ankle)))
          let knee = 4 * share * (1 - share) * (air * 1.2 + 8 * way * (1 - way))
          return Point(
            p.x + ahead * (knee - 2 * Self.reach * back * share), p.y + share * (air + Self.heel * back))
        }
      } else if part.name.hasSuffix("shoe") {
        // About the ankle, the middle of the shoe's top.
        let top = part.points.reduce(-1e9) { max($0, $1.y) }
        let upper = part.points.filter { $0.y > top - 24 }
        let joint = Point(upper.reduce(0) { $0 + $1.x } / Double(max(1, upper.count)), top)
        let foot = Point(-2 * ahead * Self.reach * back, air + Self.heel * back)
        drawing.parts[index].points = Self.turned(part.points, about: joint, by: -ahead * Self.pitch * back)
          .map { $0 + foot }
      } else if Self.arm.contains(part.name) {
        drawing.parts[index].points = Self.turned(
          part.points, about: Point(-ahead * Self.shoulder.x, Self.shoulder.y), by: ahead * Self.swing * way)
      }
    }
    // Whoever walks does not float: the lower shoe stands where the drawn one does.
    let rise = Self.sole(drawing) - drawnSole
    for index in drawing.parts.indices {
      drawing.parts[index].points = drawing.parts[index].points.map { Point($0.x, $0.y - rise) }
    }
    return drawing
  }

  /// The lowest point of the shoes; 0 without any.
  private static func sole(_ drawing: FigureDrawing) -> Double {
    drawing.parts.filter { $0.name.hasSuffix("shoe") }.flatMap { $0.points }.map(\.y).min() ?? 0
  }

  /// Counterclockwise with y up.
  private static func turned(_ points: [Point], about center: Point, by degrees: Double) -> [Point] {
    let (s, c) = sineAndCosine(degrees: degrees)
    return points.map { p in
      let d = p - center
      return center + Point(d.x * c - d.y * s, d.x * s + d.y * c)
    }
  }
}
