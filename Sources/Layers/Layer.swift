import Catalog
import Raster
import Typography

/// Something that a picture is made of: bottom to top, each with its own place, blend, mask and effects.
///
/// One layer kind is one file. A layer describes; for one moment and one size it prepares a ``Painter``, which
/// holds the constants (outlines, ramps, shaped text) and fills rows.
public protocol Layer: Kind {
  /// Where the layer lies unless a preset says otherwise.
  static var placement: Placement { get }
  /// The other layers that it shows, as it is set.
  var looks: [LayerLook] { get }
  /// Throws ``LayerProblems`` if the layer cannot be drawn as it is described.
  func prepare(in context: LayerContext) throws -> any Painter
}

extension Layer {
  public static var placement: Placement { Placement() }
  public var looks: [LayerLook] { [] }
}

/// A layer made ready for one moment and one size.
public protocol Painter: Sendable {
  /// Outside of it the layer is transparent. Picture pixels.
  var bounds: PixelRect { get }
  /// The columns of row `y` that may be visible; nil if none. Lies within ``bounds``.
  func extent(ofRow y: Int) -> Range<Int>?
  /// Overwrites every pixel of `row`, whose first is (`x`, `y`) of the whole picture, with premultiplied
  /// linear light. Called from many threads; the result may depend on nothing but the pixel's place.
  func paint(_ row: Row, x: Int, y: Int)
  /// What preparing has taken, and what of it the painter holds.
  var memory: PainterMemory { get }
  /// What ``withRasters(workers:)`` will take, and what of it that painter holds beyond this one.
  var rasterMemory: PainterMemory { get }
  /// This painter with the rasters it reads from, if it needs any. They are made when the layer is drawn and go when
  /// it is done: a picture need not hold those of all its layers, and knows what they take before they exist. Must be
  /// called before the first ``paint(_:x:y:)``; costs nothing where they are there already.
  func withRasters(workers: Workers) throws -> any Painter
}

extension Painter {
  public func extent(ofRow y: Int) -> Range<Int>? {
    bounds.rows.contains(y) && !bounds.isEmpty ? bounds.columns : nil
  }
}

/// A painter that cannot do everything by itself: something of its layer shows another layer, or cuts into what lies
/// below. The plan puts the pieces together; painting it without a plan leaves those parts out.
public protocol CompositePainter: Painter {
  /// Bottom to top.
  var pieces: [PainterPiece] { get }
}

public enum PainterPiece: Sendable {
  case painter(any Painter)
  /// Another layer, where the painter covers.
  case layer(id: String, through: any Painter)
  /// What lies below the layer is cut away where the painter covers.
  case hole(any Painter)
}

/// A painter of a space: masks can tell near from far in it, and what shines from what is lit.
public protocol ScenePainter: Painter {
  /// Writes how far away what `count` pixels from (`x`, `y`) of the picture show is, meters; the sky is further
  /// away than anything else. Called like ``Painter/paint(_:x:y:)``.
  func depth(_ out: UnsafeMutablePointer<Float>, x: Int, y: Int, count: Int)
  /// Paints only what shines by itself, and its reflections: no light falls on anything.
  var emission: any Painter { get }
  /// From now on keeps what ``Painter/withRasters(workers:)`` makes as long as the painter lives, since several
  /// look at it one after the other. Answers what that will hold; afterwards ``Painter/rasterMemory`` is nothing.
  func keepRasters() -> PainterMemory
}

/// What is wrong with a layer, by parameter; the preset knows where the parameter stands.
public struct LayerProblems: Error, Sendable {
  public struct Problem: Hashable, Sendable {
    /// The parameter that is wrong, or nil for the layer as a whole. Inside a set it is a path: `signs.2.text`.
    public var parameter: String?
    public var message: String
    public var hint: String?

    public init(_ parameter: String?, _ message: String, hint: String? = nil) {
      self.parameter = parameter
      self.message = message
      self.hint = hint
    }
  }
  public var problems: [Problem]

  public init(_ problems: [Problem]) { self.problems = problems }
  public init(_ parameter: String?, _ message: String, hint: String? = nil) {
    problems = [Problem(parameter, message, hint: hint)]
  }
}

/// What a layer knows when it is prepared.
public struct LayerContext: Sendable {
  public var geometry: Geometry
  public var moment: Moment
  /// The layer's own seed.
  public var seed: Seed
  public var workers: Workers
  package var fonts: FontSearch
  public var placement: Placement
  /// What the groups around the layer do to picture pixels.
  public var surroundings: Affine

  package init(
    geometry: Geometry, moment: Moment, seed: Seed, workers: Workers, fonts: FontSearch,
    placement: Placement = Placement(), surroundings: Affine = .identity
  ) {
    self.geometry = geometry
    self.moment = moment
    self.seed = seed
    self.workers = workers
    self.fonts = fonts
    self.placement = placement
    self.surroundings = surroundings
  }

  /// The map from a layer's own pixels, in which it fills `box`, to picture pixels.
  public func transform(of box: LayerBox) -> Affine {
    let anchor = placement.anchor.point(in: box)
    let at = placement.within == .safe ? geometry.safeArea : geometry.trim
    return Affine.translation(-anchor.x, -anchor.y)
      .then(.scale(placement.scale.x, placement.scale.y))
      .then(.rotation(degrees: placement.rotate))
      .then(.translation(at.minX + placement.at.x * at.width, at.minY + placement.at.y * at.height))
      .then(surroundings)
  }

  /// The box of layers that fill the picture: the trim, in picture pixels.
  public var wholePicture: LayerBox {
    LayerBox(geometry.trim)
  }
}

