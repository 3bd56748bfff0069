import CVector
import Catalog
import Raster

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Plates that do not lie on each other: each ink is printed a little aside and a little turned.
///
/// As a print, the picture is taken apart into what the black plate takes of the light and what cyan, magenta and yellow
/// take of the rest; where a plate is missing the paper shows. As light, red, green and blue are thrown onto the dark
/// each by itself: where one is missing it is darker. Light above white goes with its plate.
public struct Misregistration: Effect {
  public static let name = "misregistration"
  public static let summary = "Printing plates, or beams of light, that do not lie on each other."

  public enum Model: String, CaseIterable, Sendable, Hashable {
    case print, light
  }

  var amount: Float = 0.6
  var model = Model.print
  var black: Float = 0.5
  var turn: Float = 0.5

  public static let parameters: [Parameter<Misregistration>] = [
    .init(
      "misregistration", \.amount, .number(0...8, suggested: 0.2...1.5),
      "Strength; at 1 plates lie 0.35 % of the picture's height aside."),
    .init(
      "model", \.model, .choice,
      "print: inks on paper, for dark on light; light: beams on the dark, for light on dark."),
    .init(
      "black", \.black, .number(0...1),
      "How much of the dark the black plate carries, which stays: at 1 grays have no fringes."),
    .init(
      "turn", \.turn, .number(0...4, suggested: 0...1),
      "How much plates are turned; 1 is a tenth of a degree."),
  ]

  public static let neutral: Misregistration? = {
    var plates = Misregistration()
    plates.amount = 0
    return plates
  }()

  /// Share of the picture's height at amount 1.
  private static let distance = 0.0035

  public init() {}

  /// The motions of red and cyan, green and magenta, blue and yellow. Black is what the others are set by.
  private func motions(_ geometry: Geometry, _ seed: Seed) -> [SmallMotion] {
    let plates = seed.derived("misregistration")
    let first = plates.unit(0)
    return (0..<3).map { i in
      // Away from each other, so that no chance lays two onto each other.
      let direction = 2 * Double.pi * (first + (Double(i) + 0.5 * (plates.unit(1 + i) - 0.5)) / 3)
      let length =
        geometry.pixels(Misregistration.distance * Double(amount)) * (0.7 + 0.3 * plates.unit(4 + i))
      return SmallMotion(
        x: length * cos(direction), y: length * sin(direction),
        turn: Double(amount) * Double(turn) * 0.1 * .pi / 180 * (2 * plates.unit(7 + i) - 1),
        center: geometry.point(0.5, 0.5))
    }
  }

  public func reach(in geometry: Geometry) -> Reach {
    guard amount > 0 else { return .none }
    let length = geometry.pixels(Misregistration.distance * Double(amount))
    let farthest = SmallMotion(
      x: length, y: length, turn: Double(amount) * Double(turn) * 0.1 * .pi / 180,
      center: geometry.point(0.5, 0.5))
    let pixels = farthest.reach(in: geometry.bounds)
    return Reach(x: pixels, y: pixels)
  }

  public func scratchBytes(for region: PixelRect, in context: EffectContext) -> Int {
    guard amount > 0, !region.isEmpty else { return 0 }
    return 2 * Plane.bytes(width: region.width, height: region.height)
  }

  public func apply(to frame: Framebuffer, in context: EffectContext) throws {
    guard amount > 0, !frame.region.isEmpty else { return }
    let motions = motions(context.geometry, context.seed)
    let (width, height) = (frame.width, frame.height)
    let workers = context.workers
    let copy = try Plane(width: width, height: height)
    let region = frame.region
    func shift(_ plane: Plane, _ motion: SmallMotion) {
      workers.bands(rows: height, width: width) { rows in
        for i in rows { copy.row(i).update(from: plane.row(i), count: width) }
      }
      let shifted = ShiftedPlane(source: copy, region: region, motion: motion)
      workers.bands(rows: height, width: width) { rows in
        for i in rows { shifted.draw(row: region.minY + i, into: plane.row(i)) }
      }
    }
    let key = model == .print && black > 0 ? try Plane(width: width, height: height) : nil
    if model == .print {
      workers.bands(rows: height, width: width) { rows in
        for i in rows { separate(frame.row(region.minY + i), black: key?.row(i)) }
      }
    }
    for (plane, motion) in zip(frame.colorPlanes, motions) { shift(plane, motion) }
    // A body is wherever a plate is.
    workers.bands(rows: height, width: width) { rows in
      for i in rows { copy.row(i).update(from: frame.alpha.row(i), count: width) }
    }
    let bodies = motions.map { ShiftedPlane(source: copy, region: region, motion: $0) }
    workers.bands(rows: height, width: width) { rows in
      withUnsafeTemporaryAllocation(of: Float.self, capacity: width + 8) { scratch in
        guard let moved = scratch.baseAddress else { return }
        for i in rows {
          let row = frame.row(region.minY + i)
          if !row.isOpaque() {
            for body in bodies {
              body.draw(row: region.minY + i, into: moved)
              for x in 0..<width { row.alpha[x] = max(row.alpha[x], moved[x]) }
            }
          }
          if model == .print { print(row, black: key?.row(i)) }
        }
      }
    }
  }

  /// Takes colors apart: what is left in them is what the three colored plates let through.
  private func separate(_ row: Row, black key: UnsafeMutablePointer<Float>?) {
    let share = black
    row.mapVectors { r, g, b, a, i in
      // Paper shows through where there is no body.
      let paper = 1 - v8_clamp(a, 0, 1)
      r = v8_clamp(r, 0, 1e12) + paper
      g = v8_clamp(g, 0, 1e12) + paper
      b = v8_clamp(b, 0, 1e12) + paper
      guard let key else { return }
      let light = v8_max(r, v8_max(g, b))
      let left = share == 1 ? light : v8_pow(light, share)
      let isDark = v8_less(light, v8_splat(1e-20))
      // In black there is no color to be laid aside.
      let dark = v8_splat(share == 1 ? 1 : 0)
      let safe = v8_select(isDark, v8_splat(1), left)
      r = v8_select(isDark, dark, r / safe)
      g = v8_select(isDark, dark, g / safe)
      b = v8_select(isDark, dark, b / safe)
      if i + 8 <= row.count {
        v8_store(key + i, left)
      } else {
        store(left, key + i, row.count - i)
      }
    }
  }

  /// Lays the black plate over the others.
  private func print(_ row: Row, black key: UnsafeMutablePointer<Float>?) {
    row.mapVectors { r, g, b, a, i in
      if let key {
        let left = i + 8 <= row.count ? v8_load(key + i) : partial(key + i, row.count - i)
        r *= left
        g *= left
        b *= left
      }
      let paper = 1 - v8_clamp(a, 0, 1)
      r = v8_max(r - paper, v8_splat(0))
      g = v8_max(g - paper, v8_splat(0))
      b = v8_max(b - paper, v8_splat(0))
    }
  }
}
