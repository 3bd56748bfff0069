import Catalog
import Effects
import Markup

/// A preset of ntsc-rs (version 1) or of the older ntscQT, said in the words of the effect `vhs`.
///
/// Those programs work on pixels and in units of their own; `vhs` works in microseconds, lines and coded values. What has
/// a counterpart is converted, a pixel of theirs being a quarter of a cycle of the color subcarrier; the rest is told of.
public struct TapeImport: Sendable {
  /// A preset with the effect alone: what `extends` or `apply --chain` can use, or what can be copied from.
  public let preset: String
  /// What has no counterpart, each with its place.
  public let notes: [Diagnostic]

  /// Reads the JSON file at `path`.
  ///
  /// - Throws: ``Markup/Diagnostics``.
  public init(path: String) throws {
    switch YAMLReader.load(path: path) {
    case .success(let source): try self.init(source)
    case .failure(let diagnostic): throw Diagnostics([diagnostic])
    }
  }

  /// Reads the text of a JSON file, which diagnostics call `name`.
  ///
  /// - Throws: ``Markup/Diagnostics``.
  public init(text: String, name: String) throws {
    try self.init(Source(name: name, text: text))
  }

  private init(_ source: Source) throws {
    guard source.text.contains(where: { !$0.isWhitespace }) else {
      throw Diagnostics([.error("this file is empty", at: Place(source: source, line: 1, column: 1))])
    }
    // JSON is a part of YAML, and this reader has bounds, and places.
    let (node, problems) = YAMLReader.read(source)
    guard let node, !problems.contains(where: { $0.severity == .error }) else { throw Diagnostics(problems) }
    let dialect = try TapeImport.dialect(of: node)
    var values = TapeValues(dialect.fields)
    values.read(node)
    guard !values.diagnostics.contains(where: { $0.severity == .error }) else {
      throw Diagnostics(values.diagnostics)
    }
    notes = Diagnostics(values.diagnostics).all
    preset = TapeImport.text(dialect.convert(values), program: dialect.program, seed: values.seed)
  }

  private static func dialect(of root: Node) throws -> TapeDialect {
    func refusal(_ message: String, at place: Place?, hint: String? = nil) -> Diagnostics {
      Diagnostics([.error(message, at: place, hint: hint)])
    }
    guard let pairs = root.pairs else {
      throw refusal("a JSON object is due here, not \(root.kindName)", at: root.place)
    }
    if let version = root.value(forKey: "version") {
      guard let number = version.scalarText.flatMap(Double.init), !version.isQuoted else {
        throw refusal("a number is due here, not \(TapeValues.name(of: version))", at: version.place)
      }
      guard number == 1 else {
        throw refusal("presets of ntsc-rs are known in version 1, not in this one", at: version.place)
      }
      return .ntscRS
    }
    if root.pair(forKey: "_composite_preemphasis") != nil { return .ntscQT }
    if let inner = pairs.first(where: { $0.value.pair(forKey: "_composite_preemphasis") != nil }) {
      throw refusal(
        "this file holds several presets", at: inner.key.place,
        hint: "put the one that you mean, from brace to brace, into a file of its own")
    }
    throw refusal(
      "this is neither a preset of ntsc-rs nor one of ntscQT", at: pairs.first?.key.place ?? root.place,
      hint: "the first has a 'version', the other a '_composite_preemphasis'")
  }

  /// The preset; values are brought into the ranges that `vhs` has.
  private static func text(
    _ parameters: [(name: String, value: TapeParameter)], program: String, seed: UInt64?
  ) -> String {
    var text = "# Converted from a preset of \(program).\nonesheet: 1\n"
    if let seed { text += "seed: \(seed)\n" }
    text += "effects:\n"
    for (index, parameter) in parameters.enumerated() {
      text += index == 0 ? "  - " : "    "
      let form = VHS.parameterDescriptions.first { $0.name == parameter.name }?.form
      text += "\(parameter.name): \(parameter.value.text(form))\n"
    }
    return text
  }
}

/// A value for a parameter of `vhs`.
enum TapeParameter {
  case word(String)
  case number(Double)

