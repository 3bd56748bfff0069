import Foundation
import Markup
import Onesheet
import Raster

extension Diagnostic {
  /// The same as a mistake.
  var asError: Diagnostic { .error(message, at: place, hint: hint) }
}

/// One picture to make: a preset, and the file that it becomes.
struct PictureTask: Sendable {
  var preset: PresetArgument
  var output: String
  /// The format to render it in; nil is the preset's own.
  var format: String?
  /// Whether type that falls short of the preset's checks is a mistake.
  var isStrict = false
  /// The preset, if it has been read already.
  var read: Preset?
  /// Seconds; nil is the moment that the options or the preset say.
  var time: Double?

  /// Reads the preset, opens the file, renders and writes.
  func run(
    _ options: PictureOptions, workers: Workers, progress: RenderProgress? = nil, budget: MemoryBudget? = nil
  ) throws(Failure) -> PictureRecord {
    let begin = ContinuousClock.now
    let read: Preset
    if let given = self.read { read = given } else { read = try preset.read(options.preset.library(format)) }
    let time = time ?? options.time
    let picture: Picture
    var reserved = 0
    defer { budget?.release(reserved) }
    do {
      // Before the rendering, which may take long.
      let file = try PictureFile(path: output)
      picture = try read.render(
        time: time, region: options.region, workers: workers, progress: progress,
        willTake: { bytes in
          budget?.reserve(bytes)
          reserved = bytes
        })
      if isStrict, !picture.findings.isEmpty { throw Diagnostics(picture.findings.map(\.asError)) }
      try file.write(picture, options.encoding, progress: progress)
    } catch {
      throw Failure(error, subject: preset.name)
    }
    return PictureRecord(
      file: output, preset: preset.name, width: picture.width, height: picture.height,
      seconds: (ContinuousClock.now - begin) / .seconds(1), peakBytes: PictureTask.peakBytes, seed: read.seed,
      time: time ?? read.still, notes: read.notes + picture.findings)
  }

  /// The most memory that the process has had so far, as the system counts it.
  static var peakBytes: Int {
    var usage = rusage()
    #if canImport(Glibc)
      let this = __rusage_who_t(RUSAGE_SELF.rawValue)
    #else
      let this = RUSAGE_SELF
    #endif
    guard getrusage(this, &usage) == 0 else { return 0 }
    #if canImport(Darwin)
      return usage.ru_maxrss
    #else
      // Kibibytes there.
      return usage.ru_maxrss * 1024
    #endif
  }
}

/// A finished picture.
struct PictureRecord: Encodable, Sendable {
  var file: String
  /// What it was made from: a preset, or a photo.
  var preset: String
  var isPhoto = false
  /// Pixels.
  var width, height: Int
  var seconds: Double
  /// The most memory that the program has taken up to the end of this picture.
  var peakBytes: Int
  var seed: UInt64
  /// Seconds.
  var time: Double
  /// What is worth knowing about the preset.
  var notes: [Diagnostic]

  func encode(to encoder: any Encoder) throws {
    var fields = encoder.container(keyedBy: Key.self)
    try fields.encode(file, forKey: .file)
    try fields.encode(preset, forKey: isPhoto ? .photo : .preset)
    try fields.encode(width, forKey: .width)
    try fields.encode(height, forKey: .height)
    try fields.encode((seconds * 1000).rounded() / 1000, forKey: .seconds)
    try fields.encode(peakBytes, forKey: .peakBytes)
    try fields.encode(seed, forKey: .seed)
    try fields.encode(time, forKey: .time)
    try fields.encode(notes.map { DiagnosticRecord($0, subject: preset) }, forKey: .notes)
  }

  private enum Key: CodingKey {
    case file, preset, photo, width, height, seconds, peakBytes, seed, time, notes
  }

  /// `teaser.png  900 × 1333  0.84 s`
  var line: String {
    let hundredths = Int((min(seconds, 1e9) * 100).rounded())
    let rest = hundredths % 100
    return "\(file == "-" ? "standard output" : file)  \(width) × \(height)  "
      + "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest) s"
  }
}
