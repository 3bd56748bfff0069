import CVector
import Raster

/// What heat makes of a cassette's shell: how far it spreads, where plastic runs down it in drops, and how it piles up
/// at its foot. Widths of the cassette; u to the right from the middle, v down from the upper edge.
///
/// All is told for the hottest plastic and grows from nothing with heat, 0…1.
struct MoltenRelief: Sendable, Hashable {
  /// A heavy drop and the way that it has come.
  struct Run: Sendable, Hashable {
    /// Its middle and half its width.
    var u, width: Float
    /// Where it starts, and how far it gets.
    var start, length: Float
  }
  /// A fold of thick plastic that has come to rest on what came before it.
  struct Lip: Sendable, Hashable {
    /// Its middle, and where it lies lowest.
    var u, v: Float
    /// Half its length, and how thick it is.
    var reach, thickness: Float
  }

  let runs: [Run]
  let lips: [Lip]

  init(seed: Seed) {
    func unit(_ what: String, _ index: Int) -> Float { Float(seed.derived(what).unit(index)) }
    // Long beside short, wide beside narrow, and never evenly spaced: even drips are a fringe.
    let plan: [(u: Float, width: Float, start: Float, length: Float)] = [
      (-0.385, 0.022, 0.375, 0.085), (-0.290, 0.028, 0.350, 0.150), (-0.160, 0.040, 0.330, 0.30),
      (0.030, 0.024, 0.370, 0.080), (0.130, 0.030, 0.350, 0.165), (0.310, 0.045, 0.325, 0.215),
      (0.425, 0.020, 0.385, 0.060),
    ]
    runs = plan.enumerated().map { i, run in
      Run(
        u: run.u + (unit("place", i) - 0.5) * 0.03,
        width: run.width * (0.9 + 0.25 * unit("width", i)),
        start: run.start, length: run.length * (0.8 + 0.4 * unit("length", i)))
    }
    let folds: [(u: Float, v: Float, reach: Float, thickness: Float)] = [
      (-0.34, 0.500, 0.24, 0.026), (0.02, 0.560, 0.66, 0.046), (0.33, 0.530, 0.26, 0.026),
      (-0.30, 0.606, 0.42, 0.028), (0.40, 0.612, 0.34, 0.028),
    ]
    lips = folds.enumerated().map { i, fold in
      Lip(
        u: fold.u + (unit("fold", i) - 0.5) * 0.10, v: fold.v + (unit("fold height", i) - 0.5) * 0.016,
        reach: fold.reach, thickness: fold.thickness)
    }
  }

  // MARK: Eight places at a time

  /// How much wider than sound the shell is at a place, as a share: it gives way below the middle, its lower corners
  /// bulge, and at the ground it runs out level.
  @inline(__always)
  func spread(u: v8f, v: v8f) -> v8f {
    let h = CassetteShell.height
    func side(
      _ waist: Float, _ belly: (v: Float, size: Float, share: Float), _ foot: (size: Float, share: Float)
    ) -> v8f {
      // A quarter of a circle, level at the ground.
      let t = v8_clamp((v - (h - foot.size)) * (1 / foot.size), 0, 0.995)
      return CassetteShell.bump((v - belly.v) * (1 / belly.size)) * belly.share
        - CassetteShell.bump((v - 0.35) * 7) * waist + (1 - v8_sqrt(1 - t * t)) * foot.share
    }
    let left = side(0.030, (0.520, 0.105, 0.120), (0.100, 0.26))
    let right = side(0.018, (0.505, 0.135, 0.170), (0.115, 0.29))
    let t = v8_clamp(u * 1.5 + 0.5, 0, 1)
    let eased: v8f = t * t * (3 - 2 * t)
    return left + (right - left) * eased
  }

  /// Square of the distance to a run's middle line beside half its width, which is 1 at its border. It gathers from a
  /// wide shoulder and ends as a drop.
  @inline(__always)
  private func distance(_ run: Run, u: v8f, v: v8f, heat: v8f) -> (square: v8f, along: v8f, width: v8f) {
    let zero = v8_splat(0)
    let length = heat * run.length + 1e-3
    let along = (v - run.start) / length
    let drop = CassetteShell.bump((v - run.start - length) * (0.45 / run.width)) * 0.35
    // A wide shoulder that gathers into a neck.
    let shoulder = v8_clamp(1 - along * 1.7, 0, 1)
    let width = (shoulder * shoulder * 1.5 + 0.72 + drop) * run.width
    // It does not run quite straight.
    let x = u - run.u - CassetteShell.wave(v * 2.6 + run.u * 3) * 0.007
    let before = v8_max(zero, run.start - v)
    let beyond = v8_max(zero, v - run.start - length)
    return ((x * x + beyond * beyond + before * before) / (width * width), along, width)
  }

  /// How far runs have dragged down what is seen at a place.
  @inline(__always)
  func drag(u: v8f, v: v8f, heat: v8f) -> v8f {
    var most = v8_splat(0)
    // Nothing runs so far up, in whatever column.
    guard v[0] > 0.08 else { return most }
    for run in runs {
      let at = distance(run, u: u, v: v, heat: heat)
      // Within a drop all goes along; at its border what lies beside it holds it back.
      let t = v8_clamp((1.08 - at.square) * 1.9, 0, 1)
      let share: v8f = t * t * (3 - 2 * t)
      most = v8_max(most, share * v8_max(v8_splat(0), v - run.start) * 0.74)
    }
    return most * v8_clamp(heat * 4, 0, 1)
  }

  /// How far the surface stands out at a place, and how much of that is a run's, 0…1. `settled` is v before anything ran.
  @inline(__always)
  func height(u: v8f, v: v8f, settled: v8f, heat: v8f) -> (height: v8f, run: v8f) {
    let zero = v8_splat(0)
    var pile = zero
    // No fold reaches further up.
    if v[0] > 0.34 {
      for (number, lip) in lips.enumerated() {
        let x = (u - lip.u) * (1 / lip.reach)
        let hang = 1 - x * x
        let wander = CassetteShell.wave(u * 2.9 + Float(number) * 0.37) * 0.006
        let lowest = hang * 0.030 + wander + (lip.v - 0.030)
        let s = (v - lowest) * (1 / lip.thickness)
        // It swells slowly from above, and turns under at its lower border.
        let above = v8_clamp(s * (1 / 3.4) + 1, 0, 1)
        let below = v8_clamp(s, 0, 1)
        let turned = v8_sqrt(v8_max(zero, 1 - below * below))
        let profile: v8f = above * above * (3 - 2 * above) * turned
        let ends = v8_max(zero, hang)
        pile += profile * ends * ends * (3 - 2 * ends) * (lip.thickness * 1.05)
      }
    }
    var drop = zero
    var share = zero
    if v[0] > 0.12 {
      for run in runs {
        let at = distance(run, u: u, v: settled, heat: heat)
        let inside = v8_max(zero, 1 - at.square)
        let grown = v8_clamp(at.along * 1.5, 0, 1)
        let rise: v8f = grown * grown * (3 - 2 * grown)
        let dome = (v8_sqrt(inside) * 0.22 + inside * 0.38) * v8_min(at.width, v8_splat(run.width)) * rise
        drop = v8_max(drop, dome)
        share = v8_max(share, v8_clamp(inside * 3, 0, 1) * rise)
      }
    }
    // Drops run over the folds, and lie in them.
    let over = pile * (1 - share * 0.5) + drop
    return (over * heat, share * heat)
  }
}
