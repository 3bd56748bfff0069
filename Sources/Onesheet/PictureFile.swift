import PNGCodec

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The PNG file that a picture goes to, opened before there is a picture: a path that cannot be written to is found
/// out before a long rendering.
///
/// Bytes go to a temporary name in the same folder; the file appears under its own when it is complete. Pipes,
/// devices and `-` (standard output) are written to directly. A file that is never written to leaves nothing.
public final class PictureFile: Sendable {
  /// As it was given.
  public let path: String
  private let output: OutputFile

  /// - Throws: ``RenderError/cannotWrite(path:reason:)``.
  public init(path: String) throws {
    self.path = path
    do {
      output = try OutputFile(path: path)
    } catch {
      throw RenderError(error)
    }
  }

  /// Writes the picture and closes the file; once only.
  ///
  /// - Throws: ``RenderError``; nothing is left behind then, and an older file of that name is as it was.
  public func write(
    _ picture: Picture, _ encoding: Picture.Encoding = Picture.Encoding(), progress: RenderProgress? = nil
  ) throws {
    do {
      try picture.encode(encoding, progress: progress) { [output] in try output.write($0) }
      try output.commit()
    } catch {
      output.discard()
      switch error {
      case let error as OutputError: throw RenderError(error)
      case PNGError.outOfMemory: throw RenderError.outOfMemory("\(PNGError.outOfMemory)")
      case let error as PNGError: throw RenderError.cannotWrite(path: path, reason: "\(error)")
      default: throw error
      }
    }
  }

  /// Gives the file up. Does nothing after a successful ``write(_:_:progress:)``.
  public func discard() { output.discard() }

  /// Removes the temporary files of all pictures that are being written; meant for a signal handler, so it takes
  /// no lock and no memory. The process must end afterwards.
  public static func removeTemporaries() { OutputFile.removeTemporaries() }
}

extension RenderError {
  init(_ error: OutputError) {
    self =
      switch error.code {
      case EPIPE: .readerGone(path: error.path)
      // "No such file or directory" leaves open which of them is meant.
      case ENOENT where error.operation == "create" && !error.path.isEmpty:
        .cannotWrite(path: error.path, reason: "cannot create \(error.path): its folder does not exist")
      default: .cannotWrite(path: error.path, reason: "\(error)")
      }
  }
}
