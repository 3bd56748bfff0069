import Markup
import Raster

extension Reader.NumberRule {
  /// A length in a set: meters unless it carries another unit.
  static func meters(_ legal: ClosedRange<Double>) -> Reader.NumberRule {
    Reader.NumberRule(legal, .meters, name: "meters")
  }
}

extension Codec where Value: Scalar {
  /// A length in a set, stored in meters; it may move.
  public static func meters(
    _ legal: ClosedRange<Double>, suggested: ClosedRange<Double>? = nil
  ) -> Codec<Value> {
    let rule = Reader.NumberRule.meters(legal)
    return Codec(
      form: .number(legal: legal, suggested: suggested, unit: .meters),
      read: { node, reader in
        guard let motion = reader.motion(node, rule) else { return nil }
        return { Value(motion.value(at: $0)) }
      }, text: { trimmed(Double($0)) })
  }
}

extension Codec where Value == SIMD3<Float> {
  /// A place in a set, `[x, y, z]` in meters, or `[x, z]` on the ground; all may move.
  public static var place: Codec<SIMD3<Float>> {
    let rule = Reader.NumberRule.meters(-10_000...10_000)
    return Codec(
      form: .place,
      read: { node, reader in
        guard let items = reader.items(node, count: 2...3, due: "a place [x, y, z]") else { return nil }
        let motions = items.map { reader.motion($0, rule) }
        let numbers = motions.compactMap { $0 }
        guard numbers.count == items.count else { return nil }
        return { moment in
          let values = numbers.map { Float($0.value(at: moment)) }
          return values.count == 2
            ? SIMD3(values[0], 0, values[1]) : SIMD3(values[0], values[1], values[2])
        }
      },
      text: { "[\(trimmed(Double($0.x))), \(trimmed(Double($0.y))), \(trimmed(Double($0.z)))]" })
  }
}

extension LinearColor {
  /// Red, green and blue as light.
  public var light: SIMD3<Float> { SIMD3(Float(red), Float(green), Float(blue)) }
}