  /// Within what the parameter may be.
  func text(_ form: Form?) -> String {
    switch self {
    case .word(let word): return word
    case .number(let number):
      var number = number
      switch form {
      case .number(let legal, _, _): number = max(legal.lowerBound, min(legal.upperBound, number))
      case .integer(let legal):
        number = max(Double(legal.lowerBound), min(Double(legal.upperBound), number)).rounded()
      default: break
      }
      return trimmed((number * 10_000).rounded() / 10_000)
    }
  }
}

/// What a setting of a foreign preset is.
struct TapeField: Sendable {
  enum Kind: Sendable {
    case flag
    /// A number, brought into this range, as its own program does.
    case number(ClosedRange<Double>)
  }
  var key: String
  var kind: Kind
  /// The value where the file does not have the key; a flag is 0 or 1.
  var standard: Double
  /// The value at which nothing is missed, for settings without a counterpart; nil for those that have one.
  var neutral: Double?
  /// The flag without which the setting means nothing.
  var parent: String?

  /// A setting that `vhs` has a counterpart of.
  static func used(_ key: String, _ standard: Double, _ range: ClosedRange<Double>) -> TapeField {
    TapeField(key: key, kind: .number(range), standard: standard)
  }
  static func used(_ key: String, _ standard: Bool) -> TapeField {
    TapeField(key: key, kind: .flag, standard: standard ? 1 : 0)
  }
  /// A setting without a counterpart, which is missed unless it is `neutral`.
  static func missed(
    _ key: String, _ standard: Double, _ range: ClosedRange<Double>, neutral: Double, in parent: String? = nil
  ) -> TapeField {
    TapeField(key: key, kind: .number(range), standard: standard, neutral: neutral, parent: parent)
  }
  static func missed(_ key: String, _ standard: Bool, neutral: Bool, in parent: String? = nil) -> TapeField {
    TapeField(
      key: key, kind: .flag, standard: standard ? 1 : 0, neutral: neutral ? 1 : 0, parent: parent)
  }
}

/// The settings of a file, all of them: those that it lacks have the values that old files mean.
struct TapeValues {
  private let fields: [TapeField]
  private var values: [String: Double]
  private(set) var diagnostics: [Diagnostic] = []
  private(set) var seed: UInt64?

  init(_ fields: [TapeField]) {
    self.fields = fields
    values = Dictionary(fields.map { ($0.key, $0.standard) }, uniquingKeysWith: { first, _ in first })
  }

  subscript(_ key: String) -> Double { values[key] ?? 0 }
  func isOn(_ key: String) -> Bool { self[key] != 0 }

  mutating func read(_ root: Node) {
    let byKey = Dictionary(fields.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
    var missed: [(field: TapeField, place: Place)] = []
    for pair in root.pairs ?? [] {
      let key = pair.key.scalarText ?? ""
      if key == "version" { continue }
      guard let field = byKey[key] else {
        diagnostics.append(
          .note(
            "the setting \(Diagnostic.quote(key)) is not known", at: pair.key.place,
            hint: nearest(key, among: fields.map(\.key)).map { "did you mean '\($0)'?" }))
        continue
      }
      guard let value = value(of: pair.value, field) else { continue }
      values[key] = value
      if key == "random_seed" { seed = UInt64(UInt32(truncatingIfNeeded: Int(value))) }
      if let neutral = field.neutral, abs(value - neutral) > 1e-9 { missed.append((field, pair.key.place)) }
    }
    for (field, place) in missed where field.parent.map({ isOn($0) }) ?? true {
      diagnostics.append(.note("'\(field.key)' has no counterpart", at: place))
    }
  }

  /// The value by its declared type; complains, and gives nil, if it is none.
  private mutating func value(of node: Node, _ field: TapeField) -> Double? {
    let text = node.isQuoted ? nil : node.scalarText
    switch field.kind {
    case .flag:
      if text == "true" { return 1 }
      if text == "false" { return 0 }
      diagnostics.append(
        .error("true or false is due here, not \(TapeValues.name(of: node))", at: node.place))
      return nil
    case .number(let range):
      guard let number = text.flatMap(Double.init), number.isFinite else {
        diagnostics.append(.error("a number is due here, not \(TapeValues.name(of: node))", at: node.place))
        return nil
      }
      return max(range.lowerBound, min(range.upperBound, number))
    }
  }

  static func name(of node: Node) -> String {
    guard let text = node.scalarText else { return node.kindName }
    return node.isQuoted ? "the text \(Diagnostic.quote(text))" : Diagnostic.quote(text)
  }
}

/// A program whose presets can be read.
struct TapeDialect: Sendable {
  var program: String
  var fields: [TapeField]
  /// Parameters of `vhs`, the main one first.
  var convert: @Sendable (TapeValues) -> [(name: String, value: TapeParameter)]

