import Catalog
import Raster

/// Something done to a finished picture or layer: in place, in linear light, on premultiplied color.
///
/// One effect is one file; its type, its file and its name in presets agree. An effect that thinks in coded
/// values converts inside and gives linear light back. It is told the whole picture's geometry but may hold
/// only a part of it (``Framebuffer/region``): what it does to a pixel depends on the pixel's place in the
/// picture and on pixels within ``reach(in:)``, never on where the buffer, a band or a thread begins.
public protocol Effect: Kind {
  /// Settings at which nothing changes, or nil if there are none.
  static var neutral: Self? { get }
  /// The other layers that it looks at, as it is set.
  var looks: [LayerLook] { get }
  /// How far away a pixel may lie and still count.
  func reach(in geometry: Geometry) -> Reach
  /// Bytes of scratch memory that ``apply(to:in:)`` needs beside the framebuffer: at least what planes take of their
  /// pool (`Plane.bytes(width:height:)`), and what is large beside them.
  func scratchBytes(for region: PixelRect, in context: EffectContext) -> Int
  func apply(to frame: Framebuffer, in context: EffectContext) throws
}

/// What an effect sees of another layer, for the pixels of its frame: coverage 0…1, luminance or emission in linear
/// light, or depth in meters.
public struct LayerPlane: Sendable {
  public let plane: Plane
  /// The part of the picture that it holds.
  public let region: PixelRect

  public init(plane: Plane, region: PixelRect) {
    self.plane = plane
    self.region = region
  }

  /// The samples of row `y` of the picture; the first belongs to column `region.minX`.
  public func row(_ y: Int) -> UnsafeMutablePointer<Float> { plane.row(y - region.minY) }
}

/// What an effect knows about the picture beside its pixels.
public struct EffectContext: Sendable {
  public var geometry: Geometry
  public var moment: Moment
  /// The effect's own seed.
  public var seed: Seed
  public var workers: Workers
  /// What it sees of other layers, by the parameters of its ``Effect/looks``. Holds the pixels of the frame that the
  /// effect is applied to, and is empty before.
  public var planes: [String: LayerPlane] = [:]

  public init(geometry: Geometry, moment: Moment, seed: Seed, workers: Workers) {
    self.geometry = geometry
    self.moment = moment
    self.seed = seed
    self.workers = workers
  }
}

/// How much of the surroundings an effect needs for a part of the picture.
public struct Reach: Hashable, Sendable {
  /// Pixels to the left and right, above and below. `Reach.everything` stands for the whole width or height.
  public var x, y: Int
  /// The region must begin at multiples of this, so that coarser rasters lie as in the whole picture.
  public var alignment: Int
  /// For effects that look everywhere but never move light into clear surroundings: so many clear pixels around what
  /// is drawn do for all that lie beyond them. nil if every pixel counts, clear or not.
  public var clearMargin: Int?

  public init(x: Int, y: Int, alignment: Int = 1, clearMargin: Int? = nil) {
    self.x = x
    self.y = y
    self.alignment = max(1, alignment)
    self.clearMargin = clearMargin
  }

  public static let everything = 1 << 24
  /// The pixel itself.
  public static let none = Reach(x: 0, y: 0)
  /// The whole picture.
  public static let whole = Reach(x: everything, y: everything)

  /// The part of the picture to compute, so that `region` comes out right.
  public func source(of region: PixelRect, in bounds: PixelRect) -> PixelRect {
    var r = region.expanded(byX: x, y: y).intersection(bounds)
    r.minX = r.minX / alignment * alignment
    r.minY = r.minY / alignment * alignment
    return r
  }
}

/// An effect that looks at one pixel at a time: neighbors in the list run in one pass over each row.
public protocol PointEffect: Effect {
  /// The constants that the rows need, made once.
  func prepare(in context: EffectContext) -> any RowProcessor
}

/// The prepared form of a ``PointEffect``. Called once per row, from many threads.
public protocol RowProcessor: Sendable {
  /// Changes `row`, whose first pixel is (`x`, `y`) of the whole picture.
  func process(_ row: Row, x: Int, y: Int)
}

/// An effect that changes a row when it needs its neighbors no more. It can therefore mix the row with what it was,
/// and no copy of the picture is needed for that.
public protocol MixingEffect: Effect {
  /// Hands each row to `mixer`, if there is one, with what the row was before.
  func apply(to frame: Framebuffer, in context: EffectContext, mixer: (any RowMixer)?) throws
}

/// Brings changed rows back towards what they were. Called once per row, from many threads.
public protocol RowMixer: Sendable {
  /// Changes `row`, whose first pixel is (`x`, `y`) of the whole picture and which was `before`.
  func mix(_ row: Row, with before: Row, x: Int, y: Int)
}

extension MixingEffect {
  public func apply(to frame: Framebuffer, in context: EffectContext) throws {
    try apply(to: frame, in: context, mixer: nil)
  }
}

/// A row as it was, for ``RowMixer``. For one thread.
struct RowMemory: ~Copyable {
  private let storage: UnsafeMutablePointer<Float>?
  private let mixer: (any RowMixer)?
  private let width: Int

  init(width: Int, for mixer: (any RowMixer)?) {
    self.mixer = mixer
    self.width = width
    storage = mixer == nil ? nil : .allocate(capacity: 4 * max(1, width))
  }

  deinit { storage?.deallocate() }

  /// Changes `row` by `body`, and mixes it with what it was.
  func changing(_ row: Row, x: Int, y: Int, _ body: (Row) -> Void) {
    guard let mixer, let storage else { return body(row) }
    let before = Row(
      red: storage, green: storage + width, blue: storage + 2 * width, alpha: storage + 3 * width,
      count: row.count)
    before.copy(from: row)
    body(row)
    mixer.mix(row, with: before, x: x, y: y)
  }
}

extension Effect {
  public static var neutral: Self? { nil }
  public var looks: [LayerLook] { [] }
  public func reach(in geometry: Geometry) -> Reach { .none }
  public func scratchBytes(for region: PixelRect, in context: EffectContext) -> Int { 0 }
}

extension PointEffect {
  public func apply(to frame: Framebuffer, in context: EffectContext) throws {
    let prepared = prepare(in: context)
    let region = frame.region
    context.workers.bands(rows: region.height, width: region.width) { rows in
      for i in rows { prepared.process(frame.row(region.minY + i), x: region.minX, y: region.minY + i) }
    }
  }
}
