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

/// The sheet that the picture is printed on: its tooth and fibers, the folds it was kept in, and its age.
///
/// Everything is a function of the place on the sheet, in shares of its height. What is finer than a pixel averages out.
public struct Paper: PointEffect {
  public static let name = "paper"
  public static let summary = "A printed sheet: tooth and fibers, folds, worn edges, yellowed paper."

  var texture: Float = 0.5
  var folds: Float = 0.5
  var foldColumns = 2
  var foldRows = 4
  var yellowing: Float = 0.25
  var wear: Float = 0.4
  var stock = LinearColor(coded: 0.955, 0.935, 0.885)

  public static let parameters: [Parameter<Paper>] = [
    .init("paper", \.texture, .number(0...1), "How rough the sheet is, and how much of that the ink shows."),
    .init("folds", \.folds, .number(0...1), "How sharply the sheet was folded: creases lose their ink."),
    .init(
      "fold-columns", \.foldColumns, .integer(1...16), "Panels side by side that the sheet was folded into."),
    .init("fold-rows", \.foldRows, .integer(1...16), "Panels one above the other."),
    .init("yellowing", \.yellowing, .number(0...1), "Age: yellow and brown, from the edges on."),
    .init("wear", \.wear, .number(0...1), "How rubbed the edges, corners and crossings of folds are."),
    .init("stock", \.stock, .color, "The bare paper, where ink is lost."),
  ]

  public static let neutral: Paper? = {
    var paper = Paper()
    paper.texture = 0
    paper.folds = 0
    paper.yellowing = 0
    paper.wear = 0
    return paper
  }()

  public init() {}

  public func prepare(in context: EffectContext) -> any RowProcessor { Sheet(self, context) }

  /// One layer of smooth noise on the sheet.
  private struct Grainy: Sendable {
    var noise: CoherentNoise
    /// Lattice cells to a share of the height, along and across, and the direction.
    var scaleX, scaleY, cosine, sine: Float
    /// What a pixel leaves of it, 0…1.
    var presence: Float

    /// - Parameters:
    ///   - cell: shares of the height.
    ///   - stretch: how much longer than wide a cell is.
    init(
      _ form: CoherentNoise.Form, cell: Double, stretch: Double = 1, angle: Double = 0, warp: Float = 0,
      seed: Seed, pixel: Double
    ) {
      noise = CoherentNoise(form: form, octaves: form == .ridged ? 2 : 1, warp: warp, seed: seed.low)
      scaleX = Float(1 / (cell * stretch))
      scaleY = Float(1 / cell)
      cosine = Float(Sheet.cosine(angle))
      sine = Float(Sheet.cosine(angle - 90))
      // Gone where a cell is a pixel, whole where it is two and a half.
      presence = Float(max(0, min(1, (cell / pixel - 1) / 1.5)))
    }

    /// Values at places, shares of the height; 0.5 where nothing of the layer is to be seen.
    func fill(
      _ out: UnsafeMutablePointer<Float>, _ place: UnsafeMutablePointer<Float>, startX: Double, stepX: Double,
      first: Int, y: Float, count: Int, capacity: Int
    ) {
      guard presence > 0 else { return out.update(repeating: 0.5, count: count) }
      for i in 0..<count {
        let x = Float(startX + stepX * Double(first + i))
        place[i] = (x * cosine + y * sine) * scaleX
        place[capacity + i] = (y * cosine - x * sine) * scaleY
      }
      noise.fill(out, x: place, y: place + capacity, count: count)
    }

    /// What of the layer, over its cells, lies above `threshold`, on average.
    func excess(over threshold: Float) -> Float {
      let side = 48
      return withUnsafeTemporaryAllocation(of: Float.self, capacity: 3 * side) { scratch in
        guard let place = scratch.baseAddress else { return 0 }
        var sum: Float = 0
        for j in 0..<side {
          for i in 0..<side {
            place[i] = Float(i) * 0.37
            place[side + i] = Float(j) * 0.41
          }
          noise.fill(place + 2 * side, x: place, y: place + side, count: side)
          for i in 0..<side { sum += max(0, place[2 * side + i] - threshold) }
        }
        return sum / Float(side * side)
      }
    }
  }