  /// Microseconds of a pixel: a quarter of a cycle of 315/88 MHz.
  static let pixel = 88 / 315.0 / 4
  /// Gradient noise of amplitude 1 deviates by about so much.
  static let deviation = 0.25
}

extension TapeDialect {
  /// Its defaults are those that presets of older releases mean by not naming a setting.
  static let ntscRS = TapeDialect(
    program: "ntsc-rs",
    fields: [
      .used("random_seed", 0, -2_147_483_648...2_147_483_647),
      .missed("use_field", 4, 0...5, neutral: 3),
      .missed("filter_type", 0, 0...1, neutral: 1),
      .missed("input_luma_filter", 2, 0...2, neutral: 0),
      .missed("chroma_lowpass_in", 2, 0...2, neutral: 2),
      .missed("composite_preemphasis", 1, -1...2, neutral: 0),
      .used("composite_noise", true),
      .used("composite_noise_intensity", 0.05, 0...1),
      .missed("composite_noise_frequency", 0.25, 0...1, neutral: 0.5, in: "composite_noise"),
      .missed("composite_noise_detail", 1, 1...5, neutral: 1, in: "composite_noise"),
      .missed("snow_intensity", 0.00025, 0...100, neutral: 0),
      .missed("snow_anisotropy", 0.5, 0...1, neutral: 0.5),
      .missed("video_scanline_phase_shift", 2, 0...3, neutral: 2),
      .missed("video_scanline_phase_shift_offset", 0, 0...3, neutral: 0),
      .missed("chroma_demodulation", 1, 0...3, neutral: 1),
      .missed("luma_smear", 0, 0...1, neutral: 0),
      .used("head_switching", true),
      .used("head_switching_height", 8, 0...24),
      .missed("head_switching_offset", 3, 0...24, neutral: 3, in: "head_switching"),
      .used("head_switching_horizontal_shift", 72, -100...100),
      .missed("head_switching_start_mid_line", false, neutral: true, in: "head_switching"),
      .missed("head_switching_mid_line_position", 0.95, 0...1, neutral: 0.95, in: "head_switching"),
      .missed("head_switching_mid_line_jitter", 0.03, 0...1, neutral: 0.03, in: "head_switching"),
      .used("tracking_noise", true),
      .used("tracking_noise_height", 12, 0...120),
      .used("tracking_noise_wave_intensity", 15, -50...50),
      .used("tracking_noise_snow_intensity", 0.025, 0...1),
      .missed("tracking_noise_snow_anisotropy", 0.25, 0...1, neutral: 0.25, in: "tracking_noise"),
      .used("tracking_noise_noise_intensity", 0.25, 0...1),
      .used("ringing", true),
      .missed("ringing_frequency", 0.45, 0...1, neutral: 0.45, in: "ringing"),
      .missed("ringing_power", 4, 1...10, neutral: 4, in: "ringing"),
      .used("ringing_scale", 4, 0...10),
      .used("luma_noise", false),
      .used("luma_noise_intensity", 0.01, 0...1),
      .missed("luma_noise_frequency", 0.5, 0...1, neutral: 0.5, in: "luma_noise"),
      .missed("luma_noise_detail", 1, 1...5, neutral: 1, in: "luma_noise"),
      .used("chroma_noise", true),
      .used("chroma_noise_intensity", 0.1, 0...1),
      .missed("chroma_noise_frequency", 0.05, 0...0.5, neutral: 0.05, in: "chroma_noise"),
      .missed("chroma_noise_detail", 1, 1...5, neutral: 2, in: "chroma_noise"),
      .missed("chroma_phase_error", 0, 0...1, neutral: 0),
      .used("chroma_phase_noise_intensity", 0.001, 0...1),
      .used("chroma_delay_horizontal", 0, -40...40),
      .used("chroma_delay_vertical", 0, -20...20),
      .used("vhs_settings", true),
      .used("vhs_tape_speed", 2, 0...3),
      .used("vhs_chroma_loss", 0.000025, 0...1),
      .used("vhs_sharpen_enabled", true),
      .used("vhs_sharpen", 0.25, 0...5),
      .missed("vhs_sharpen_frequency", 1, 0.1...4, neutral: 1, in: "vhs_sharpen_enabled"),
      .used("vhs_edge_wave_enabled", true),
      .used("vhs_edge_wave", 0.5, 0...20),
      .missed("vhs_edge_wave_speed", 4, 0...10, neutral: 4, in: "vhs_edge_wave_enabled"),
      .missed("vhs_edge_wave_frequency", 0.05, 0...0.5, neutral: 0.05, in: "vhs_edge_wave_enabled"),
      .missed("vhs_edge_wave_detail", 2, 1...5, neutral: 2, in: "vhs_edge_wave_enabled"),
      .used("vhs_chroma_vert_blend", true),
      .missed("chroma_lowpass_out", 2, 0...2, neutral: 2),
      .used("scale_settings", true),
      .used("bandwidth_scale", 1, 0.125...8),
      .used("vertical_scale", 1, 0.125...8),
      .missed("scale_with_video_size", false, neutral: false, in: "scale_settings"),
    ]
  ) { file in
    let isTape = file.isOn("vhs_settings")
    let isScaled = file.isOn("scale_settings")
    let lines = 480 / (isScaled ? file["vertical_scale"] : 1)
    func amount(_ key: String, if flag: String) -> Double { file.isOn(flag) ? file[key] : 0 }
    let composite = amount("composite_noise_intensity", if: "composite_noise") * deviation
    let luma = amount("luma_noise_intensity", if: "luma_noise") * deviation
    let chroma = amount("chroma_noise_intensity", if: "chroma_noise") * deviation
    let blend = isTape && file.isOn("vhs_chroma_vert_blend") ? 0.5 : 0
    let tracking =
      abs(file["tracking_noise_wave_intensity"]) / 50 + file["tracking_noise_noise_intensity"] / 2
      + file["tracking_noise_snow_intensity"] * 2
    let switching =
      0.5 * abs(file["head_switching_horizontal_shift"]) / 72
      * (file["head_switching_height"] / 8).squareRoot()
    // A tape of no speed has no band limits; the best tape has the least.
    let speed = isTape ? ["sp", "sp", "lp", "ep"][Int(file["vhs_tape_speed"].rounded())] : "sp"
    return [
      ("vhs", .word(speed)),
      ("lines", .number(lines)),
      ("bandwidth", .number(isScaled ? file["bandwidth_scale"] : 1)),
      // Neither does it modulate, nor does it show lines.
      ("fm", .word("false")),
      ("line-depth", .number(0)),
      ("sharpness", .number(isTape ? 1.2 * amount("vhs_sharpen", if: "vhs_sharpen_enabled") : 0)),
      ("ringing", .number(0.3 * amount("ringing_scale", if: "ringing") / 4)),
      ("chroma-delay", .number(0.1 + file["chroma_delay_horizontal"] * pixel)),
      ("chroma-drop", .number(file["chroma_delay_vertical"] + blend)),
      ("jitter", .number(isTape ? 2 * amount("vhs_edge_wave", if: "vhs_edge_wave_enabled") : 0)),
      ("hue-jitter", .number(360 * file["chroma_phase_noise_intensity"])),
      ("noise", .number((composite * composite + luma * luma).squareRoot())),
      ("chroma-noise", .number(chroma)),
      ("head-switching", .number(file.isOn("head_switching") ? min(1, switching) : 0)),
      ("tracking", .number(file.isOn("tracking_noise") ? min(1, tracking) : 0)),
      // Its band ends with the picture.
      ("tracking-position", .number(1 - file["tracking_noise_height"] / 2 / max(1, lines))),
      ("dropouts", .number(isTape ? min(1, 2400 * file["vhs_chroma_loss"]) : 0)),
    ]
  }

