import ArgumentParser

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// How the program ends; the numbers above 63 are those of `sysexits.h`.
enum ExitStatus: Int32 {
  case done = 0
  /// A picture could not be rendered: no memory.
  case failed = 1
  case wrongUsage = 64
  case wrongPreset = 65
  case missingInput = 66
  case unwritableOutput = 74

  var code: ExitCode { ExitCode(rawValue) }

  func exit() -> Never { _exit(rawValue) }

  /// The one to end with when several things went wrong.
  static func worst(_ statuses: some Sequence<ExitStatus>) -> ExitStatus {
    let order: [ExitStatus] = [.wrongUsage, .wrongPreset, .missingInput, .unwritableOutput, .failed]
    let found = Set(statuses)
    return order.first { found.contains($0) } ?? .done
  }
}
