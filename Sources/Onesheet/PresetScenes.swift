import Catalog
import Layers
import Props
import Raster
import Stage

extension Preset {
  /// The scenes of the preset's sets, those within groups left out, at the moment that the preset shows: for
  /// measuring what their parts cost.
  package func scenes() throws -> [Scene] {
    let moment = Moment(time: still, loop: loops ? duration : nil)
    return try layers.compactMap { item in
      guard case .layer(let make) = item.content, let set = make(moment) as? SetLayer else { return nil }
      var problems: [LayerProblems.Problem] = []
      let scene = set.scene(
        in: LayerContext(
          geometry: geometry, moment: moment, seed: item.seed, workers: Workers(count: 1), fonts: fonts),
        &problems)
      guard problems.isEmpty else { throw LayerProblems(problems) }
      return scene
    }
  }
}
