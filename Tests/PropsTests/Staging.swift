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

/// A card's picture as arrays, top row first.
struct PaintedCard {
  let width, height: Int
  var red, green, blue, alpha: [Float]
  /// Empty without a surface.
  var albedo: [Float] = []
  var slopeX: [Float] = []
  var slopeY: [Float] = []
  var gloss: [Float] = []

  init(_ picture: any CardPicture, width: Int, height: Int) {
    self.width = width
    self.height = height
    let count = width * height
    let planes: [[Float]] = CardCanvas.withCanvas(
      width: width, height: height, hasSurface: picture.hasSurface
    ) { canvas in
      picture.paint(canvas)
      func array(_ plane: UnsafeMutablePointer<Float>) -> [Float] {
        Array(UnsafeBufferPointer(start: plane, count: count))
      }
      let light = [array(canvas.red), array(canvas.green), array(canvas.blue), array(canvas.alpha)]
      guard let s = canvas.surface else { return light }
      return light + [
        array(s.red) + array(s.green) + array(s.blue), array(s.slopeX), array(s.slopeY), array(s.gloss),
      ]
    }
    (red, green, blue, alpha) = (planes[0], planes[1], planes[2], planes[3])
    if planes.count > 4 { (albedo, slopeX, slopeY, gloss) = (planes[4], planes[5], planes[6], planes[7]) }
  }

  /// Every number that the picture holds.
  var numbers: [Float] { red + green + blue + alpha + albedo + slopeX + slopeY + gloss }

  var isFinite: Bool { numbers.allSatisfy { $0.isFinite } }
  var hasLegalShares: Bool {
    (alpha + albedo + gloss).allSatisfy { $0 >= 0 && $0 <= 1 }
      && (red + green + blue).allSatisfy { $0 >= 0 }
  }

  /// Means of blocks of `k` × `k` texels of a plane.
  func reduced(_ plane: [Float], by k: Int) -> [Float] {
    let (w, h) = (width / k, height / k)
    return (0..<w * h).map { i in
      let (x, y) = (i % w, i / w)
      var sum: Float = 0
      for b in 0..<k { for a in 0..<k { sum += plane[(y * k + b) * width + x * k + a] } }
      return sum / Float(k * k)
    }
  }
}