/// A layer's own box, with the baseline if it has one.
public struct LayerBox: Sendable, Hashable {
  public var rect: Rect
  public var baseline: Double?

  public init(_ rect: Rect, baseline: Double? = nil) {
    self.rect = rect
    self.baseline = baseline
  }
}

/// The point of a layer's box that lies on `at`, and about which it is scaled and turned.
public enum Anchor: Hashable, Sendable {
  case named(Name)
  /// Shares of the box.
  case share(Point)

  public enum Name: String, CaseIterable, Sendable {
    case center, top, bottom, left, right
    case topLeft = "top-left"
    case topRight = "top-right"
    case bottomLeft = "bottom-left"
    case bottomRight = "bottom-right"
    case baseline
    case baselineLeft = "baseline-left"
    case baselineRight = "baseline-right"
    /// Where the layer's own coordinates begin: the zero of path data.
    case origin
  }

  public func point(in box: LayerBox) -> Point {
    let r = box.rect
    let middle = Point((r.minX + r.maxX) / 2, (r.minY + r.maxY) / 2)
    switch self {
    case .share(let p): return Point(r.minX + p.x * r.width, r.minY + p.y * r.height)
    case .named(let name):
      let line = box.baseline ?? r.maxY
      switch name {
      case .center: return middle
      case .top: return Point(middle.x, r.minY)
      case .bottom: return Point(middle.x, r.maxY)
      case .left: return Point(r.minX, middle.y)
      case .right: return Point(r.maxX, middle.y)
      case .topLeft: return Point(r.minX, r.minY)
      case .topRight: return Point(r.maxX, r.minY)
      case .bottomLeft: return Point(r.minX, r.maxY)
      case .bottomRight: return Point(r.maxX, r.maxY)
      case .baseline: return Point(middle.x, line)
      case .baselineLeft: return Point(r.minX, line)
      case .baselineRight: return Point(r.maxX, line)
      case .origin: return .zero
      }
    }
  }
}

/// The common keys that put a layer into the picture; every layer has them.
public struct Placement: Kind {
  public static let name = "placement"
  public static let summary = "The keys that every layer has."

  /// What `at` is a share of.
  public enum Area: String, CaseIterable, Sendable {
    case picture, safe
  }

  public var visible = true
  public var opacity: Float = 1
  public var blend = BlendMode.normal
  public var at = Point(0.5, 0.5)
  public var within = Area.picture
  public var anchor = Anchor.named(.center)
  public var scale = Point(1, 1)
  public var rotate = 0.0

  public static let parameters: [Parameter<Placement>] = [
    .init("visible", \.visible, .flag, "Whether the layer is drawn. Masks may use invisible layers."),
    .init("opacity", \.opacity, .number(0...1), "How much of the layer is laid over what is below."),
    .init("blend", \.blend, .choice, "How the layer meets what is below."),
    .init("at", \.at, .point, "Where the layer's anchor lies, in shares of the picture's width and height."),
    .init(
      "within", \.within, .choice,
      "What `at` counts in shares of: the whole picture, or the safe area of its format, so that type keeps clear of the edges in every format."
    ),
    .init("anchor", \.anchor, .anchor, "The point of the layer's box that lies on `at`."),
    .init("scale", \.scale, .scale, "Size beside the described size; one number, or [x, y]."),
    .init("rotate", \.rotate, .angle(), "Turn about the anchor, clockwise."),
  ]

  public init() {}
}

extension Codec where Value == Anchor {
  /// A name, or a point in shares of the layer's box.
  static var anchor: Codec<Anchor> {
    let names = Anchor.Name.allCases.map { $0.rawValue }
    return Codec(
      form: .either(.choice(names), .point),
      read: { node, reader in
        guard let node = reader.resolved(node) else { return nil }
        if case .sequence(let items) = node.content {
          guard items.count == 2 else {
            reader.error("an anchor is a name or a point [x, y]", at: node.place)
            return nil
          }
          let rule = Reader.NumberRule(-100...100, .percent)
          guard let x = reader.motion(items[0], rule), let y = reader.motion(items[1], rule) else {
            return nil
          }
          return { .share(Point(x.value(at: $0), y.value(at: $0))) }
        }
        guard let name = reader.choice(node, among: names).flatMap({ Anchor.Name(rawValue: $0) }) else {
          return nil
        }
        return { _ in .named(name) }
      },
      text: {
        switch $0 {
        case .named(let name): name.rawValue
        case .share(let p): "[\(trimmed(p.x)), \(trimmed(p.y))]"
        }
      })
  }
}

extension Codec where Value == Point {
  /// One number for both directions, or two.
  static var scale: Codec<Point> {
    let rule = Reader.NumberRule(-1000...1000, .percent, name: "a scale")
    return Codec(
      form: .either(.number(legal: rule.legal, suggested: 0...4, unit: .times), .point),
      read: { node, reader in
        guard let node = reader.resolved(node) else { return nil }
        if case .sequence(let items) = node.content {
          guard items.count == 2, let x = reader.motion(items[0], rule), let y = reader.motion(items[1], rule)
          else {
            if items.count != 2 { reader.error("a scale is one number or two", at: node.place) }
            return nil
          }
          return { Point(x.value(at: $0), y.value(at: $0)) }
        }
        guard let k = reader.motion(node, rule) else { return nil }
        return { Point(k.value(at: $0), k.value(at: $0)) }
      }, text: { $0.x == $0.y ? trimmed($0.x) : "[\(trimmed($0.x)), \(trimmed($0.y))]" })
  }
}