  private struct Sheet: RowProcessor {
    private let settings: Paper
    private let isIdle: Bool
    private let width, height: Float
    private let startX, startY, step: Double
    private let tooth, fine, fibersA, fibersB, mottle, wobble: Grainy
    private let stock: SIMD3<Float>
    /// Ink lost to the pits of the tooth, fine and coarse, and to fibers, where pixels are too large to show them.
    private let lostToTooth, lostToFine, lostToFibers: Float
    private let creaseSeed: UInt32
    private static let chunk = 512
    /// Heights beyond which ink does not reach.
    private static let pits = (tooth: Float(0.72), fine: Float(0.74), fibers: Float(0.38))

    /// By degrees, for set-up code.
    static func cosine(_ degrees: Double) -> Double { cos(degrees * .pi / 180) }

    init(_ settings: Paper, _ context: EffectContext) {
      self.settings = settings
      let geometry = context.geometry
      let seed = context.seed.derived("paper")
      let pixel = 1 / Double(max(1, geometry.trimHeight))
      step = pixel
      startX = (0.5 - Double(geometry.bleed)) * pixel
      startY = startX
      width = Float(Double(geometry.trimWidth) * pixel)
      height = 1
      tooth = Grainy(.simplex, cell: 0.0042, seed: seed.derived("tooth"), pixel: pixel)
      fine = Grainy(.simplex, cell: 0.0017, seed: seed.derived("fine"), pixel: pixel)
      fibersA = Grainy(
        .ridged, cell: 0.0045, stretch: 5, angle: 21, warp: 0.5, seed: seed.derived("fibers"),
        pixel: pixel * 2)
      fibersB = Grainy(
        .ridged, cell: 0.0055, stretch: 4, angle: -58, warp: 0.5, seed: seed.derived("more fibers"),
        pixel: pixel * 2)
      mottle = Grainy(.fbm, cell: 0.13, seed: seed.derived("mottle"), pixel: pixel)
      wobble = Grainy(.simplex, cell: 0.022, seed: seed.derived("wobble"), pixel: pixel)
      func bounded(_ x: Double) -> Float { x.isFinite ? Float(max(0, min(4, x))) : 1 }
      stock = SIMD3(bounded(settings.stock.red), bounded(settings.stock.green), bounded(settings.stock.blue))
      lostToTooth = tooth.excess(over: Sheet.pits.tooth)
      lostToFine = fine.excess(over: Sheet.pits.fine)
      // Both ways of fibers lie over each other, and seldom at one place.
      lostToFibers = 2 * fibersA.excess(over: 0.5 + Sheet.pits.fibers)
      creaseSeed = seed.derived("crease").low
      isIdle = settings.texture == 0 && settings.folds == 0 && settings.yellowing == 0 && settings.wear == 0
    }

    func process(_ row: Row, x: Int, y: Int) {
      guard !isIdle else { return }
      let n = Sheet.chunk
      withUnsafeTemporaryAllocation(of: Float.self, capacity: 10 * n) { scratch in
        guard let base = scratch.baseAddress else { return }
        var start = 0
        while start < row.count {
          let count = min(n, row.count - start)
          print(row.dropping(start, count: count), x: x + start, y: y, base)
          start += n
        }
      }
    }

