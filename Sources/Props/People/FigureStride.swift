import Outline
import Raster

/// The step of somebody drawn at the moment when the near foot comes down in front and the far one is about to leave
/// the ground: thighs, shins and feet turn about hip, knee and ankle through a whole stride back to it.
///
/// Moves the parts called near or far leg or shoe, the arm that swings with its hand, and the skirt of the coat,
/// which is widest when both feet are on the ground.
struct FigureStride: Sendable {
  /// Strides: 0 is the drawn moment; 0.5 has the other foot in front.
  let turn: Double

  /// Angles of a leg in tenths of a stride from heel strike, degrees: the thigh ahead of the vertical, the knee bent,
  /// the toes above the heel. A calm walk, seen at 50° to its way.
  private static let thigh: [Double] = [24, 20, 12, 4, -6, -16, -14, 2, 18, 27]
  private static let knee: [Double] = [3, 14, 14, 7, 4, 11, 40, 58, 42, 12]
  private static let foot: [Double] = [14, 2, 0, 0, -12, -46, -64, -44, -14, 8]
  /// What the arm swings, degrees, and about what.
  private static let swing = 30.0
  private static let shoulder = Point(104, 800)
  private static let kneeHeight = 288.0
  /// What of its breadth the skirt loses when the feet pass each other, and where it begins to.
  private static let narrowing = 0.3
  private static let waist = 600.0

  func stepping(_ drawing: FigureDrawing) -> FigureDrawing {
    let phase = turn - turn.rounded(.down)
    guard phase.isFinite, phase > 0 else { return drawing }
    let (sine, cosine) = sineAndCosine(degrees: phase * 360)
    let ahead = drawing.facesLeft ? -1.0 : 1.0
    let drawnSole = Self.sole(drawing)
    var drawing = drawing
    for side in ["near", "far"] {
      guard let index = drawing.parts.firstIndex(where: { $0.name == side + " leg" }) else { continue }
      let drawn = side == "near" ? 0 : 0.5
      func change(_ angles: [Double]) -> Double {
        Self.read(angles, phase + drawn) - Self.read(angles, drawn)
      }
      let thigh = ahead * change(Self.thigh)
      let shin = thigh - ahead * change(Self.knee)
      let points = drawing.parts[index].points
      guard let hip = points.first, let ankle = points.last,
        let bend = points.indices.min(by: {
          abs(points[$0].y - Self.kneeHeight) < abs(points[$1].y - Self.kneeHeight)
        })
      else { continue }
      let knee = Self.turned(points[bend], about: hip, by: thigh)
      let kneeMove = knee - points[bend]
      func onShin(_ p: Point) -> Point { Self.turned(p + kneeMove, about: knee, by: shin) }
      let ankleMove = onShin(ankle) - ankle
      drawing.parts[index].points = points.indices.map {
        $0 < bend ? Self.turned(points[$0], about: hip, by: thigh) : onShin(points[$0])
      }
      for other in drawing.parts.indices where drawing.parts[other].name == side + " shoe" {
        drawing.parts[other].points = drawing.parts[other].points.map {
          Self.turned($0, about: ankle, by: ahead * change(Self.foot)) + ankleMove
        }
      }
      for other in drawing.parts.indices
      where drawing.parts[other].name == side + " hem"
        || (drawing.parts[other].form == .fold && drawing.parts[other].name.hasPrefix(side + " "))
      {
        drawing.parts[other].points = drawing.parts[other].points.map {
          $0.y > Self.kneeHeight + 40 ? Self.turned($0, about: hip, by: thigh) : onShin($0)
        }
      }
    }
    let arm = ahead * Self.swing * (1 - cosine) / 2
    let shoulder = Point(-ahead * Self.shoulder.x, Self.shoulder.y)
    for index in drawing.parts.indices {
      let part = drawing.parts[index]
      if Self.swings(part.name) {
        drawing.parts[index].points = part.points.map { Self.turned($0, about: shoulder, by: arm) }
      } else if part.form == .cloth || (part.form == .fold && !part.name.hasPrefix("near ")) {
        drawing.parts[index].points = part.points.map { p in
          let drop = min(1, max(0, (Self.waist - p.y) / 350))
          return Point(p.x * (1 - Self.narrowing * drop * sine * sine), p.y)
        }
      }
    }
    // Whoever walks does not float: the lower shoe stands where the drawn one does.
    let rise = Self.sole(drawing) - drawnSole
    for index in drawing.parts.indices {
      drawing.parts[index].points = drawing.parts[index].points.map { Point($0.x, $0.y - rise) }
    }
    return drawing
  }

  private static func swings(_ name: String) -> Bool {
    ["swing arm", "cuff", "palm", "thumb"].contains(name) || name.hasPrefix("finger")
      || name.hasPrefix("elbow")
  }

  /// The lowest point of the shoes; 0 without any.
  private static func sole(_ drawing: FigureDrawing) -> Double {
    drawing.parts.filter { $0.name.hasSuffix("shoe") }.flatMap { $0.points }.map(\.y).min() ?? 0
  }

  /// A smooth curve through values at equal parts of a turn.
  private static func read(_ values: [Double], _ turn: Double) -> Double {
    let place = (turn - turn.rounded(.down)) * Double(values.count)
    let i = Int(place)
    let t = place - Double(i)
    func value(_ k: Int) -> Double { values[(i + k + values.count) % values.count] }
    let (a, b, c, d) = (value(-1), value(0), value(1), value(2))
    return b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)))
  }

  /// Counterclockwise with y up.
  private static func turned(_ p: Point, about center: Point, by degrees: Double) -> Point {
    let (s, c) = sineAndCosine(degrees: degrees)
    let d = p - center
    return center + Point(d.x * c - d.y * s, d.x * s + d.y * c)
  }
}
