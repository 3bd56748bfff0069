import Markup
import Raster

/// Colors as people write them (CSS Color 4).
enum ColorSyntax {
  struct Problem: Error {
    var message: String
    var hint: String?
  }

  struct Parsed {
    var color: LinearColor
    /// What had to be changed to show it, or nil.
    var note: String?
  }

  static func parse(_ text: String) -> Result<Parsed, Problem> {
    let lower = text.lowercased()
    if lower.hasPrefix("oklch("), lower.hasSuffix(")") {
      return oklch(lower.dropFirst("oklch(".count).dropLast(), text)
    }
    return plain(text).map { Parsed(color: $0, note: nil) }
  }

  private static func plain(_ text: String) -> Result<LinearColor, Problem> {
    let lower = text.lowercased()
    if lower.hasPrefix("#") { return hex(text) }
    if lower == "transparent" || lower == "none" { return .success(.clear) }
    if let value = names[lower] {
      return .success(coded(Double(value >> 16 & 255), Double(value >> 8 & 255), Double(value & 255)))
    }
    if let open = lower.firstIndex(of: "("), lower.hasSuffix(")") {
      let function = String(lower[..<open])
      let inside = lower[lower.index(after: open)...].dropLast()
      if ["rgb", "rgba"].contains(function) { return rgb(inside, text) }
      return .failure(
        Problem(message: "'\(function)(…)' is not a color function", hint: "rgb() and oklch() are"))
    }
    return .failure(
      Problem(
        message: "'\(text)' is not a color",
        hint: nearest(lower, among: Array(names.keys)).map { "did you mean '\($0)'?" }
          ?? "a color is \"#ff2e88\", rgb(255 46 136), oklch(0.7 0.2 350), a CSS name or $name"))
  }

  private static func coded(_ r: Double, _ g: Double, _ b: Double, alpha: Double = 1) -> LinearColor {
    LinearColor(coded: r / 255, g / 255, b / 255, alpha: alpha)
  }

  private static func hex(_ text: String) -> Result<LinearColor, Problem> {
    var digits = text.dropFirst().map { $0.hexDigitValue }
    if digits.count == 3 || digits.count == 4 { digits = digits.flatMap { [$0, $0] } }
    let values = digits.compactMap { $0 }
    guard values.count == digits.count, values.count == 6 || values.count == 8,
      text.utf8.count == text.count
    else {
      return .failure(
        Problem(message: "'\(text)' is not a color", hint: "after # come 3, 4, 6 or 8 hexadecimal digits"))
    }
    func byte(_ i: Int) -> Double { Double(values[i] * 16 + values[i + 1]) }
    return .success(coded(byte(0), byte(2), byte(4), alpha: values.count == 8 ? byte(6) / 255 : 1))
  }

  /// Numbers and percentages between the parentheses, with the alpha behind a slash or as a fourth.
  private static func arguments(_ inside: Substring) -> [(value: Double, isPercent: Bool)]? {
    let parts = inside.split { $0 == " " || $0 == "," || $0 == "/" }
    var result: [(Double, Bool)] = []
    for part in parts {
      guard let quantity = Reader.quantity(String(part)), quantity.value.isFinite,
        ["", "%", "deg"].contains(quantity.unit)
      else { return nil }
      result.append((quantity.value, quantity.unit == "%"))
    }
    return result
  }

  private static func rgb(_ inside: Substring, _ text: String) -> Result<LinearColor, Problem> {
    guard let parts = arguments(inside), parts.count == 3 || parts.count == 4 else {
      return .failure(
        Problem(
          message: "'\(text)' is not a color", hint: "rgb() takes three numbers, 0 to 255, and an alpha"))
    }
    let values = parts.prefix(3).map { $0.isPercent ? $0.value * 2.55 : $0.value }
    let alpha = parts.count == 4 ? (parts[3].isPercent ? parts[3].value / 100 : parts[3].value) : 1
    guard values.allSatisfy({ (0...255).contains($0) }), (0...1).contains(alpha) else {
      return .failure(
        Problem(message: "'\(text)' is outside the legal range", hint: "0 to 255 each, alpha 0 to 1"))
    }
    return .success(coded(values[0], values[1], values[2], alpha: alpha))
  }

