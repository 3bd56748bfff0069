import CVector
import Catalog
import Raster

/// Digital video that arrives with holes: macroblocks in the wrong place, or with nothing but their coarsest colors.
///
/// What is lost is lost from some block on, along its row, until the decoder finds its way again: faults are runs of
/// blocks, some to the picture's edge. They gather in the same rows for a while. A run is moved as a whole (a wrong motion
/// vector), repeats one block, is left in coarse squares, or gets another's color.
public struct Blocks: MixingEffect {
  public static let name = "blocks"
  public static let summary =
    "Macroblocks out of place, coarse or wrongly colored, as of broken digital video."

  var amount: Float = 0.4
  var size: Double = 1 / 30
  var mosaic: Double = 0.4
  var shift: Double = 3
  var tint: Float = 0.5
  var rate: Double = 4

  public static let parameters: [Parameter<Blocks>] = [
    .init("blocks", \.amount, .number(0...1, suggested: 0.2...0.8), "How much of the picture is broken."),
    .init("size", \.size, .length(0.004...0.5, suggested: 0.015...0.08), "Side of a block."),
    .init("mosaic", \.mosaic, .number(0...1), "Share of the faults that leave only coarse squares."),
    .init(
      "shift", \.shift, .number(0...16, suggested: 1...6),
      "How many blocks away moved ones come from at most."),
    .init("tint", \.tint, .number(0...1), "How wrong colors become."),
    .init(
      "rate", \.rate, .number(0...60, suggested: 1...12, unit: .hertz),
      "How often a fault heals and another breaks out; 0 holds all of them."),
  ]

  public static let neutral: Blocks? = {
    var blocks = Blocks()
    blocks.amount = 0
    return blocks
  }()

  /// Runs that a row of blocks may have at once.
  private static let runs = 4
  private static let brightest: Float = 1e30

  public init() {}

  private func lattice(_ geometry: Geometry) -> Lattice {
    // Squares finer than two pixels are no squares.
    Lattice(unit: max(2, geometry.pixels(size)), origin: Double(geometry.bleed))
  }

  public func reach(in geometry: Geometry) -> Reach {
    guard amount > 0 else { return .none }
    let blocks = (shift + 2) * lattice(geometry).unit
    return Reach(x: Reach.everything, y: Int(min(Double(Reach.everything), blocks.rounded(.up))) + 2)
  }

  public func scratchBytes(for region: PixelRect, in context: EffectContext) -> Int {
    guard amount > 0, !region.isEmpty else { return 0 }
    let lattice = lattice(context.geometry)
    let fine = Lattice(unit: lattice.unit / 2, origin: lattice.origin)
    return Framebuffer.bytes(of: region) + PyramidScale.bytes(of: lattice.cells(touching: region))
      + PyramidScale.bytes(of: fine.cells(touching: region)) + context.workers.count * 24 * region.width
  }

  /// What is wrong with a run of blocks.
  struct Fault {
    enum Kind { case moved, coarse, squares, repeated }
    var kind: Kind
    /// Columns of blocks.
    var columns: Range<Int>
    /// Where moved blocks come from, blocks to the left and above.
    var x = 0.0, y = 0.0
    /// Factors of red, green and blue.
    var color = SIMD3<Float>(1, 1, 1)
  }

  public func apply(to frame: Framebuffer, in context: EffectContext, mixer: (any RowMixer)?) throws {
    let region = frame.region
    guard amount > 0, !region.isEmpty else { return }
    let lattice = lattice(context.geometry)
    let fine = Lattice(unit: lattice.unit / 2, origin: lattice.origin)
    let cells = lattice.cells(touching: region)
    let faults = cells.rows.map { self.faults(row: $0, columns: cells.columns, context) }
    guard faults.contains(where: { !$0.isEmpty }) else { return }
    let coarse = try lattice.means(of: frame, cells: cells, workers: context.workers)
    let squares = try fine.means(of: frame, cells: fine.cells(touching: region), workers: context.workers)
    let before = try frame.copy(workers: context.workers)
    context.workers.bands(rows: region.height, width: region.width) { rows in
      let memory = RowMemory(width: region.width, for: mixer)
      for y in rows.lowerBound + region.minY..<rows.upperBound + region.minY {
        let block = max(0, min(faults.count - 1, lattice.cell(ofPixel: y) - cells.minY))
        guard !faults[block].isEmpty else { continue }
        memory.changing(frame.row(y), x: region.minX, y: y) { row in
          for fault in faults[block] {
            let low = max(region.minX, lattice.firstPixel(ofCell: fault.columns.lowerBound))
            let high = min(region.maxX, lattice.firstPixel(ofCell: fault.columns.upperBound))
            guard low < high else { continue }
            switch fault.kind {
            case .coarse:
              fill(row, from: coarse, lattice, low..<high, y, fault, region)
            case .squares:
              fill(row, from: squares, fine, low..<high, y, fault, region)
            case .moved:
              let shift = Int((fault.x * lattice.unit).rounded())
              let rise = Int((fault.y * lattice.unit).rounded())
              let source = before.row(max(region.minY, min(region.maxY - 1, y - rise)))
              copy(source, into: row, low..<high, fault, region) { $0 - shift }
            case .repeated:
              let first = lattice.firstPixel(ofCell: fault.columns.lowerBound)
              let source = before.row(y)
              copy(source, into: row, low..<high, fault, region) { x in
                let along = Double(x - first) / lattice.unit
                return first + Int((along - along.rounded(.down)) * lattice.unit)
              }
            }
          }
        }
      }
    }
  }