    private func print(_ row: Row, x: Int, y: Int, _ scratch: UnsafeMutablePointer<Float>) {
      let n = Sheet.chunk
      let count = row.count
      let v = Float(startY + step * Double(y))
      let place = scratch
      let (a, b, c) = (scratch + 2 * n, scratch + 3 * n, scratch + 4 * n)
      let (d, e, f) = (scratch + 5 * n, scratch + 6 * n, scratch + 7 * n)
      // The relief is lit from above left: what counts is how it rises that way.
      func fill(_ layer: Grainy, _ out: UnsafeMutablePointer<Float>, aside: Double = 0) {
        layer.fill(
          out, place, startX: startX - aside, stepX: step, first: x, y: v - Float(aside), count: count,
          capacity: n)
      }
      fill(tooth, a)
      fill(tooth, b, aside: 0.0011)
      fill(fine, c)
      fill(fibersA, d)
      fill(fibersB, e)
      fill(mottle, f)
      let (loss, shade) = (scratch + 8 * n, scratch + 9 * n)
      let texture = settings.texture
      let (seenTooth, seenFine, seenFibers) = (tooth.presence, fine.presence, fibersA.presence)
      for i in 0..<count {
        let fibers = max(d[i], e[i]) - 0.5
        shade[i] =
          texture
          * (0.17 * seenTooth * (a[i] - b[i]) + 0.05 * seenFine * (c[i] - 0.5) + 0.035 * seenFibers * fibers
            + 0.07 * (f[i] - 0.5))
        // Ink fills no pits, and does not take to all fibers.
        func lost(_ height: Float, _ pit: Float, _ presence: Float, _ mean: Float) -> Float {
          mean + (max(0, height - pit) - mean) * presence
        }
        let bare =
          lost(a[i], Sheet.pits.tooth, seenTooth, lostToTooth) * 1.1
          + lost(c[i], Sheet.pits.fine, seenFine, lostToFine)
          + lost(fibers, Sheet.pits.fibers, seenFibers, lostToFibers) * 0.22
        // A heavier or lighter hand on the press, from place to place.
        loss[i] = texture * min(0.5, bare * (0.35 + 1.3 * f[i]))
        // From here on they only make edges ragged.
        a[i] = (a[i] - 0.5) * seenTooth + (c[i] - 0.5) * seenFine
      }
      if settings.folds > 0 || settings.wear > 0 {
        fill(wobble, d)
        crease(loss, shade, rough: a, wobble: d, mottle: f, x: x, v: v, count: count)
      }
      lay(row, loss, shade, mottle: f, x: x, v: v)
    }

    /// Adds what folds and wear have done: ink lost, and light and shade on bent paper.
    private func crease(
      _ loss: UnsafeMutablePointer<Float>, _ shade: UnsafeMutablePointer<Float>,
      rough relief: UnsafePointer<Float>,
      wobble: UnsafePointer<Float>, mottle: UnsafePointer<Float>, x: Int, v: Float,
      count: Int
    ) {
      let pixel = Float(step)
      let folds = settings.folds
      let panelWidth = width / Float(settings.foldColumns)
      let panelHeight = height / Float(settings.foldRows)
      for i in 0..<count {
        let u = Float(startX + step * Double(x + i))
        let rough = relief[i]
        var lost: Float = 0
        if folds > 0 {
          let bend = (wobble[i] - 0.5) * 0.0016
          let (alongX, kx) = Sheet.nearest(u + bend, panelWidth, settings.foldColumns)
          let (alongY, ky) = Sheet.nearest(v + bend, panelHeight, settings.foldRows)
          for (distance, number, across) in [(alongX, kx, v), (alongY, ky, u)] where number > 0 {
            let d = abs(distance)
            guard d < 0.05 else { continue }
            // Every other fold goes the other way.
            let side: Float = (number % 2 == 0) == (distance > 0) ? 1 : -1
            let far = max(0, 1 - d / 0.05)
            let near = max(0, 1 - d / 0.007)
            shade[i] += folds * side * (0.075 * far * far + 0.2 * near * near)
            // The crack itself: wider and narrower along the fold, ragged, and gone in places.
            let course = Sheet.course(across, creaseSeed &+ UInt32(truncatingIfNeeded: number) &* 7919)
            let core = 0.0011 * (0.25 + 1.3 * course)
            let seen = max(core, pixel * 0.7)
            let edge = max(0, min(1, 1.2 - d / seen + rough * 0.9))
            lost = max(lost, edge * core / seen * min(1, 0.35 + 0.9 * course) * folds)
            // Around it the ink has cracked, fiber by fiber.
            let cracked = max(0, 1 - d / 0.006)
            lost = max(
              lost, folds * cracked * max(0, min(1, (rough - 0.16 + 0.25 * (course - 0.5)) * 4)) * 0.7)
          }
          if kx > 0, ky > 0 {
            // Where folds cross the sheet has worn through first.
            let d = (alongX * alongX + alongY * alongY).squareRoot()
            let hole = max(0, min(1, (0.0035 * (0.5 + mottle[i]) - d) / 0.0035 + rough * 2.4))
            lost = max(lost, d < 0.014 ? hole * folds * min(1, 0.4 + settings.wear) : 0)
          }
        }
        if settings.wear > 0 {
          let ex = min(u, width - u)
          let ey = min(v, height - v)
          // Corners are rubbed farther in than edges.
          let corner = max(0, 0.05 - ex - ey) * 0.5
          let depth = (0.0025 + 0.010 * mottle[i] * mottle[i]) * settings.wear + corner * settings.wear
          let rubbed = max(0, min(1, (depth - min(ex, ey)) / 0.004 + rough * 1.6))
          let scuffed = max(0, mottle[i] - 0.62) * max(0, rough - 0.05) * 3
          lost = max(lost, max(rubbed * 0.85, scuffed) * settings.wear)
        }
        loss[i] = loss[i] + (1 - loss[i]) * min(1, lost)
      }
    }