  private static func oklch(_ inside: Substring, _ text: String) -> Result<Parsed, Problem> {
    guard let parts = arguments(inside), parts.count == 3 || parts.count == 4 else {
      return .failure(
        Problem(
          message: "'\(text)' is not a color", hint: "oklch() takes lightness 0…1, chroma 0…0.4, hue 0…360"))
    }
    let lightness = parts[0].isPercent ? parts[0].value / 100 : parts[0].value
    let chroma = parts[1].isPercent ? parts[1].value * 0.004 : parts[1].value
    let alpha = parts.count == 4 ? (parts[3].isPercent ? parts[3].value / 100 : parts[3].value) : 1
    guard (0...1).contains(lightness), (0...0.5).contains(chroma), (0...1).contains(alpha) else {
      return .failure(
        Problem(
          message: "'\(text)' is outside the legal range",
          hint: "lightness 0 to 1, chroma 0 to 0.5, alpha 0 to 1"))
    }
    // Chroma is reduced until the color can be shown (CSS Color 4, gamut mapping, without its clipping step).
    func color(_ chroma: Double) -> LinearColor {
      OKLab(lightness: lightness, chroma: chroma, hue: parts[2].value).linear(alpha: alpha)
    }
    func fits(_ c: LinearColor) -> Bool {
      [c.red, c.green, c.blue].allSatisfy { $0 >= -1e-5 && $0 <= 1 + 1e-5 }
    }
    var low = 0.0
    var high = chroma
    let isShowable = fits(color(chroma))
    if !isShowable {
      for _ in 0..<40 {
        let middle = (low + high) / 2
        if fits(color(middle)) { low = middle } else { high = middle }
      }
      high = low
    }
    let c = color(high)
    let shown = LinearColor(
      min(1, max(0, c.red)), min(1, max(0, c.green)), min(1, max(0, c.blue)), alpha: alpha)
    return .success(
      Parsed(
        color: shown,
        note: isShowable
          ? nil
          : "'\(text)' lies outside the colors of a display; its chroma becomes \(trimmed((high * 1e4).rounded() / 1e4))"
      ))
  }

  /// A color as a preset would write it.
  static func text(_ color: LinearColor) -> String {
    let peak = max(color.red, color.green, color.blue)
    let gain = peak > 1 + 1e-6 ? peak : 1
    func byte(_ x: Double) -> String {
      let n = Int((SRGB.encode(min(1, max(0, x))) * 255).rounded())
      let hex = String(n, radix: 16)
      return hex.count == 1 ? "0" + hex : hex
    }
    var text = "\"#" + byte(color.red / gain) + byte(color.green / gain) + byte(color.blue / gain)
    if color.alpha < 1 {
      let n = Int((min(1, max(0, color.alpha)) * 255).rounded())
      text += (n < 16 ? "0" : "") + String(n, radix: 16)
    }
    if gain > 1 { text += " * " + trimmed((gain * 1000).rounded() / 1000) }
    return text + "\""
  }

