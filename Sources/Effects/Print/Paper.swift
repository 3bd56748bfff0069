import CVector
import Catalog
import Raster

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The sheet that the picture is printed on: its tooth and fibers, the folds it was kept in, and its age.
///
/// Wear gathers where a sheet is handled: on the ridges of its folds the ink breaks and flakes off, beside them it is rubbed
/// from what stands out of the paper, and where folds cross, at corners and edges, it goes first.
///
/// Everything is a function of the place on the sheet, in shares of its height. What is finer than a pixel averages out,
/// and what is far coarser is looked up at some columns and joined by straight lines.
public struct Paper: PointEffect {
  public static let name = "paper"
  public static let summary = "A printed sheet: tooth and fibers, folds, worn edges, yellowed paper."

  var texture: Float = 0.5
  var folds: Float = 0.5
  var foldColumns = 2
  var foldRows = 4
  var yellowing: Float = 0.25
  var wear: Float = 0.4
  var stock = LinearColor(coded: 0.955, 0.935, 0.885)

  public static let parameters: [Parameter<Paper>] = [
    .init("paper", \.texture, .number(0...1), "How rough the sheet is, and how much of that the ink shows."),
    .init("folds", \.folds, .number(0...1), "How sharply the sheet was folded: creases lose their ink."),
    .init(
      "fold-columns", \.foldColumns, .integer(1...16), "Panels side by side that the sheet was folded into."),
    .init("fold-rows", \.foldRows, .integer(1...16), "Panels one above the other."),
    .init("yellowing", \.yellowing, .number(0...1), "Age: yellow and brown, from the edges on."),
    .init(
      "wear", \.wear, .number(0...1), "How rubbed the folds and their crossings are, the edges and corners."),
    .init("stock", \.stock, .color, "The bare paper, where ink is lost."),
  ]

  public static let neutral: Paper? = {
    var paper = Paper()
    paper.texture = 0
    paper.folds = 0
    paper.yellowing = 0
    paper.wear = 0
    return paper
  }()

  public init() {}

  public func prepare(in context: EffectContext) -> any RowProcessor { Sheet(self, context) }
}
