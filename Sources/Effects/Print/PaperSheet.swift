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

extension Paper {
  struct Sheet: RowProcessor {
    private let settings: Paper
    private let isIdle: Bool
    private let width, height: Float
    private let startX, startY, step: Double
    private let tooth, fine, fibersA, fibersB, mottle, wobble: Grainy
    private let stock: SIMD3<Float>
    /// Ink lost to the pits of the tooth, fine and coarse, and to fibers, where pixels are too large to show them.
    private let lostToTooth, lostToFine, lostToFibers: Float
    private let creaseSeed: UInt32
    /// Columns to the left that the relief's light looks at.
    private let lean: Double
    private static let chunk = 512, farthestLean = 120
    /// How far aside the relief is compared with itself, shares of the height.
    private static let lit = 0.0013
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
        .ridged, cell: 0.0045, stretch: 5, angle: 21, seed: seed.derived("fibers"), pixel: pixel * 2)
      fibersB = Grainy(
        .ridged, cell: 0.0055, stretch: 4, angle: -58, seed: seed.derived("more fibers"), pixel: pixel * 2)
      mottle = Grainy(.fbm, cell: 0.13, seed: seed.derived("mottle"), pixel: pixel)
      wobble = Grainy(.simplex, cell: 0.022, seed: seed.derived("wobble"), pixel: pixel)
      lean = min(Double(Sheet.farthestLean), Sheet.lit / pixel)
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
      withUnsafeTemporaryAllocation(of: Float.self, capacity: Sheet.lines * Sheet.pitch) { scratch in
        guard let base = scratch.baseAddress else { return }
        var start = 0
        while start < row.count {
          let count = min(n, row.count - start)
          print(row.dropping(start, count: count), x: x + start, y: y, base)
          start += n
        }
      }
    }

    private static let pitch = Grainy.looks(chunk + farthestLean + 8), lines = 13

    private func print(_ row: Row, x: Int, y: Int, _ scratch: UnsafeMutablePointer<Float>) {
      let n = Sheet.pitch
      let count = row.count
      let v = Float(startY + step * Double(y))
      func line(_ number: Int) -> UnsafeMutablePointer<Float> { scratch + number * n }
      func fill(
        _ layer: Grainy, _ out: UnsafeMutablePointer<Float>, from first: Int, _ count: Int,
        bent: UnsafePointer<Float>? = nil
      ) {
        layer.fill(
          out, startX: startX, stepX: step, first: first, y: v, count: count, scratch: line(0), capacity: n,
          bent: bent)
      }
      // The relief is lit from the left: what counts is how it rises that way.
      let before = Int(lean.rounded(.down)) + 1
      let (relief, c, d, e, f) = (line(3), line(4), line(5), line(6), line(7))
      fill(tooth, relief, from: x - before, count + before)
      let a = relief + before
      fill(fine, c, from: x, count)
      fill(fibersA, d, from: x, count, bent: a)
      fill(fibersB, e, from: x, count, bent: a)
      fill(mottle, f, from: x, count)
      let (loss, shade, rough) = (line(8), line(9), line(10))
      let texture = settings.texture
      let (seenTooth, seenFine, seenFibers) = (tooth.presence, fine.presence, fibersA.presence)
      let rubbed = settings.wear * 3
      let near = Float(lean - lean.rounded(.down))
      let whole = Int(lean.rounded(.down))
      // Lines are padded: the last vector may overrun the row.
      for k in 0..<(count + 7) / 8 {
        let i = 8 * k
        let (height, small, mottle) = (v8_load(a + i), v8_load(c + i), v8_load(f + i))
        let fibers = v8_max(v8_load(d + i), v8_load(e + i)) - 0.5
        let (left, farther) = (v8_load(a + i - whole), v8_load(a + i - whole - 1))
        let rise = height - (left + (farther - left) * near)
        v8_store(
          shade + i,
          (rise * (0.17 * seenTooth) + (small - 0.5) * (0.05 * seenFine) + fibers * (0.035 * seenFibers)
            + (mottle - 0.5) * 0.07) * texture)
        // Ink fills no pits, and does not take to all fibers.
        func lost(_ height: v8f, _ pit: Float, _ presence: Float, _ mean: Float) -> v8f {
          (v8_max(height - pit, v8_splat(0)) - mean) * presence + mean
        }
        let bare =
          lost(height, Sheet.pits.tooth, seenTooth, lostToTooth) * 1.1
          + lost(small, Sheet.pits.fine, seenFine, lostToFine)
          + lost(fibers, Sheet.pits.fibers, seenFibers, lostToFibers) * 0.22
        // What stands out is rubbed off, and what lies deep takes no ink.
        let out = (height - 0.5) * seenTooth + (small - 0.5) * seenFine
        v8_store(rough + i, out)
        // A heavier or lighter hand on the press, from place to place.
        let printed = v8_min(bare * (mottle * 1.3 + 0.35), v8_splat(0.5)) * texture
        let scuffed = v8_max(mottle - 0.66, v8_splat(0)) * v8_max(out - 0.05, v8_splat(0)) * rubbed
        v8_store(loss + i, printed + (1 - printed) * v8_clamp(scuffed, 0, 1))
      }
      if settings.folds > 0 || settings.wear > 0 {
        wear(loss, shade, rough: rough, wobble: line(11), mottle: f, x: x, v: v, count: count) {
          fill(wobble, line(11), from: x, count)
        }
      }
      lay(row, loss, shade, mottle: f, x: x, v: v)
    }

    /// Half the height of what a fold bends, and how far in edges are rubbed at most: shares of the height.
    private static let bent: Float = 0.05, rubbed: Float = 0.06

    /// Adds what folds and wear have done: ink lost, and light and shade on bent paper. Only columns near folds and edges
    /// are looked at.
    private func wear(
      _ loss: UnsafeMutablePointer<Float>, _ shade: UnsafeMutablePointer<Float>,
      rough: UnsafePointer<Float>, wobble: UnsafePointer<Float>, mottle: UnsafePointer<Float>, x: Int,
      v: Float,
      count: Int, fillWobble: () -> Void
    ) {
      let reach = Sheet.bent + 0.002
      let panelWidth = width / Float(settings.foldColumns)
      let panelHeight = height / Float(settings.foldRows)
      func isNearFold(_ place: Float, _ panel: Float, _ number: Int) -> Bool {
        settings.folds > 0 && number > 1 && abs(Sheet.nearest(place, panel, number).0) < reach
      }
      func isNearEdge(_ place: Float, _ size: Float) -> Bool {
        settings.wear > 0 && min(place, size - place) < Sheet.rubbed
      }
      let isWholeRow = isNearFold(v, panelHeight, settings.foldRows) || isNearEdge(v, height)
      var isFilled = false
      for i in 0..<count {
        let u = Float(startX + step * Double(x + i))
        guard isWholeRow || isNearFold(u, panelWidth, settings.foldColumns) || isNearEdge(u, width) else {
          continue
        }
        if !isFilled {
          fillWobble()
          isFilled = true
        }
        let relief = rough[i]
        var lost: Float = 0
        if settings.folds > 0 {
          let bend = (wobble[i] - 0.5) * 0.0022
          let (alongX, kx) = Sheet.nearest(u + bend, panelWidth, settings.foldColumns)
          let (alongY, ky) = Sheet.nearest(v + bend, panelHeight, settings.foldRows)
          if kx > 0 {
            crease(alongX, across: v, number: kx, relief, mottle[i], &lost, &shade[i])
          }
          if ky > 0 {
            crease(alongY, across: u, number: ky + 64, relief, mottle[i], &lost, &shade[i])
          }
          if kx > 0, ky > 0 {
            // Where folds cross the sheet has worn through first, and is rubbed farthest.
            let d = (alongX * alongX + alongY * alongY).squareRoot()
            if d < 0.03 {
              let hole = max(0, min(1, (0.004 * (0.5 + mottle[i]) - d) / 0.003 + relief * 2.4))
              let rub = max(0, 1 - d / (0.012 + 0.018 * mottle[i])) * (0.25 + settings.wear)
              let flaked = max(0, min(1, (rub + relief * 0.9 - 0.42) * 3.2))
              lost = max(lost, max(d < 0.014 ? hole : 0, flaked * 0.9) * settings.folds)
            }
          }
        }
        if settings.wear > 0 { lost = max(lost, edges(u, v, relief, mottle[i])) }
        loss[i] += (1 - loss[i]) * min(1, lost)
      }
    }

    /// One fold at the signed `distance`: paper that is bent, the ridge where its ink broke, and what was rubbed beside it.
    @inline(__always)
    private func crease(
      _ distance: Float, across: Float, number: Int, _ relief: Float, _ mottle: Float, _ lost: inout Float,
      _ shade: inout Float
    ) {
      let d = abs(distance)
      guard d < Sheet.bent else { return }
      let (folds, pixel) = (settings.folds, Float(step))
      // Every other fold goes the other way.
      let side: Float = (number % 2 == 0) == (distance > 0) ? 1 : -1
      let far = 1 - d / Sheet.bent
      let near = max(0, 1 - d / 0.006)
      shade += folds * (side * (0.075 * far * far + 0.17 * near * near) - 0.06 * near * near)
      guard d < 0.024 else { return }
      let seed = creaseSeed &+ UInt32(truncatingIfNeeded: number) &* 7919
      let course = Sheet.course(across, seed)
      // The ridge: wider and narrower along the fold, ragged, and whole in places where the ink held.
      let core = 0.0013 * (0.2 + 1.5 * course)
      let seen = max(core, pixel * 0.7)
      let holds = max(0, min(1, (course + relief * 0.8 - 0.2) * 5))
      let edge = max(0, min(1, 1.2 - d / seen + relief * 1.1))
      lost = max(lost, edge * core / seen * (0.25 + 0.75 * holds) * folds)
      // Ink that broke in a second line beside it.
      let aside = 0.0022 + 0.0026 * Sheet.course(across * 0.7, seed ^ 0x1234)
      let thin = max(0.00045, pixel * 0.6)
      let second = max(0, 1 - abs(d - aside) / thin) * max(0, min(1, (course - 0.52) * 6))
      lost = max(lost, second * 0.00045 / thin * folds * 0.8)
      // Rubbed: first what stands out, farther in where the fold was handled most.
      let breadth = 0.003 + 0.012 * course * (0.35 + settings.wear)
      let rub = max(0, 1 - d / breadth)
      let most = rub * rub * (0.45 + 0.75 * settings.wear) * (0.55 + 0.9 * mottle)
      lost = max(lost, max(0, min(1, (most + relief * 0.85 - 0.4) * 3.2)) * folds * 0.85)
    }

    /// What the edges and corners have lost at a place.
    @inline(__always)
    private func edges(_ u: Float, _ v: Float, _ relief: Float, _ mottle: Float) -> Float {
      let (ex, ey) = (min(u, width - u), min(v, height - v))
      let near = min(ex, ey)
      guard near < Sheet.rubbed else { return 0 }
      // Corners are rubbed farther in than edges.
      let corner = max(0, 0.075 - ex - ey)
      let depth = (0.0025 + 0.013 * mottle * mottle + corner * 0.55) * settings.wear
      let rubbed = max(0, min(1, (depth - near) / 0.004 + relief * 1.6))
      // Farther in, what stands out of the paper.
      let rub = max(0, 1 - near / (0.008 + 0.03 * mottle * settings.wear + corner)) * settings.wear
      let flaked = max(0, min(1, (rub * 0.8 + relief * 0.8 - 0.46) * 3))
      return max(rubbed * 0.9, flaked * 0.7) * settings.wear
    }

    /// The signed distance to the nearest of the folds between `count` panels, and its number; 0 where there is none.
    private static func nearest(_ place: Float, _ panel: Float, _ count: Int) -> (Float, Int) {
      guard count > 1 else { return (1, 0) }
      let number = max(1, min(Float(count - 1), (place / panel).rounded()))
      return (place - number * panel, Int(number))
    }

    /// Smooth noise along a fold, 0…1: coarse, fine and very fine together.
    private static func course(_ t: Float, _ seed: UInt32) -> Float {
      func octave(_ t: Float, _ seed: UInt32) -> Float {
        let low = max(-1e6, min(1e6, t)).rounded(.down)
        let k = t - low
        let i = Int32(low)
        let a = Float(latticeHash(i, 3, seed) >> 8) * 0x1p-24
        let b = Float(latticeHash(i &+ 1, 3, seed) >> 8) * 0x1p-24
        return a + (b - a) * max(0, min(1, k * k * (3 - 2 * k)))
      }
      return 0.45 * octave(t * 17, seed) + 0.33 * octave(t * 83, seed ^ 0x5bd1) + 0.22
        * octave(t * 310, seed ^ 0x2c1b)
    }

    /// Shades the ink, lays bare paper over it, and ages both.
    private func lay(
      _ row: Row, _ loss: UnsafePointer<Float>, _ shade: UnsafePointer<Float>, mottle: UnsafePointer<Float>,
      x: Int,
      v: Float
    ) {
      let age = settings.yellowing
      let ey = min(v, height - v)
      let lanes = v8f(0, 1, 2, 3, 4, 5, 6, 7)
      let (first, pixel) = (Float(startX), Float(step))
      row.mapVectors { r, g, b, a, i in
        // Whole numbers first: the sum is the same whichever lane a pixel is in.
        let u = (lanes + Float(x + i)) * pixel + first
        let inside = v8_min(v8_min(u, width - u), v8_splat(ey))
        let edge = v8_max(1 - inside * (1 / 0.09), v8_splat(0))
        let k = v8_clamp((v8_load(mottle + i) * 0.5 + edge * edge * 0.45 + 0.5) * age, 0, 1)
        let light = v8_clamp(v8_load(shade + i), -0.6, 0.6) + 1
        let (lost, alpha) = (v8_load(loss + i), v8_clamp(a, 0, 1))
        func aged(_ c: v8f, _ paper: Float, _ tone: Float) -> v8f {
          let c = v8_clamp(c, -1e30, 1e30)
          return (c + (alpha * paper - c) * lost) * light * (1 - k * tone)
        }
        r = aged(r, stock.x, 0.09)
        g = aged(g, stock.y, 0.22)
        b = aged(b, stock.z, 0.52)
      }
    }
  }
}