  /// CSS Color 4, named colors.
  private static let names: [String: Int] = [
    "aliceblue": 0xf0f8ff, "antiquewhite": 0xfaebd7, "aqua": 0x00ffff, "aquamarine": 0x7fffd4,
    "azure": 0xf0ffff, "beige": 0xf5f5dc, "bisque": 0xffe4c4, "black": 0x000000,
    "blanchedalmond": 0xffebcd, "blue": 0x0000ff, "blueviolet": 0x8a2be2, "brown": 0xa52a2a,
    "burlywood": 0xdeb887, "cadetblue": 0x5f9ea0, "chartreuse": 0x7fff00, "chocolate": 0xd2691e,
    "coral": 0xff7f50, "cornflowerblue": 0x6495ed, "cornsilk": 0xfff8dc, "crimson": 0xdc143c,
    "cyan": 0x00ffff, "darkblue": 0x00008b, "darkcyan": 0x008b8b, "darkgoldenrod": 0xb8860b,
    "darkgray": 0xa9a9a9, "darkgreen": 0x006400, "darkgrey": 0xa9a9a9, "darkkhaki": 0xbdb76b,
    "darkmagenta": 0x8b008b, "darkolivegreen": 0x556b2f, "darkorange": 0xff8c00, "darkorchid": 0x9932cc,
    "darkred": 0x8b0000, "darksalmon": 0xe9967a, "darkseagreen": 0x8fbc8f, "darkslateblue": 0x483d8b,
    "darkslategray": 0x2f4f4f, "darkslategrey": 0x2f4f4f, "darkturquoise": 0x00ced1,
    "darkviolet": 0x9400d3, "deeppink": 0xff1493, "deepskyblue": 0x00bfff, "dimgray": 0x696969,
    "dimgrey": 0x696969, "dodgerblue": 0x1e90ff, "firebrick": 0xb22222, "floralwhite": 0xfffaf0,
    "forestgreen": 0x228b22, "fuchsia": 0xff00ff, "gainsboro": 0xdcdcdc, "ghostwhite": 0xf8f8ff,
    "gold": 0xffd700, "goldenrod": 0xdaa520, "gray": 0x808080, "green": 0x008000,
    "greenyellow": 0xadff2f, "grey": 0x808080, "honeydew": 0xf0fff0, "hotpink": 0xff69b4,
    "indianred": 0xcd5c5c, "indigo": 0x4b0082, "ivory": 0xfffff0, "khaki": 0xf0e68c,
    "lavender": 0xe6e6fa, "lavenderblush": 0xfff0f5, "lawngreen": 0x7cfc00, "lemonchiffon": 0xfffacd,
    "lightblue": 0xadd8e6, "lightcoral": 0xf08080, "lightcyan": 0xe0ffff,
    "lightgoldenrodyellow": 0xfafad2, "lightgray": 0xd3d3d3, "lightgreen": 0x90ee90,
    "lightgrey": 0xd3d3d3, "lightpink": 0xffb6c1, "lightsalmon": 0xffa07a, "lightseagreen": 0x20b2aa,
    "lightskyblue": 0x87cefa, "lightslategray": 0x778899, "lightslategrey": 0x778899,
    "lightsteelblue": 0xb0c4de, "lightyellow": 0xffffe0, "lime": 0x00ff00, "limegreen": 0x32cd32,
    "linen": 0xfaf0e6, "magenta": 0xff00ff, "maroon": 0x800000, "mediumaquamarine": 0x66cdaa,
    "mediumblue": 0x0000cd, "mediumorchid": 0xba55d3, "mediumpurple": 0x9370db,
    "mediumseagreen": 0x3cb371, "mediumslateblue": 0x7b68ee, "mediumspringgreen": 0x00fa9a,
    "mediumturquoise": 0x48d1cc, "mediumvioletred": 0xc71585, "midnightblue": 0x191970,
    "mintcream": 0xf5fffa, "mistyrose": 0xffe4e1, "moccasin": 0xffe4b5, "navajowhite": 0xffdead,
    "navy": 0x000080, "oldlace": 0xfdf5e6, "olive": 0x808000, "olivedrab": 0x6b8e23, "orange": 0xffa500,
    "orangered": 0xff4500, "orchid": 0xda70d6, "palegoldenrod": 0xeee8aa, "palegreen": 0x98fb98,
    "paleturquoise": 0xafeeee, "palevioletred": 0xdb7093, "papayawhip": 0xffefd5, "peachpuff": 0xffdab9,
    "peru": 0xcd853f, "pink": 0xffc0cb, "plum": 0xdda0dd, "powderblue": 0xb0e0e6, "purple": 0x800080,
    "rebeccapurple": 0x663399, "red": 0xff0000, "rosybrown": 0xbc8f8f, "royalblue": 0x4169e1,
    "saddlebrown": 0x8b4513, "salmon": 0xfa8072, "sandybrown": 0xf4a460, "seagreen": 0x2e8b57,
    "seashell": 0xfff5ee, "sienna": 0xa0522d, "silver": 0xc0c0c0, "skyblue": 0x87ceeb,
    "slateblue": 0x6a5acd, "slategray": 0x708090, "slategrey": 0x708090, "snow": 0xfffafa,
    "springgreen": 0x00ff7f, "steelblue": 0x4682b4, "tan": 0xd2b48c, "teal": 0x008080,
    "thistle": 0xd8bfd8, "tomato": 0xff6347, "turquoise": 0x40e0d0, "violet": 0xee82ee,
    "wheat": 0xf5deb3, "white": 0xffffff, "whitesmoke": 0xf5f5f5, "yellow": 0xffff00,
    "yellowgreen": 0x9acd32,
  ]
}