    /// The signed distance to the nearest of the folds between `count` panels, and its number; 0 where there is none.
    private static func nearest(_ place: Float, _ panel: Float, _ count: Int) -> (Float, Int) {
      guard count > 1 else { return (1, 0) }
      let number = max(1, min(Float(count - 1), (place / panel).rounded()))
      return (place - number * panel, Int(number))
    }

    /// Smooth noise along a fold, 0…1: coarse and fine together.
    private static func course(_ t: Float, _ seed: UInt32) -> Float {
      func octave(_ t: Float, _ seed: UInt32) -> Float {
        let low = max(-1e6, min(1e6, t)).rounded(.down)
        let k = t - low
        let i = Int32(low)
        let a = Float(latticeHash(i, 3, seed) >> 8) * 0x1p-24
        let b = Float(latticeHash(i &+ 1, 3, seed) >> 8) * 0x1p-24
        return a + (b - a) * max(0, min(1, k * k * (3 - 2 * k)))
      }
      return 0.6 * octave(t * 17, seed) + 0.4 * octave(t * 90, seed ^ 0x5bd1)
    }

    /// Shades the ink, lays bare paper over it, and ages both.
    private func lay(
      _ row: Row, _ loss: UnsafePointer<Float>, _ shade: UnsafePointer<Float>, mottle: UnsafePointer<Float>,
      x: Int,
      v: Float
    ) {
      let age = settings.yellowing
      let ey = min(v, height - v)
      for i in 0..<row.count {
        let u = Float(startX + step * Double(x + i))
        let edge = max(0, 1 - min(u, width - u, ey) / 0.09)
        let k = max(0, min(1, age * (0.5 + 0.5 * mottle[i] + 0.45 * edge * edge)))
        let light = 1 + max(-0.6, min(0.6, shade[i]))
        let alpha = max(0, min(1, row.alpha[i]))
        func aged(_ c: Float, _ paper: Float, _ tone: Float) -> Float {
          let c = max(-1e30, min(1e30, c))
          return (c + (paper * alpha - c) * loss[i]) * light * (1 - k * tone)
        }
        row.red[i] = aged(row.red[i], stock.x, 0.09)
        row.green[i] = aged(row.green[i], stock.y, 0.22)
        row.blue[i] = aged(row.blue[i], stock.z, 0.52)
      }
    }
  }
}
