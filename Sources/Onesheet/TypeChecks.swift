import Catalog

/// What is demanded of type. What falls short of it is a warning.
public struct TypeChecks: Kind {
  public static let name = "checks"
  public static let summary =
    "What is demanded of type; what falls short of it is a warning, with --strict a mistake."

  /// How sizes of type are compared.
  public enum Metric: String, CaseIterable, Sendable {
    case capHeight = "cap-height"
    case em
  }

  public var contrast = 3.0
  public var safeArea = true
  public var title: String?
  public var billingShare = 0.15
  public var billingRoles = ["directed by", "written by", "written and directed by"]
  public var jobShare = 0.3
  public var metric = Metric.capHeight
  public var keyArt = true
  public var ignore: [String] = []

  public static let parameters: [Parameter<TypeChecks>] = [
    .init(
      "contrast", \.contrast, .number(0...21, suggested: 0...7),
      "How many times as bright letters are as what surrounds them, or that as they, as WCAG 2 counts; 0 for no matter."
    ),
    .init("safe-area", \.safeArea, .flag, "Whether all type must lie in the canvas's safe area."),
    .init(
      "title", \.title, Codec<String>.text.optional,
      "The id of the layer that is the title; else it is the layer 'title', or a text with that id."),
    .init(
      "billing-share", \.billingShare, .number(0...1, suggested: 0...0.35),
      "How large names in the billing block are beside the title, at least: 15 % is usual in contracts."),
    .init(
      "billing-roles", \.billingRoles, Codec<String>.text.oneOrMore(0...32),
      "Whose names that holds for: jobs, by any of their usual names."),
    .init(
      "job-share", \.jobShare, .number(0...1, suggested: 0...0.5),
      "How large a job is beside the name it belongs to, at least."),
    .init("metric", \.metric, .choice, "What of type is compared: its capitals, or its em."),
    .init(
      "key-art", \.keyArt, .flag, "Whether key art of video services may carry no billing block."),
    .init(
      "ignore", \.ignore, Codec<String>.text.oneOrMore(0...256),
      "Ids of layers whose type is part of the picture, and is not held to this."),
  ]

  public init() {}
}
