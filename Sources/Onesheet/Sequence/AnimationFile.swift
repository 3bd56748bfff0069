import PNGCodec

/// An animated PNG that is written frame by frame. It appears under its name when its last frame is there.
///
/// Not for several threads at once.
public final class AnimationFile {
  private let output: OutputFile
  private var animation: AnimatedPNG
  private var missing: Int

  /// - Parameters:
  ///   - frames: how many will come, 1 or more.
  ///   - rate: frames a second.
  ///   - plays: how many times it runs; 0 for ever.
  /// - Throws: ``RenderError/cannotWrite(path:reason:)``.
  public init(path: String, frames: Int, rate: Double, plays: Int = 0) throws {
    do {
      output = try OutputFile(path: path)
    } catch {
      throw RenderError(error)
    }
    animation = AnimatedPNG(frames: frames, delay: .init(seconds: 1 / max(1e-3, rate)), plays: plays)
    missing = max(1, frames)
  }

  /// Adds a frame; the last one closes the file.
  ///
  /// - Throws: ``RenderError``; then nothing is left behind.
  public func append(_ picture: Picture, _ encoding: Picture.Encoding = Picture.Encoding()) throws {
    do {
      let bytes = try animation.add(picture.pngData(encoding))
      try bytes.withUnsafeBytes { try output.write($0) }
      missing -= 1
      if missing == 0 { try output.commit() }
    } catch {
      output.discard()
      switch error {
      case let error as OutputError: throw RenderError(error)
      case let error as PNGError: throw RenderError.cannotWrite(path: output.path, reason: "\(error)")
      default: throw error
      }
    }
  }
}
