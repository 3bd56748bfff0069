import Markup
import Onesheet

/// Why something that was asked for was not done.
struct Failure: Error {
  var status: ExitStatus
  var diagnostics: Diagnostics
  /// The preset or the file that it concerns, as the user calls it.
  var subject: String
  /// Nothing is to be said: whoever read the output has gone, and knows.
  var isSilent = false
  /// Whether the number of errors is told, too.
  var isCounted = true

  init(_ status: ExitStatus, _ message: String, hint: String? = nil, subject: String) {
    self.init(status, Diagnostics([.error(message, hint: hint)]), subject: subject)
  }

  init(_ status: ExitStatus, _ diagnostics: Diagnostics, subject: String) {
    self.status = status
    self.diagnostics = diagnostics
    self.subject = subject
  }

  /// Anything that the library throws while it makes a picture of the preset `subject`.
  init(_ error: any Error, subject: String) {
    switch error {
    case let failure as Failure: self = failure
    case let diagnostics as Diagnostics: self.init(.wrongPreset, diagnostics, subject: subject)
    case let error as RenderError:
      switch error {
      case .needsMemory, .outOfMemory, .notFinite: self.init(.failed, "\(error)", subject: subject)
      case .regionOutside: self.init(.wrongUsage, "\(error)", subject: subject)
      case .cannotRead(let path, _): self.init(.missingInput, "\(error)", subject: path)
      case .wrongPhoto(let path, _):
        self.init(.wrongPreset, "\(error)", subject: path)
        isCounted = false
      case .cannotWrite(let path, _): self.init(.unwritableOutput, "\(error)", subject: path)
      case .readerGone(let path):
        self.init(.unwritableOutput, "\(error)", subject: path)
        isSilent = true
      }
    default: self.init(.failed, "\(error)", subject: subject)
    }
  }

  /// "3 errors in teaser.yaml", where the errors have places in it.
  var summary: String? {
    guard status == .wrongPreset, isCounted else { return nil }
    let count = diagnostics.all.count { $0.severity == .error }
    return "\(count) error\(count == 1 ? "" : "s") in \(subject)"
  }
}
