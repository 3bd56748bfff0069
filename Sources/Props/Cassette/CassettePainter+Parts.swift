import CVector
import Raster
import Stage

extension CassettePainter {
  /// Paper: cream with three stripes below the window.
  @inline(__always)
  static func print(_ v: v8f) -> (red: v8f, green: v8f, blue: v8f) {
    var red = v8_splat(0.35)
    var green = v8_splat(0.295)
    var blue = v8_splat(0.22)
    for (low, high, color) in [
      (Float(0.346), Float(0.366), Vector(0.36, 0.035, 0.085)), (0.370, 0.390, Vector(0.38, 0.15, 0.03)),
      (0.394, 0.414, Vector(0.02, 0.14, 0.16)),
    ] {
      let k = v8_clamp(0.5 + (v - low) * 700, 0, 1) * v8_clamp(0.5 + (high - v) * 700, 0, 1)
      red += (color.x - red) * k
      green += (color.y - green) * k
      blue += (color.z - blue) * k
    }
    return (red, green, blue)
  }

  /// Distance to the nearest screw's head, and how much of a texel its cross takes.
  @inline(__always)
  func screws(_ u: v8f, _ v: v8f) -> (head: v8f, slot: v8f) {
    // Four in the corners, folded into one, and one below the label.
    let cornerV = v8_abs(v - 0.3175) - 0.2825
    let cu = v8_abs(u) - 0.4655
    let corner = cu * cu + cornerV * cornerV
    let mv = v - 0.475
    let middle = u * u + mv * mv
    let isCorner = v8_less(corner, middle)
    let x = v8_select(isCorner, cu, u)
    let y = v8_select(isCorner, cornerV, mv)
    let d = v8_sqrt(v8_min(corner, middle))
    // Turned a little, as hands leave it.
    let tx = v8_abs(x * 0.94 - y * 0.34)
    let ty = v8_abs(x * 0.34 + y * 0.94)
    let cross = v8_min(v8_max(tx - 0.010, ty - 0.0022), v8_max(ty - 0.010, tx - 0.0022))
    return (d - 0.0155, cover(cross))
  }

  /// The wound tape in the window: how much of a texel it covers, and its fine grooves.
  @inline(__always)
  func packs(_ u: v8f, _ v: v8f) -> (cover: v8f, groove: v8f) {
    let w = max(0, min(1, face.wound))
    let (least, most) = (Float(0.078 * 0.078), Float(0.205 * 0.205))
    let left = (least + (most - least) * w).squareRoot()
    let right = (least + (most - least) * (1 - w)).squareRoot()
    let dv = v - CassettePainter.windowV
    let lu = u + CassettePainter.hubU
    let ru = u - CassettePainter.hubU
    let l = v8_sqrt(lu * lu + dv * dv)
    let r = v8_sqrt(ru * ru + dv * dv)
    let share = v8_max(cover(l - left), cover(r - right))
    // Grooves finer than texels blur to their mean.
    let contrast = max(0, min(1, 1.5 - texel / 0.0025))
    let groove = CassetteShell.wave(v8_min(l, r) * 150) * contrast
    return (share, groove * 0.5 + 0.5)
  }

  /// Distance to the nearer hub's middle, and how much of a texel its six teeth cover.
  @inline(__always)
  func hubs(_ u: v8f, _ v: v8f) -> (distance: v8f, teeth: v8f) {
    let side = v8_select(
      v8_less(u, v8_splat(0)), v8_splat(-CassettePainter.hubU), v8_splat(CassettePainter.hubU))
    let x = u - side
    let y = v - CassettePainter.windowV
    let distance = v8_sqrt(x * x + y * y)
    let isLeft = v8_less(u, v8_splat(0))
    var sum = v8_splat(0)
    for turn in turns {
      let c = v8_select(isLeft, v8_splat(turn.left.x), v8_splat(turn.right.x))
      let s = v8_select(isLeft, v8_splat(turn.left.y), v8_splat(turn.right.y))
      // Into the sector of one tooth: mirrored on both axes, then on the line at 30°.
      let tx = v8_abs(x * c + y * s)
      let ty = v8_abs(y * c - x * s)
      let beyond = v8_max(v8_splat(0), ty * 0.866_025_4 - tx * 0.5)
      let fx = tx + beyond
      let fy = ty - beyond * 1.732_050_8
      // A tooth reaches in from the ring to 0.024.
      sum += cover(v8_max(v8_abs(fy) - 0.0062, 0.0245 - fx))
    }
    return (distance, sum * (1 / Float(turns.count)))
  }
}
