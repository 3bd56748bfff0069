import Catalog
import Layers
import Raster
import Stage
import Typography

/// Something that stands in a set: a sign, a lamp, a figure, a whole street.
///
/// One prop is one file. A prop describes; for one moment it puts blocks, cards, strands and lights into a scene.
/// All lengths are meters, all positions `[x, y, z]`: x from the middle of the street to the right, y up, z away
/// from the camera.
public protocol Prop: Kind {
  /// Throws ``Layers/LayerProblems``, named by parameter, if the prop cannot be built as it is described.
  /// Costly drawing belongs into the ``Stage/CardPicture``s that it adds: those are drawn when the picture is.
  func build(in set: inout SetBuilder) throws
}

/// The scene while it is being built, and what a prop may know.
public struct SetBuilder: Sendable {
  public var scene: Scene
  /// The prop's own seed: adding another prop does not change it.
  public package(set) var seed: Seed
  public let moment: Moment
  public let geometry: Geometry
  package let fonts: FontSearch
  /// The street's measures for what hangs on its walls; nil where there is no street.
  public package(set) var street: StreetMeasures?
  /// All lights are dimmed by this: the set is exposed as a whole.
  public package(set) var dimmer: Float = 0.45

  package init(
    scene: Scene, seed: Seed, moment: Moment, geometry: Geometry, fonts: FontSearch,
    street: StreetMeasures? = nil
  ) {
    self.scene = scene
    self.seed = seed
    self.moment = moment
    self.geometry = geometry
    self.fonts = fonts
    self.street = street
  }

  // MARK: What props add

  /// The index of a material in the scene, for ``Stage/Box/material``.
  public mutating func material(_ material: any SurfaceMaterial) -> Int {
    scene.materials.append(material)
    return scene.materials.count - 1
  }

  public mutating func box(_ low: Vector, _ high: Vector, material: Int, seed: UInt32) {
    scene.boxes.append(
      Box(
        low: pointwiseMin(low, high), high: pointwiseMax(low, high), material: material, seed: seed))
  }

  public mutating func add(_ card: Card) { scene.cards.append(card) }
  public mutating func add(_ strand: Strand) { scene.strands.append(strand) }
  /// Adds a light, dimmed like all lights of the set.
  public mutating func add(_ light: Light) {
    var light = light
    light.color *= dimmer
    scene.lights.append(light)
  }
}

/// Where a street's walls are.
public struct StreetMeasures: Sendable, Hashable {
  /// From the middle of the street to the walls, meters.
  public var halfWidth: Float
  /// Near and far end, meters from the camera.
  public var near: Float
  public var far: Float

  public init(halfWidth: Float, near: Float, far: Float) {
    self.halfWidth = halfWidth
    self.near = near
    self.far = far
  }
}
