import Catalog
import Layers
import Raster
import Stage
import Testing
import Typography

@testable import Props

/// What must hold for every prop of the catalog and every section of a set, and for those still to be written.
@Suite struct EveryPropTests {
  static let names = PropCatalog.all.map { $0.name }
  static let sections = SetLayer.sections.map { $0.name }

  private func kind(_ name: String) throws -> any Kind.Type {
    if let prop = PropCatalog.byName[name] { return prop }
    return try #require(SetLayer.sections.first { $0.name == name })
  }

  @Test("names are unique, sorted, and no parameter bears one") func uniqueNames() {
    #expect(Set(Self.names).count == Self.names.count)
    #expect(Self.names == Self.names.sorted())
    for type in PropCatalog.all {
      for parameter in type.parameterDescriptions.dropFirst() {
        #expect(
          !Self.names.contains(parameter.name), "\(type.name).\(parameter.name) bears the name of a prop")
      }
    }
  }

  @Test("the keys of a set are told apart") func setKeys() {
    let own = SetLayer.parameters.map { $0.name }
    let keys = own + Self.sections + SetLayer.placeKeys + SetLayer.listKeys
    let common = ["id", "mask", "seed", "effects"] + Placement.parameters.map { $0.name }
    #expect(Set(keys + common).count == keys.count + common.count)
    #expect(!keys.contains { LayerCatalog.byName[$0] != nil })
  }

  @Test("no parameter bears the name of a key that all props have", arguments: names)
  func commonKeys(_ name: String) throws {
    let common = ["id", "seed", "remove", "after", "before"] + PropCommon.parameters.map { $0.name }
    for parameter in try kind(name).parameterDescriptions {
      #expect(!common.contains(parameter.name), "\(name).\(parameter.name)")
    }
  }

  /// The names of a kind's stored properties, with those of groups in their places.
  private func storedProperties(of owner: any Parameterized) -> [String] {
    Mirror(reflecting: owner).children.flatMap { child -> [String] in
      if let group = child.value as? any Parameterized { return storedProperties(of: group) }
      return child.label.map { [$0] } ?? []
    }
  }

  @Test("every stored property is declared, and nothing else", arguments: names + sections)
  func declared(_ name: String) throws {
    func check<K: Kind>(_ type: K.Type) {
      let stored = storedProperties(of: K())
      let declared = type.parameterDescriptions
      #expect(stored.count == declared.count, "\(stored) against \(declared.map { $0.name })")
      let isProp = type is any Prop.Type
      if isProp { #expect(declared.first?.name == type.name) }
      for parameter in declared.dropFirst(isProp ? 1 : 0) {
        #expect(stored.contains(parameter.property), "\(type.name).\(parameter.name)")
      }
      for parameter in declared { #expect(parameter.help.hasSuffix("."), "\(type.name).\(parameter.name)") }
      #expect(type.summary.hasSuffix("."))
    }
    check(try kind(name))
  }

  @Test("the default of every parameter can be written back", arguments: names + sections)
  func defaultsAreLegal(_ name: String) throws {
    func check<K: Kind>(_ type: K.Type) {
      let geometry = Geometry(trimWidth: 300, trimHeight: 200)
      for parameter in type.parameterDescriptions
      where !parameter.isRequired && !parameter.defaultText.isEmpty {
        if case .file = parameter.form { continue }
        #expect(
          K().setting(parameter.name, to: parameter.defaultText, geometry: geometry) != nil,
          "\(type.name).\(parameter.name): \(parameter.defaultText)")
      }
    }
    check(try kind(name))
  }

  @Test("alternatives are parameters of their section") func alternatives() {
    for type in SetLayer.sections {
      let names = type.parameterDescriptions.map { $0.name }
      for name in type.alternatives.flatMap({ $0 }) { #expect(names.contains(name)) }
    }
  }

  @Test("sections that say nothing leave the scene as it is") func neutral() {
    for type in SetLayer.sections where type.name != "camera" {
      var scene = Scene()
      type.init().apply(to: &scene, at: Moment(), seed: Seed(0))
      var plain = Scene()
      // Seeds are the section's own.
      plain.air.seed = scene.air.seed
      plain.sky.seed = scene.sky.seed
      plain.rain.seed = scene.rain.seed
      plain.ground.seed = scene.ground.seed
      #expect(scene.air == plain.air, "\(type.name)")
      #expect(scene.ground == plain.ground && scene.rain == plain.rain, "\(type.name)")
    }
  }
}