  @inline(__always)
  private func copy(
    _ source: Row, into row: Row, _ columns: Range<Int>, _ fault: Fault, _ region: PixelRect,
    _ place: (Int) -> Int
  ) {
    let channels = [
      (source.red, row.red, fault.color.x), (source.green, row.green, fault.color.y),
      (source.blue, row.blue, fault.color.z), (source.alpha, row.alpha, 1),
    ]
    for x in columns {
      let from = max(region.minX, min(region.maxX - 1, place(x))) - region.minX
      for (a, b, factor) in channels {
        b[x - region.minX] = factor == 1 ? a[from] : Blocks.bounded(a[from] * factor)
      }
    }
  }

  private func fill(
    _ row: Row, from means: PyramidScale, _ lattice: Lattice, _ columns: Range<Int>, _ y: Int, _ fault: Fault,
    _ region: PixelRect
  ) {
    let j = max(0, min(means.rect.height - 1, lattice.cell(ofPixel: y) - means.rect.minY))
    var x = columns.lowerBound
    while x < columns.upperBound {
      let cell = lattice.cell(ofPixel: x)
      let end = max(x + 1, min(columns.upperBound, lattice.firstPixel(ofCell: cell + 1)))
      let i = max(0, min(means.rect.width - 1, cell - means.rect.minX))
      let plane = [(row.red, fault.color.x), (row.green, fault.color.y), (row.blue, fault.color.z)]
      for (channel, (out, factor)) in plane.enumerated() {
        let value = Blocks.bounded(means.planes[channel].row(j)[i] * factor)
        (out + (x - region.minX)).update(repeating: value, count: end - x)
      }
      x = end
    }
  }

  private static func bounded(_ v: Float) -> Float {
    v == v ? min(brightest, max(-brightest, v)) : 0
  }

  /// The faults of a row of blocks at this moment.
  func faults(row: Int, columns: Range<Int>, _ context: EffectContext) -> [Fault] {
    let time = SlowTime(context.moment)
    let seed = context.seed.derived("blocks")
    // Broken rows keep together: smooth noise over rows, another one now and then.
    let patches = seed.derived("patches")
    func patch(_ k: Int) -> Double {
      let own = patches.derived(k)
      return own.derived(time.step(rate: rate * 0.3, phase: own.unit(0)).number).unit(1)
    }
    let place = Double(row) / 3
    let k = Int(place.rounded(.down))
    let t = place - place.rounded(.down)
    let noise = patch(k) + (patch(k + 1) - patch(k)) * t * t * (3 - 2 * t)
    let broken = max(0, min(1, Double(amount) * (0.15 + 1.7 * noise * noise)))
    let geometry = context.geometry
    let across = Double(geometry.width) / lattice(geometry).unit
    var faults: [Fault] = []
    for slot in 0..<Blocks.runs {
      let own = seed.derived(row).derived(slot)
      let (step, _) = time.step(rate: rate * (0.5 + own.unit(0)), phase: own.unit(1))
      let state = own.derived(step)
      guard state.unit(0) < broken else { continue }
      let start = Int((state.unit(1) * across * 1.1 - across * 0.05).rounded(.down))
      let u = state.unit(2)
      // Most runs are short, one of seven is lost to the end of the row.
      let length = u > 0.86 ? Int(across) + 1 : 1 + Int(u * u * across * 0.45)
      let first = max(columns.lowerBound, start)
      guard first < columns.upperBound, start + length > columns.lowerBound else { continue }
      var fault = Fault(kind: .moved, columns: start..<start + length)
      if state.unit(3) < mosaic {
        fault.kind = state.unit(4) < 0.5 ? .coarse : .squares
      } else if state.unit(4) < 0.2 {
        fault.kind = .repeated
      } else {
        // Motion vectors: halves of blocks, mostly sideways.
        fault.x = ((state.unit(5) * 2 - 1) * shift * 2).rounded() / 2
        fault.y = ((state.unit(6) * 2 - 1) * shift * 0.7 * 2).rounded() / 2
        if fault.x == 0, fault.y == 0 { fault.x = min(1, shift) }
      }
      if state.unit(7) < 0.45 {
        // A wrong color difference: towards magenta, green, blue or orange.
        let tints: [SIMD3<Float>] = [
          SIMD3(1.5, 0.4, 1.3), SIMD3(0.45, 1.35, 0.6), SIMD3(0.5, 0.8, 1.9), SIMD3(1.6, 0.95, 0.35),
        ]
        let color = tints[min(3, Int(state.unit(8) * 4))]
        fault.color = SIMD3(repeating: 1) + (color - SIMD3(repeating: 1)) * tint
      }
      faults.append(fault)
    }
    return faults
  }
}
