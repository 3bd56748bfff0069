import Foundation
import Onesheet
import Raster

/// Whole pictures, from preset to PNG: drafts, posters as they grow, and parts of a sheet.
struct PosterBench {
  let workers: Workers
  let hasSheet: Bool
  /// Only what has this in its name.
  let only: String?

  /// The width of drafts that people look at while they change a preset.
  private static let draftWidth = 480.0

  private func isWanted(_ name: String) -> Bool { only.map { name.contains($0) } ?? true }

  func run() throws {
    guard let root = Resources.standard.root else { return }
    let presets = root + "/presets/"
    let posters = try names(presets)
    try drafts(of: posters.map { presets + $0 } + names(presets + "frames/").map { presets + "frames/" + $0 })
    let sheets = try wholes(presets, posters)
    if hasSheet { try regions(of: presets, sheets) }
  }

  private func names(_ folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".yaml") }.sorted()
  }

  private func drafts(of paths: [String]) throws {
    print("\n## Drafts, preset to PNG\n\n| draft | size | \(workers.count) threads |\n|---|---|---:|")
    for path in paths {
      let name = URL(fileURLWithPath: path).lastPathComponent
      guard isWanted("draft \(name)") else { continue }
      var options = Preset.Options()
      options.scale = Self.draftWidth / Double(try Preset(path: path).geometry.width)
      let preset = try Preset(path: path, options: options)
      let seconds = try rendering(preset).seconds
      print(
        "| \(name) | \(preset.geometry.width) × \(preset.geometry.height) "
          + String(format: "| %.2f s |", seconds))
      fflush(nil)
    }
  }

  /// Posters as they grow; the seconds of those in full size.
  private func wholes(_ folder: String, _ names: [String]) throws -> [String: Double] {
    print(
      "\n## Whole posters, preset to PNG\n\n| poster | size | \(workers.count) threads | peak memory |\n|---|---|---:|---:|"
    )
    var sheets: [String: Double] = [:]
    for name in names where isWanted("poster \(name)") {
      for scale in hasSheet ? [0.1, 0.25, 1] : [0.1] {
        var options = Preset.Options()
        options.scale = scale
        let preset = try Preset(path: folder + name, options: options)
        let result = try rendering(preset)
        if scale == 1 { sheets[name] = result.seconds }
        print(
          "| \(name) | \(preset.geometry.width) × \(preset.geometry.height) "
            + String(format: "| %.2f s | %.0f MiB |", result.seconds, result.peak))
        fflush(nil)
      }
    }
    return sheets
  }

  /// A preset to a file: seconds, and MiB of pixel memory.
  private func rendering(_ preset: Preset, region: PixelRect? = nil) throws -> (seconds: Double, peak: Double)
  {
    BufferPool.shared.trim()
    let start = DispatchTime.now().uptimeNanoseconds
    let picture = try preset.render(region: region, workers: workers)
    let file = NSTemporaryDirectory() + "onesheet-bench.png"
    try picture.write(to: file)
    try? FileManager.default.removeItem(atPath: file)
    let taken = Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9
    return (taken, Double(BufferPool.shared.usage.peak) / Double(1 << 20))
  }

  /// What a part of a sheet costs beside the whole, which is measured in the same run. How much more than the
  /// part must be drawn is up to the effects: blooms look far, the rest hardly.
  private func regions(of folder: String, _ sheets: [String: Double]) throws {
    print(
      "\n## Regions: 1000 × 1000 pixels of the sheet, preset to PNG\n\n"
        + "| poster | without | region | whole | region : whole |\n|---|---|---:|---:|---:|")
    let examples: [(poster: String, without: [String])] = [
      ("festival.yaml", []), ("teaser.yaml", []), ("teaser.yaml", ["tape", "run"]),
    ]
    for (poster, without) in examples where isWanted("region \(poster)") {
      var options = Preset.Options()
      options.disabled = without
      let preset = try Preset(path: folder + poster, options: options)
      let bounds = preset.geometry.bounds
      let (x, y) = (bounds.width / 2 - 500, bounds.height * 2 / 5)
      let region = PixelRect(minX: x, minY: y, maxX: x + 1000, maxY: y + 1000).intersection(bounds)
      let part = try rendering(preset, region: region).seconds
      let measured = without.isEmpty ? sheets[poster] : nil
      let whole = try measured ?? rendering(preset).seconds
      print(
        "| \(poster) | \(without.joined(separator: ", ")) "
          + String(format: "| %.2f s | %.2f s | %.3f |", part, whole, part / whole))
      fflush(nil)
    }
  }
}
