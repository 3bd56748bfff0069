/// SVG path data could not be read.
package struct PathDataError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Where the first offending character lies, in UTF-8 code units from the start; the length of the data if
  /// it ends too early.
  package let offset: Int
  /// What would have been legal there.
  package let expected: String
  package var description: String { "path data, character \(offset): expected \(expected)" }
}
