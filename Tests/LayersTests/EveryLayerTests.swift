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
      let stored = storedProperties(of: L())
      let declared = type.parameterDescriptions
      #expect(stored.count == declared.count, "\(stored) against \(declared.map { $0.name })")
      #expect(Set(declared.map { $0.name }).count == declared.count, "a name is taken twice")
      #expect(declared.first?.name == type.name)
      for parameter in declared.dropFirst() { #expect(stored.contains(parameter.property)) }
      for parameter in declared { #expect(!parameter.help.isEmpty) }
    }
    check(try type(name))
  }

  /// The names of a kind's stored properties, with those of groups in their places.
  private func storedProperties(of owner: any Parameterized) -> [String] {
    Mirror(reflecting: owner).children.flatMap { child -> [String] in
      if let group = child.value as? any Parameterized { return storedProperties(of: group) }
      return child.label.map { [$0] } ?? []
    }
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

  @Test("rasters take what was foretold, once, and give it back", arguments: ["noise", "neon"])
  func rasters(_ name: String) throws {
    func check<L: Layer>(_ type: L.Type) throws {
      // Noise with few octaves and a sign with a wide halo: both coarser than the pixels.
      var layer = L()
      for (key, value) in [("neon", "OPEN"), ("size", "0.4"), ("octaves", "2")] {
        layer = layer.setting(key, to: value, geometry: Geometry(trimWidth: 900, trimHeight: 700)) ?? layer
      }
      let pool = BufferPool()
      try BufferPool.$current.withValue(pool) {
        let painter = try layer.prepare(in: Painting.context(900, 700))
        #expect(pool.usage.inUse == 0, "preparing takes no rasters")
        let foretold = painter.rasterMemory
        #expect(foretold.held > 0)
        let ready = try painter.withRasters(workers: Workers(count: 2))
        #expect(pool.usage.inUse == foretold.held)
        #expect(pool.usage.peak == foretold.peak)
        #expect(ready.rasterMemory == .none)
        let again = try ready.withRasters(workers: Workers(count: 2))
        #expect(pool.usage.peak == foretold.peak)
        #expect(again.bounds == painter.bounds)
      }
      #expect(pool.usage.inUse == 0)
    }
    try check(try type(name))
  }
}
