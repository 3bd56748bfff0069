import Stage

/// What stands in a room behind a shop window, and the light that falls on it.
extension ShopInterior {
  /// Something with corners that stands in the room.
  struct Block {
    var low: Vector
    var high: Vector
    /// Color of its upper side.
    var top = Vector(0.3, 0.27, 0.22)
  }

  /// Shelves that stand free, from the middle of the shop to one of its walls.
  var gondola: Block? {
    guard trade == .grocer || trade == .video, draw(3) < 0.8 else { return nil }
    let aisle = width * (0.25 + 0.5 * draw(4))
    let at = 1.5 + 0.5 * draw(6)
    let isLeft = draw(5) < 0.5
    return Block(
      low: Vector(isLeft ? -1 : aisle, 0, at),
      high: Vector(isLeft ? aisle : width + 1, 1.35, at + 0.6))
  }

  /// Somewhere to wait, right behind the window.
  var bench: Block {
    let from = width * (0.1 + 0.3 * draw(4))
    return Block(
      low: Vector(from, 0.1, 0.7), high: Vector(from + 1.5, 0.46, 1.1), top: Vector(0.34, 0.2, 0.1))
  }

  /// A table in the middle of the room: to fold laundry upon, or a desk.
  var table: Block {
    let from = width * (0.12 + 0.35 * draw(5))
    let at: Float = 1.5 + 0.6 * draw(6)
    return trade == .laundry
      ? Block(low: Vector(from, 0.05, at + 0.3), high: Vector(from + 1.7, 0.9, at + 1.1))
      : Block(
        low: Vector(from, 0, at), high: Vector(from + 1.5, 0.74, at + 0.7),
        top: Vector(0.4, 0.26, 0.15))
  }

  /// What stands on the desk.
  var screen: Block {
    let desk = table
    let from = desk.low.x + 0.2 + 0.6 * draw(18)
    return Block(
      low: Vector(from, 0.74, desk.low.z + 0.08),
      high: Vector(from + 0.42, 1.12, desk.low.z + 0.46),
      top: Vector(0.3, 0.29, 0.26))
  }

  // MARK: Light in the room

  /// Tubes run along the glass under the ceiling, one so many meters behind the other.
  static let tubePitch: Float = 1.3

  /// How bright a row of tubes is: some are off, or at the end of their days.
  func tube(_ row: Int) -> Float {
    let own = SurfaceNoise.cell(row, 23, seed)
    // Goods want light, an office at midnight does not.
    let lit: Float = trade == .office ? 0.4 : 0.72
    return row == Int(draw(19) * 2.99) ? 1 : own < lit ? 0.65 + 0.5 * own : 0.04
  }

  /// Share of the room's light that falls on a place: from the tubes by distance and angle, and from what walls send
  /// back; less near the floor's edges.
  func lit(_ y: Float, _ z: Float, _ side: Side) -> Float {
    var sum: Float = 0
    let rows = max(1, min(5, Int((depth / ShopInterior.tubePitch).rounded())))
    for row in 0..<rows {
      let ahead = (Float(row) + 0.5) * ShopInterior.tubePitch - z
      let above = max(0.05, height - 0.06 - y)
      let r = (ahead * ahead + above * above).squareRoot()
      let facing: Float =
        switch side {
        case .floor: above / r
        case .back: max(0, -ahead) / r
        case .left, .right: 0.55
        case .ceiling: 0.1
        }
      sum += tube(row) * facing / (r + 0.25)
    }
    let corner =
      side == .floor ? 1 - 0.4 * nearness(depth - z, 0.35) : 1 - 0.45 * nearness(y, 0.2)
    return (0.1 + 0.95 * sum) * corner
  }

  /// 1 in a corner, half of that at a distance from it.
  private func nearness(_ distance: Float, _ half: Float) -> Float {
    let d = max(0, distance) / half
    return 1 / (1 + d * d)
  }
}