  /// Its defaults are those of its last release; its signal has 256 steps for each of the 255 of a byte.
  static let ntscQT = TapeDialect(
    program: "ntscQT",
    fields: [
      .missed("_composite_preemphasis", 0, 0...10, neutral: 0),
      .used("_vhs_out_sharpen", 1.5, 1...5),
      .used("_vhs_edge_wave", 0, 0...10),
      .used("_output_vhs_tape_speed", 0, 0...2),
      .used("_ringing", 1, 0...1),
      .used("_enable_ringing2", false),
      .used("_ringing_power", 2, 0...10),
      .missed("_ringing_shift", 0, 0...3, neutral: 0, in: "_enable_ringing2"),
      .missed("_freq_noise_size", 0, 0...2, neutral: 0),
      .missed("_freq_noise_amplitude", 2, 0...5, neutral: 0, in: "_freq_noise_size"),
      .used("_color_bleed_horiz", 0, 0...10),
      .used("_color_bleed_vert", 0, 0...10),
      .missed("_color_bleed_before", true, neutral: true),
      .used("_video_chroma_noise", 0, 0...16_384),
      .used("_video_chroma_phase_noise", 0, 0...50),
      .used("_video_chroma_loss", 0, 0...100_000),
      .used("_video_noise", 2, 0...4200),
      .missed("_video_scanline_phase_shift", 180, 0...270, neutral: 180),
      .missed("_video_scanline_phase_shift_offset", 0, 0...4, neutral: 0),
      .missed("_head_switching_speed", 0, 0...100, neutral: 0, in: "_vhs_head_switching"),
      .used("_vhs_head_switching", false),
      .missed("_composite_in_chroma_lowpass", true, neutral: true),
      .missed("_composite_out_chroma_lowpass", true, neutral: true),
      .missed("_composite_out_chroma_lowpass_lite", true, neutral: true),
      .used("_emulating_vhs", false),
      .missed("_nocolor_subcarrier", false, neutral: false),
      .used("_vhs_chroma_vert_blend", true),
      .missed("_vhs_svideo_out", false, neutral: false),
      .missed("_output_ntsc", true, neutral: true),
      .missed("_black_line_cut", false, neutral: false),
    ]
  ) { file in
    let isTape = file.isOn("_emulating_vhs")
    let speed = isTape ? ["sp", "lp", "ep"][Int(file["_output_vhs_tape_speed"].rounded())] : "sp"
    // Even noise from −n to n through a filter that halves: a third of n.
    let steps = 1 / 3.0 / (255 * 256)
    let ringing =
      file.isOn("_enable_ringing2") ? 0.15 * file["_ringing_power"] : 1 - file["_ringing"]
    return [
      ("vhs", .word(speed)),
      ("fm", .word("false")),
      ("line-depth", .number(0)),
      ("sharpness", .number(isTape ? 0.6 * (file["_vhs_out_sharpen"] - 1) : 0)),
      ("ringing", .number(min(1, ringing))),
      ("chroma-delay", .number(0.1 + file["_color_bleed_horiz"] * pixel)),
      (
        "chroma-drop",
        .number(file["_color_bleed_vert"] + (isTape && file.isOn("_vhs_chroma_vert_blend") ? 0.5 : 0))
      ),
      ("jitter", .number(2 * file["_vhs_edge_wave"])),
      // A hundredth of half a turn, a third of it as above.
      ("hue-jitter", .number(file["_video_chroma_phase_noise"] * 1.8 / 3)),
      ("noise", .number(file["_video_noise"] * steps)),
      ("chroma-noise", .number(file["_video_chroma_noise"] * steps)),
      ("head-switching", .number(file.isOn("_vhs_head_switching") ? 0.5 : 0)),
      ("tracking", .number(0)),
      ("dropouts", .number(min(1, 2400 * file["_video_chroma_loss"] / 100_000))),
    ]
  }
}
