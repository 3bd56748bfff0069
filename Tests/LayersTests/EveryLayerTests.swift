import Catalog
import Raster
import Testing
import Typography

@testable import Layers

/// What must hold for every layer of the catalog, and for those still to be written.
@Suite struct EveryLayerTests {
  static let names = LayerCatalog.all.map { $0.name }

  private func type(_ name: String) throws -> any Layer.Type { try #require(LayerCatalog.byName[name]) }

  @Test("names are unique, and all differ from parameter names") func uniqueNames() {
    let names = Self.names + ["group"]
    #expect(Set(names).count == names.count)
    for type in LayerCatalog.all {
      for parameter in type.parameterDescriptions.dropFirst() {
        #expect(!names.contains(parameter.name), "\(type.name).\(parameter.name) bears the name of a layer")
      }
    }
  }

  @Test("no parameter bears the name of a key that all layers have", arguments: names)
  func commonKeys(_ name: String) throws {
    let common =
      Placement.parameters.map { $0.name } + ["id", "mask", "seed", "effects", "remove", "after", "before"]
    for parameter in try type(name).parameterDescriptions { #expect(!common.contains(parameter.name)) }
  }

  @Test("every stored property is declared, and nothing else", arguments: names)
  func declared(_ name: String) throws {
    func check<L: Layer>(_ type: L.Type) {
      let stored = Mirror(reflecting: L()).children.compactMap { $0.label }
      let declared = type.parameterDescriptions
      #expect(stored.count == declared.count, "\(stored) against \(declared.map { $0.name })")
      #expect(declared.first?.name == type.name)
      for parameter in declared.dropFirst() { #expect(stored.contains(parameter.property)) }
      for parameter in declared { #expect(!parameter.help.isEmpty) }
    }
    check(try type(name))
  }

  @Test("the default of every parameter can be written back", arguments: names)
  func defaultsAreLegal(_ name: String) throws {
    func check<L: Layer>(_ type: L.Type) {
      let geometry = Geometry(trimWidth: 200, trimHeight: 300)
      for parameter in type.parameterDescriptions
      where !parameter.isRequired && !parameter.defaultText.isEmpty {
        if case .file = parameter.form { continue }
        #expect(
          L().setting(parameter.name, to: parameter.defaultText, geometry: geometry) != nil,
          "\(type.name).\(parameter.name): \(parameter.defaultText)")
      }
    }
    check(try type(name))
  }
}
