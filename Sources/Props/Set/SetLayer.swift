import Catalog
import Layers
import Raster
import Stage

/// A small place in meters, seen through fog.
///
/// The parameters are few: what stands in the place, its weather and its camera are ``SetContents``, which a
/// preset gives as mappings and lists inside the layer.
public struct SetLayer: Layer {
  /// The places that a set can begin with; all but `empty` are props of the same name.
  public enum Place: String, CaseIterable, Sendable { case street, waterfront, monoliths, empty }

  public static let name = "set"
  public static let summary =
    "A small place in meters with a camera, weather, lights, signs, people and props, seen through fog."

  var place = Place.street
  var dimmer: Float = 0.45
  public var contents = SetContents()

  public static let parameters: [Parameter<SetLayer>] = [
    .init("set", \.place, .choice, "The place; it can be described under a key of its name."),
    .init(
      "dimmer", \.dimmer, .number(0...100, suggested: 0.2...1),
      "Factor on all lights: exposes the set as a whole. What signs and screens show stays as it is."),
  ]

  public init() {}

  /// The sections of a set, in the order of a call sheet.
  public static let sections: [any SetSection.Type] = [
    CameraSettings.self, FogSettings.self, SkySettings.self, RainSettings.self, GroundSettings.self,
  ]
  /// Keys whose values describe places.
  public static let placeKeys = Place.allCases.filter { $0 != .empty }.map { $0.rawValue }
  /// Keys that hold lists of props. They are there for reading: any prop may stand in any of them.
  public static let listKeys = ["towers", "lights", "signs", "people", "props"]

  /// Throws ``Layers/LayerProblems`` whose parameters are paths into the contents: `signs.2.text`.
  public func prepare(in context: LayerContext) throws -> any Painter {
    var problems: [LayerProblems.Problem] = []
    let scene = scene(in: context, &problems)
    guard problems.isEmpty else { throw LayerProblems(problems) }
    return SetPainter(scene, in: context)
  }

  /// The scene at the context's moment; complaints go to `problems`.
  package func scene(in context: LayerContext, _ problems: inout [LayerProblems.Problem]) -> Scene {
    var scene = Scene()
    for type in SetLayer.sections {
      let section = contents.sections.first { Swift.type(of: $0).name == type.name } ?? type.init()
      section.apply(
        to: &scene, at: context.moment, seed: context.seed.derived("sections").derived(type.name))
    }
    scene.camera.frame(aspect: Float(context.geometry.trimWidth) / Float(max(1, context.geometry.trimHeight)))
    var builder = SetBuilder(
      scene: scene, seed: context.seed, moment: context.moment, geometry: context.geometry,
      fonts: context.fonts)
    builder.dimmer = dimmer
    for member in members(context.seed) where member.isEnabled {
      builder.seed = member.seed
      do {
        try member.prop.build(in: &builder)
      } catch let wrong as LayerProblems {
        problems += wrong.problems.map { problem in
          var problem = problem
          problem.parameter = problem.parameter.map { "\(member.path).\($0)" } ?? member.path
          return problem
        }
      } catch {
        problems.append(.init(member.path, "\(error)"))
      }
    }
    return builder.scene
  }

  /// What is built, in order: the place that the set is called by, other places, the lists.
  private func members(_ seed: Seed) -> [SetContents.Member] {
    var places = contents.places
    let main = places.firstIndex { $0.path == place.rawValue }
    if let main {
      places.insert(places.remove(at: main), at: 0)
    } else if let type = PropCatalog.byName[place.rawValue] {
      places.insert(
        .init(
          prop: type.init(), seed: SetContents.seed(ofPlace: place.rawValue, in: seed), path: place.rawValue),
        at: 0)
    }
    return places + contents.props
  }
}

/// What a preset puts into a set, at one moment.
public struct SetContents: Sendable {
  /// A prop and what it is called.
  public struct Member: Sendable {
    public var prop: any Prop
    public var seed: Seed
    /// Where it stands in the set: `street`, or `signs.2`, the third of the list of signs.
    public var path: String
    public var isEnabled: Bool

    public init(prop: any Prop, seed: Seed, path: String, isEnabled: Bool = true) {
      self.prop = prop
      self.seed = seed
      self.path = path
      self.isEnabled = isEnabled
    }
  }

  /// Sections that are missing have their defaults.
  public var sections: [any SetSection] = []
  public var places: [Member] = []
  /// The lists, one after the other.
  public var props: [Member] = []

  public init() {}

  /// The seed of a place, in a set with the given seed.
  public static func seed(ofPlace name: String, in set: Seed) -> Seed { set.derived("places").derived(name) }
}

/// The keys that every prop of a set has.
public struct PropCommon: Kind {
  public static let name = "prop"
  public static let summary = "The keys that every prop of a set has."

  public var enabled = true

  public static let parameters: [Parameter<PropCommon>] = [
    .init("enabled", \.enabled, .flag, "Whether the prop is there.")
  ]

  public init() {}
}
