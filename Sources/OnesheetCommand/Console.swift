import ArgumentParser
import Foundation
import Markup

/// How much the program says, and in which form.
struct MessageOptions: ParsableArguments {
  @Flag(name: .shortAndLong, help: "Say nothing but errors.")
  var quiet = false

  @Flag(help: "Write one JSON object per picture and per complaint to standard output, one a line.")
  var json = false

  func validate() throws {
    if quiet, json { throw ValidationError("'--quiet' and '--json' exclude each other.") }
  }

  var console: Console { Console(json ? .json : quiet ? .quiet : .full) }
}

/// What the program says while it works. Safe on any thread.
final class Console: Sendable {
  enum Mode { case full, quiet, json }
  let mode: Mode
  let progress: ProgressLine

  init(_ mode: Mode) {
    self.mode = mode
    progress = ProgressLine(isShown: mode == .full)
  }

  /// A line for people, on standard error.
  func say(_ line: String) {
    guard mode == .full else { return }
    progress.clear()
    StandardError.write(line + "\n")
  }

  /// Notes and warnings.
  func show(_ notes: [Diagnostic], of subject: String) throws(Failure) {
    guard !notes.isEmpty else { return }
    switch mode {
    case .full: say(Diagnostics(notes).rendered)
    case .quiet: break
    case .json: for note in notes { try record(DiagnosticRecord(note, subject: subject)) }
    }
  }

  /// A finished picture.
  func show(_ picture: PictureRecord) throws(Failure) {
    if mode == .json {
      try record(picture)
    } else {
      try show(picture.notes, of: picture.preset)
      say(picture.line)
    }
  }

  /// Everything that went wrong with one preset.
  func show(_ failure: Failure) throws(Failure) {
    progress.clear()
    guard !failure.isSilent else { return }
    switch mode {
    case .full:
      StandardError.write(failure.diagnostics.rendered + "\n")
      if let summary = failure.summary { StandardError.write(summary + "\n") }
    case .quiet:
      let errors = failure.diagnostics.all.filter { $0.severity == .error }
      StandardError.write(Diagnostics(errors).rendered + "\n")
    case .json:
      for diagnostic in failure.diagnostics.all {
        try record(DiagnosticRecord(diagnostic, subject: failure.subject))
      }
    }
  }

  /// One JSON object on a line of standard output.
  func record(_ value: some Encodable) throws(Failure) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let data: Data
    do {
      data = try encoder.encode(value)
    } catch {
      throw Failure(.failed, "\(error)", subject: "-")
    }
    try StandardOutput.write(String(decoding: data, as: UTF8.self) + "\n")
  }

  /// Runs a command: what it throws is shown, and becomes the program's exit code.
  func run(_ body: () throws -> ExitStatus) throws -> Never {
    do {
      let status = try body()
      progress.clear()
      throw status.code
    } catch let code as ExitCode {
      throw code
    } catch {
      let failure = Failure(error, subject: "")
      // What cannot be written to standard output may still be said.
      do { try show(failure) } catch { StandardError.write(error.diagnostics.rendered + "\n") }
      throw failure.status.code
    }
  }
}

/// A complaint as JSON.
struct DiagnosticRecord: Encodable {
  var severity: String
  /// The file or the option that it points into, or else the preset or file that it concerns.
  var file: String
  /// Counted from 1.
  var line, column: Int?
  var message: String
  var hint: String?

  init(_ diagnostic: Diagnostic, subject: String) {
    severity = diagnostic.severity.rawValue
    file = diagnostic.place?.source.name ?? subject
    line = diagnostic.place?.line
    column = diagnostic.place?.column
    message = diagnostic.message
    hint = diagnostic.hint
  }
}
