import Catalog
import Raster

/// How a line is set that must keep to a width: its fonts, and how far it may be spaced and stretched for that.
struct RowSetting: Parameterized, Hashable {
  var font = ["League Spartan Light", "Noto Sans SC Light"]
  var tracking = 0.0
  var trackingLimits = [-30.0, 400.0]
  var stretchLimits = [0.85, 1.2]
  // Beside capitals; what is measured for running text is a little large for them.
  var hanzi = HanziSetting(scale: 0.86, raise: 0.04)

  static let parameters: [Parameter<RowSetting>] =
    [
      .init(
        "font", \.font, Codec<String>.text.oneOrMore(1...16),
        "A font, or a list of them: the first that has a letter draws it. Your own list replaces the whole default."
      ),
      .init(
        "tracking", \.tracking, .number(-1000...5000, suggested: -50...600, unit: .thousandths),
        "Added after each letter, if the width allows it."),
      .init(
        "tracking-limits", \.trackingLimits,
        Codec<Double>.number(-1000...5000, suggested: -50...600, unit: .thousandths).list(2...2),
        "The least and the most of it: what is changed first to meet the width."),
      .init(
        "stretch-limits", \.stretchLimits, Codec<Double>.number(0.2...5, suggested: 0.8...1.3).list(2...2),
        "How narrow and how wide letters may be drawn beside their own shape, if tracking is not enough."),
    ] + including(\.hanzi)

  init() {}

  func check() throws(LayerProblems) {
    for (name, limits) in [("tracking-limits", trackingLimits), ("stretch-limits", stretchLimits)]
    where limits.count != 2 || limits[0] > limits[1] {
      throw LayerProblems(name, "limits are the least and the most, in this order")
    }
    guard (trackingLimits[0]...trackingLimits[1]).contains(tracking) else {
      throw LayerProblems(
        "tracking",
        "a tracking of \(trimmed(tracking)) lies outside its limits, \(trimmed(trackingLimits[0])) to \(trimmed(trackingLimits[1]))",
        hint: "widen 'tracking-limits'")
    }
  }
}
