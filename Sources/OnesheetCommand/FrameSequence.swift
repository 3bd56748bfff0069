import ArgumentParser
import Onesheet

struct FrameSequence: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sequence",
    abstract: "Render the frames of a moving picture.",
    discussion: """
      onesheet sequence clip.yaml -o frames/####.png
      onesheet sequence clip.yaml --from 2 --to 4 --scale 0.25 -o frames/####.png
      onesheet sequence clip.yaml --fps 12 --scale 0.2 -o clip.apng
      onesheet sequence clip.yaml -o - | ffmpeg -i - -colorspace bt709 clip.mp4

      '#' stands for a digit of the frame's number; frame n is the picture at n / fps
      seconds. A frame that lies there already, from the same program, preset, seed
      and time, is not rendered again. A name that ends in .apng becomes one animated
      PNG; one that ends in .y4m, or -, uncompressed video (YUV4MPEG2).
      """)

  @Argument(
    help: "A preset's file, or the name of one that comes with the program.",
    completion: .file(extensions: ["yaml"]))
  var preset: String

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "Where the frames go: frames/####.png, clip.apng, clip.y4m, or - for video on standard output.",
      valueName: "pattern"))
  var output: String

  @Option(
    help: ArgumentHelp("Where to begin; at 0 by default.", valueName: "seconds"),
    transform: { try PresetOptions.number($0, in: 0...86_400) })
  var from: Double = 0

  @Option(
    help: ArgumentHelp(
      "Where to end; this moment itself is not shown. By default the preset's duration.", valueName: "seconds"
    ),
    transform: { try PresetOptions.number($0, in: 0...86_400) })
  var to: Double?

  @Option(
    help: ArgumentHelp("Frames a second; the preset's by default.", valueName: "n"),
    transform: { try PresetOptions.number($0, in: 0.01...1000) })
  var fps: Double?

  @Flag(help: "Also compare the frames about the seam of a loop: a seam that can be seen is a failure.")
  var loop = false

  @Flag(help: "Render frames again that are there already.")
  var again = false

  @Option(
    help: ArgumentHelp("How many frames are rendered at once; they share the threads.", valueName: "n"),
    transform: {
      guard let count = Int($0), (1...256).contains(count) else { throw Unfit("1 to 256 is due") }
      return count
    })
  var jobs: Int?

  @OptionGroup
  var options: PictureOptions

  @OptionGroup(title: "Messages")
  var messages: MessageOptions

  func validate() throws {
    if options.time != nil {
      throw ValidationError("A sequence has no '--time'; '--from' and '--to' say what it shows.")
    }
    if output == "-", messages.json {
      throw ValidationError("The video and '--json' cannot both go to standard output.")
    }
    if options.preset.formats.count > 1 {
      throw ValidationError("A sequence has one format; render the others by themselves.")
    }
    _ = try FramePattern(output)
    if jobs ?? 1 > 1, !output.contains("#") {
      throw ValidationError("'--jobs' is for frames in files of their own.")
    }
  }

  func run() throws {
    let console = messages.console
    try console.run {
      let pattern = try FramePattern(output)
      if output == "-", StandardOutput.isTerminal {
        throw Failure(
          .wrongUsage, "a terminal cannot show video",
          hint: "send it to another program: -o - | ffmpeg -i - …",
          subject: "-")
      }
      let argument = try PresetArgument(preset)
      let read = try argument.read(options.preset.library)
      let range = try range(of: read, argument)
      var status = ExitStatus.done
      switch pattern {
      case .stills:
        status = try stills(read, argument, range, pattern, console)
      case .animation(let path):
        let file = try AnimationFile(path: path, frames: range.numbers.count, rate: range.rate)
        try each(read, range, console) { try file.append($0, options.encoding) }
      case .video(let path):
        let size = options.region ?? read.geometry.bounds
        let file = try VideoStream(
          path: path, width: size.width, height: size.height, rate: range.rate, depth: options.depth)
        try each(read, range, console) { try file.append($0) }
        try file.close()
      }
      if loop, status == .done { try compareSeam(read, argument, range, console) }
      return status
    }
  }

  private func range(of read: Preset, _ argument: PresetArgument) throws(Failure) -> FrameRange {
    guard let end = to ?? read.duration else {
      throw Failure(
        .wrongUsage, "this preset has no duration: say with '--to' where the sequence ends",
        subject: argument.name)
    }
    if loop, !(read.loops && from == 0 && end == read.duration) {
      throw Failure(
        .wrongUsage,
        read.loops ? "a loop has a seam only when all of it is rendered" : "this preset does not loop",
        hint: read.loops ? "leave out '--from' and '--to'" : "'loop: true' beside 'duration' makes it one",
        subject: argument.name)
    }
    guard let range = FrameRange(from: from, to: end, rate: fps ?? read.fps) else {
      throw Failure(
        .wrongUsage,
        end <= from
          ? "the sequence ends before it begins"
          : "there is no frame in this time, or more than \(FrameRange.most)",
        subject: argument.name)
    }
    return range
  }

  /// Renders the frames that are not there yet, in files of their own.
  private func stills(
    _ read: Preset, _ argument: PresetArgument, _ range: FrameRange, _ pattern: FramePattern,
    _ console: Console
  ) throws -> ExitStatus {
    var tasks: [PictureTask] = []
    if let last = range.numbers.last, let slash = pattern.path(of: last).lastIndex(of: "/") {
      try Batch.makeFolder(String(pattern.path(of: last)[...slash]))
    }
    // A part of a picture, and transparency, are not written in its record.
    let canSkip = !again && options.region == nil && !options.alpha
    for number in range.numbers {
      let path = pattern.path(of: number)
      let time = range.time(of: number)
      if canSkip, read.isFinished(path, time: time, encoding: options.encoding) { continue }
      tasks.append(PictureTask(preset: argument, output: path, read: read, time: time))
    }
    let skipped = range.numbers.count - tasks.count
    if skipped > 0 {
      console.say("\(skipped) of \(range.numbers.count) frames are there already")
    }
    let failures = try BatchRun(tasks, options, jobs: jobs ?? 1, console: console).run()
    if console.mode != .json { for failure in failures { try console.show(failure) } }
    return failures.isEmpty ? .done : ExitStatus.worst(failures.map(\.status))
  }

  /// Renders the frames in their order.
  private func each(
    _ read: Preset, _ range: FrameRange, _ console: Console, _ body: (Picture) throws -> Void
  ) throws {
    let begin = ContinuousClock.now
    let count = range.numbers.count
    for (index, number) in range.numbers.enumerated() {
      let progress = RenderProgress {
        console.progress.show((Double(index) + $0.fraction) / Double(count), "\(index) of \(count) done")
      }
      do {
        try body(
          try read.render(
            time: range.time(of: number), region: options.region, workers: options.workers, progress: progress
          ))
      } catch {
        throw Failure(error, subject: preset)
      }
    }
    let seconds = (ContinuousClock.now - begin) / .seconds(1)
    console.say(
      "\(output == "-" ? "standard output" : output)  \(count) frames  \(ProgressLine.duration(seconds))")
  }

  /// Whether the step from the last frame to the first is one like those beside it.
  private func compareSeam(
    _ read: Preset, _ argument: PresetArgument, _ range: FrameRange, _ console: Console
  ) throws {
    let count = range.numbers.count
    func frame(_ number: Int) throws -> Picture {
      try read.render(
        time: range.time(of: (number % count + count) % count), region: options.region,
        workers: options.workers)
    }
    let first = try frame(0)
    let wrapped = try read.render(
      time: range.time(of: count), region: options.region, workers: options.workers)
    let isSame = try first.pngData(options.encoding) == wrapped.pngData(options.encoding)
    guard isSame else {
      throw Failure(.failed, "frame \(count) is not frame 0: the loop has a seam", subject: argument.name)
    }
    var before = try frame(-3)
    var steps: [Double] = []
    for number in -2...3 {
      let picture = number == 0 ? first : try frame(number)
      steps.append(before.distance(to: picture) ?? 0)
      before = picture
    }
    let seam = steps[2]
    let others = (steps[..<2] + steps[3...])
    let (least, most) = (others.min() ?? 0, others.max() ?? 0)
    func percent(_ value: Double) -> String { "\((value * 100_000).rounded() / 1000) %" }
    let told =
      "the step over the seam is \(percent(seam)) of white; those beside it are \(percent(least)) to \(percent(most))"
    // Half as much again as any step beside it would be seen.
    guard seam <= 1.5 * most + 1e-6 else {
      throw Failure(.failed, "\(told): it can be seen", subject: argument.name)
    }
    console.say("frame \(count) is frame 0, byte for byte; \(told)")
  }
}

