import Catalog
import Layers
import Markup
import Raster

/// Reads the type of a finished picture as a proofreader would, with a ruler and a light meter.
struct TypeProof {
  /// Type of one layer.
  struct Piece: Sendable {
    var type: SetType
    var layer: String
    var place: Place
  }
  let checks: TypeChecks
  let pieces: [Piece]
  let geometry: Geometry
  /// The name of the canvas's format.
  let format: String?

  init(_ plan: Plan, of preset: Preset) {
    checks = preset.checks
    let ignored = Set(checks.ignore)
    pieces = plan.type.filter { !ignored.contains($0.layer) }
    geometry = plan.geometry
    format = preset.format
  }

  /// Everything that can be told without the picture.
  var layoutFindings: [Diagnostic] { safeAreaFindings + billingFindings + keyArtFindings }

  // MARK: Places and sizes

  private var safeAreaFindings: [Diagnostic] {
    guard checks.safeArea else { return [] }
    let safe = geometry.safeArea
    // A pixel's rounding is nobody's fault.
    let slack = max(1, 0.0005 * Double(geometry.trimHeight))
    return pieces.compactMap { piece in
      let box = piece.type.box
      guard !box.isNull else { return nil }
      let edges = [
        ("left", safe.minX - box.minX), ("top", safe.minY - box.minY), ("right", box.maxX - safe.maxX),
        ("bottom", box.maxY - safe.maxY),
      ].filter { $0.1 > slack }
      guard !edges.isEmpty else { return nil }
      let list = edges.map { "\(distance($0.1)) over its \($0.0) edge" }.joined(separator: ", ")
      return .warning(
        "\(named(piece)) leaves the safe area: \(list)", at: piece.place,
        hint: "'within: safe' lets 'at' count in the safe area; 'checks: {ignore: \(piece.layer)}' lets it be"
      )
    }
  }

  /// A distance as people measure it on this canvas.
  private func distance(_ pixels: Double) -> String {
    let full = pixels / geometry.scale
    guard format.flatMap({ Format.named($0) })?.isPaper ?? false else {
      return "\(Int(full.rounded(.up))) px"
    }
    return "\(rounded(pixels / geometry.dpi, 2)) in"
  }

  private func size(_ type: SetType) -> Double { checks.metric == .em ? type.em : type.capHeight }

  private var title: Piece? {
    if let id = checks.title { return pieces.filter { $0.layer == id }.max { size($0.type) < size($1.type) } }
    let titles = pieces.filter { $0.type.part == .title }
    let named = titles.isEmpty ? pieces.filter { $0.layer == "title" } : titles
    return named.max { size($0.type) < size($1.type) }
  }

  private var billingFindings: [Diagnostic] {
    let what = checks.metric == .em ? "ems" : "capitals"
    var findings: [Diagnostic] = []
    if let title, checks.billingShare > 0, size(title.type) > 0 {
      for piece in pieces {
        guard case .name(let job?) = piece.type.part,
          checks.billingRoles.contains(where: { SetType.isSameJob($0, job) })
        else { continue }
        let share = size(piece.type) / size(title.type)
        guard share < checks.billingShare - 0.0005 else { continue }
        findings.append(
          .warning(
            "the \(what) of \(Diagnostic.quote(piece.type.text)) (\(job)) have \(percent(share)) of the title's height; \(percent(checks.billingShare)) are due",
            at: piece.place))
      }
    }
    guard checks.jobShare > 0 else { return findings }
    // A job stands before the names that it belongs to.
    var job: Piece?
    for piece in pieces {
      switch piece.type.part {
      case .job: job = piece
      case .name:
        if let last = job, last.layer == piece.layer, size(piece.type) > 0 {
          let share = size(last.type) / size(piece.type)
          if share < checks.jobShare - 0.0005 {
            findings.append(
              .warning(
                "the \(what) of \(Diagnostic.quote(last.type.text)) have \(percent(share)) of the height of its name; \(percent(checks.jobShare)) are due",
                at: last.place))
          }
        }
        job = nil
      default: job = nil
      }
    }
    return findings
  }

  private var keyArtFindings: [Diagnostic] {
    guard checks.keyArt, let format, Format.named(format)?.isKeyArt == true else { return [] }
    let block = pieces.first {
      switch $0.type.part {
      case .job, .name: true
      default: false
      }
    }
    guard let block else { return [] }
    return [
      .warning(
        "\(format) is key art of video services, which carries no billing block", at: block.place,
        hint: "formats: {\(format): {layers: [{id: \(block.layer), visible: false}]}}")
    ]
  }

  // MARK: Contrast

  /// What is hard to read in the picture.
  func contrastFindings(in picture: Framebuffer, region: PixelRect, workers: Workers) -> [Diagnostic] {
    guard checks.contrast > 0 else { return [] }
    return pieces.compactMap { piece in
      guard let ratio = TypeContrast(of: piece.type, in: picture, region: region, workers: workers)?.ratio,
        ratio < checks.contrast - 0.005
      else { return nil }
      let box = piece.type.box
      let trim = geometry.trim
      let x = ((box.minX + box.maxX) / 2 - trim.minX) / trim.width
      let y = ((box.minY + box.maxY) / 2 - trim.minY) / trim.height
      return .warning(
        "\(named(piece)) is hard to read at [\(rounded(x, 2)), \(rounded(y, 2))]: its contrast is \(rounded(ratio, 1)) : 1, less than \(trimmed(checks.contrast)) : 1",
        at: piece.place, hint: "another color, a dark halo, or calmer ground beneath it")
    }
  }

  private func named(_ piece: Piece) -> String { Diagnostic.quote(piece.type.text) }

  private func percent(_ share: Double) -> String { "\(rounded(share * 100, 1)) %" }

  private func rounded(_ value: Double, _ digits: Int) -> String {
    let unit = digits == 2 ? 100.0 : 10
    return trimmed((value * unit).rounded() / unit)
  }
}
