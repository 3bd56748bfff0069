import Catalog
import Effects
import Layers
import Markup
import Raster

extension PresetDecoder {
  /// Complains of masks and copies that name no layer, or that go in a circle.
  func checkReferences(_ layers: [LayerItem], _ effects: [EffectItem], _ reader: inout Reader) {
    var known: [String: LayerItem] = [:]
    func collect(_ items: [LayerItem]) {
      for item in items {
        if let id = item.id, known[id] == nil { known[id] = item }
        if case .group(let children) = item.content { collect(children) }
      }
    }
    collect(layers)
    let all = layers.flatMap { references(of: $0) } + effects.flatMap { references(of: $0) }
    for reference in all where known[reference.id] == nil {
      reader.error(
        "there is no layer '\(reference.id)'", at: reference.place,
        hint: nearest(reference.id, among: known.keys.sorted()).map { "did you mean '\($0)'?" })
    }
    // A layer that needs itself to be drawn.
    for (id, item) in known.sorted(by: { $0.key < $1.key }) {
      var visited: Set<String> = []
      var open = references(of: item).filter { $0.needsPicture }
      while let next = open.popLast() {
        if next.id == id {
          reader.error("the \(next.what) goes in a circle: '\(id)' is needed to draw '\(id)'", at: next.place)
          break
        }
        if visited.insert(next.id).inserted, let target = known[next.id] {
          open += references(of: target).filter { $0.needsPicture }
        }
      }
    }
  }

  private struct Reference {
    var id: String
    var place: Place
    /// "mask", "copy", or an effect's parameter: what the author is told of.
    var what: String
    /// Whether the layer is drawn for it: what stands in a set is known before.
    var needsPicture = true
  }

  /// The layers that must be drawn to draw this one, itself and its parts aside.
  private func references(of item: LayerItem) -> [Reference] {
    var result = item.mask.map { references(of: $0) } ?? []
    result += item.effects.flatMap { references(of: $0) }
    switch item.content {
    case .group(let children): result += children.flatMap { references(of: $0) }
    case .copy(let id):
      result.append(Reference(id: id, place: item.places["copy"] ?? item.place, what: "copy"))
    case .layer: result += references(of: item.looks, at: item.places, or: item.place)
    }
    return result
  }

  private func references(of effect: EffectItem) -> [Reference] {
    (effect.mask.map { references(of: $0) } ?? [])
      + references(of: effect.looks, at: effect.places, or: effect.place)
  }

  private func references(
    of looks: [LayerLook], at places: [String: Place], or place: Place
  ) -> [Reference] {
    looks.compactMap { look in
      look.layer.map {
        Reference(
          id: $0, place: places[look.parameter] ?? place, what: "reference '\(look.parameter)'",
          needsPicture: look.channel.needsPicture)
      }
    }
  }

  private func references(of mask: MaskItem) -> [Reference] {
    switch mask.source {
    case .layer(let id): [Reference(id: id, place: mask.place, what: "mask")]
    case .inline(let layer): references(of: layer)
    }
  }
}