/// Where frames go, as the command line says it.
enum FramePattern: Equatable {
  /// A file for each: what stands before and after the number, and how many digits it has at least.
  case stills(prefix: String, digits: Int, suffix: String)
  case animation(String)
  case video(String)

  init(_ text: String) throws {
    if text == "-" {
      self = .video(text)
      return
    }
    let name = text.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
    let lower = name.lowercased()
    if let first = text.firstIndex(of: "#"), let last = text.lastIndex(of: "#") {
      let marks = text[first...last]
      guard marks.allSatisfy({ $0 == "#" }), marks.count <= 12, name.contains("#") else {
        throw ValidationError(
          "In '\(text)' one run of '#', in the name of the file, stands for the frame's number.")
      }
      guard lower.hasSuffix(".png") else {
        throw ValidationError("Frames are PNG files: let '\(text)' end in '.png'.")
      }
      self = .stills(
        prefix: String(text[..<first]), digits: marks.count, suffix: String(text[text.index(after: last)...]))
    } else if lower.hasSuffix(".apng"), lower.count > 5 {
      self = .animation(text)
    } else if lower.hasSuffix(".y4m"), lower.count > 4 {
      self = .video(text)
    } else {
      throw ValidationError(
        "'\(text)' does not say what to write: frames/####.png for a file each, clip.apng for an animated PNG, clip.y4m or - for video."
      )
    }
  }

  func path(of number: Int) -> String {
    switch self {
    case .stills(let prefix, let digits, let suffix):
      let text = String(number)
      return prefix + String(repeating: "0", count: max(0, digits - text.count)) + text + suffix
    case .animation(let path), .video(let path): return path
    }
  }
}
