import Catalog
import Foundation
import Layers
import Raster
import Stage
import Typography

@testable import Props

/// Builds props by themselves for tests.
enum Staging {
  static let fonts = FontSearch(
    folders: [],
    bundled: FontLibrary(roots: [
      URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "fonts").path
    ]))

  static func builder(seed: UInt64 = 7, moment: Moment = Moment(), scene: Scene = Scene()) -> SetBuilder {
    SetBuilder(
      scene: scene, seed: Seed(seed), moment: moment, geometry: Geometry(trimWidth: 320, trimHeight: 200),
      fonts: fonts)
  }

  /// What a prop adds to an empty scene.
  static func scene(_ prop: some Prop, seed: UInt64 = 7, moment: Moment = Moment()) throws -> Scene {
    var builder = builder(seed: seed, moment: moment)
    try prop.build(in: &builder)
    return builder.scene
  }

  /// The problems of a prop that cannot be built.
  static func problems(_ prop: some Prop) -> [LayerProblems.Problem] {
    do {
      _ = try scene(prop)
      return []
    } catch let error as LayerProblems {
      return error.problems
    } catch {
      return [.init(nil, "\(error)")]
    }
  }

  /// A prop with parameters as a preset would write them; nil if one is not legal.
  static func prop<P: Prop>(_ type: P.Type, _ settings: KeyValuePairs<String, String>) -> P? {
    var prop = P()
    for (name, text) in settings {
      guard
        let changed = prop.setting(name, to: text, geometry: Geometry(trimWidth: 100, trimHeight: 100))
      else { return nil }
      prop = changed
    }
    return prop
  }
}

extension PaintedCard {
  var isFinite: Bool { planes.allSatisfy { $0.allSatisfy { $0.isFinite } } }

  /// Alpha, albedo and gloss within 0…1, and no darkness sent out.
  var hasLegalShares: Bool {
    let shares = surface.isEmpty ? [alpha] : [alpha, surface[0], surface[1], surface[2], surface[5]]
    return shares.allSatisfy { $0.allSatisfy { $0 >= 0 && $0 <= 1 } }
      && [red, green, blue].allSatisfy { $0.allSatisfy { $0 >= 0 } }
  }
}
