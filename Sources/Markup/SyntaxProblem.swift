/// An error of libyaml's, to be told in the words of somebody who writes presets.
struct SyntaxProblem {
  let problem: String
  let context: String
  let isOutOfMemory: Bool
  /// The scalar at which the parser found the problem.
  let index: Int
  /// The scalar at which what it was reading began.
  let contextIndex: Int?
  /// The last quoted text that went over several lines.
  let longQuote: (start: Int, end: Int)?
  let places: PlaceFinder

  var diagnostic: Diagnostic {
    .error("\(problem) (\(context))", at: places.place(from: index))
  }
}
