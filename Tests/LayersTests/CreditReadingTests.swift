import Catalog
import Markup
import Raster
import Testing

@testable import Layers

/// How a billing block is read from a preset.
@Suite struct CreditReadingTests {
  /// The credits in a list, and what is said of them: `line:column message`.
  private func read(_ yaml: String, vars: [String: String] = [:]) throws -> (
    credits: [Credit], complaints: [String], hints: [String], places: [String: Place]
  ) {
    let source = Source(name: "test", text: yaml)
    let root = try #require(YAMLReader.read(fragment: yaml, in: source).0)
    let table = vars.compactMapValues { YAMLReader.read(fragment: $0, in: Source(name: "vars", text: $0)).0 }
    var reader = Reader(
      geometry: Geometry(trimWidth: 200, trimHeight: 300), names: NameTable(vars: table),
      files: FileAccess(roots: []), seed: Seed(0))
    let settings = Settings<Credits>(
      root.pairs ?? [], at: root.place, commonKeys: [], reader: &reader)
    let complaints = reader.diagnostics.map {
      "\($0.place?.line ?? 0):\($0.place?.column ?? 0) \($0.message)"
    }
    return (
      settings.instance(at: Moment()).credits, complaints, reader.diagnostics.map { $0.hint ?? "" },
      settings.places
    )
  }

  @Test("roles may be keys, and names need no role") func forms() throws {
    let (credits, complaints, _, places) = try read(
      """
      credits:
        - presents: MIDNIGHT REEL
        - {title: NEON STATIC}
        - TOM ASH
        - [IRIS VALE, 林小艺]
        - {with: SOMEBODY, after: asc}
        - role: and introducing
        - {role: directed by, names: [林小艺, $second-name], join: and}
        - written by: $team
      """, vars: ["second-name": "NO ONE", "team": "[A, B]"])
    #expect(complaints.isEmpty)
    #expect(
      credits.map(\.role) == ["presents", "", "", "", "with", "and introducing", "directed by", "written by"])
    #expect(credits[1].isTitle && credits[1].names == ["NEON STATIC"])
    #expect(credits[3].names == ["IRIS VALE", "林小艺"])
    #expect(credits[4].after == "asc")
    #expect(credits[5].names.isEmpty)
    #expect(credits[6].names == ["林小艺", "NO ONE"] && credits[6].join == "and")
    #expect(credits[7].names == ["A", "B"])
    #expect(places["credits.3.names.1"]?.line == 5)
    #expect(places["credits.6.role"]?.line == 8)
  }

  @Test(
    "mistakes are told where they are",
    arguments: [
      ("credits: []", "1:10 a list of credits is due here: 1 to 400 items, not 0", ""),
      ("credits: NOBODY", "1:10 a list of credits is due here, not a text", ""),
      ("credits: [{nmaes: [A]}]", "1:12 a credit has no 'nmaes'", "did you mean 'names'?"),
      ("credits: [{role: x, nams: [A]}]", "1:21 a credit has no 'nams'", "did you mean 'names'?"),
      ("credits: [{directed by: []}]", "1:25 this list of names is empty", ""),
      (
        "credits: [{role: directed by}]", "1:11 the credit 'directed by' needs 'names'", "write {directed by:"
      ),
      ("credits: [{join: and}]", "1:11 a credit needs 'names'", ""),
      ("credits: [{directed by: A, written by: B}]", "1:28 one credit has one role", "begin a new credit"),
      ("credits: [{title: A, names: [B]}]", "1:22 'names' has no meaning beside 'title'", ""),
      ("credits: [A, '']", "1:14 a name is due here, but this is empty", ""),
      (
        "credits: [{with: $nobdy}]", "1:18 nothing in vars or palette is called 'nobdy'",
        "did you mean '$nobody'?"
      ),
      ("credits: [{with: {a: b}}]", "1:18 a text is due here, not a mapping", ""),
      ("credits: [A]\nordr: billing", "2:1 'credits' has no parameter 'ordr'", "did you mean 'order'?"),
    ])
  func mistakes(_ yaml: String, _ complaint: String, _ hint: String) throws {
    let found = try read(yaml, vars: ["nobody": "X"])
    #expect(found.complaints.contains { $0.hasPrefix(complaint) }, "\(found.complaints)")
    #expect(hint.isEmpty || found.hints.contains { $0.hasPrefix(hint) }, "\(found.hints)")
  }

  @Test("all mistakes are told at once") func several() throws {
    let found = try read("credits:\n  - {nmaes: [A]}\n  - {directed by: []}\n  - ''\n")
    #expect(found.complaints.count == 3)
  }

  @Test("nobody reads ten thousand credits") func hostile() throws {
    let many = try read("credits: [\(Array(repeating: "A", count: 10_000).joined(separator: ", "))]")
    #expect(many.complaints == ["1:10 a list of credits is due here: 1 to 400 items, not 10000"])
    let names = try read("credits: [[\(Array(repeating: "A", count: 1001).joined(separator: ", "))]]")
    #expect(names.complaints == ["1:10 these credits have 1001 names; a billing block may have 1000"])
    let long = try read("credits: [\(String(repeating: "A", count: 401))]")
    #expect(long.complaints == ["1:11 this has 401 characters: too many for a name"])
    let letters = Array(repeating: String(repeating: "A", count: 400), count: 51).joined(separator: ", ")
    #expect(try read("credits: [\(letters)]").complaints.first?.contains("have 20400 letters") == true)
  }

  // MARK: Order of billing

  private func order(_ credits: [Credit]) -> [String] {
    credits.inOrderOfBilling.map { credits[$0].role.isEmpty ? credits[$0].names[0] : credits[$0].role }
  }

  private func credit(_ role: String) -> Credit {
    var credit = Credit()
    credit.role = role
    credit.names = ["A"]
    return credit
  }

  @Test("the trade's order of billing") func billing() {
    var title = credit("")
    title.isTitle = true
    title.names = ["THE FILM"]
    var star = credit("")
    star.names = ["A STAR"]
    let scrambled =
      [
        "directed by", "music by", "in association with", "Written by", "DP", "produced by", "casting by",
        "a film by", "costume designer", "executive producers", "production designer", "presents",
        "edited by",
      ].map { credit($0) } + [star, title]
    #expect(
      order(scrambled) == [
        "presents", "in association with", "a film by", "THE FILM", "A STAR", "casting by",
        "costume designer",
        "edited by", "production designer", "DP", "music by", "executive producers", "produced by",
        "Written by",
        "directed by",
      ])
    #expect(
      order(["导演", "编剧", "摄影指导", "出品", "主演", "制片人", "音乐"].map { credit($0) })
        == ["出品", "主演", "摄影指导", "音乐", "制片人", "编剧", "导演"])
  }

  @Test("what is not known stays behind what it follows") func unknown() {
    #expect(
      order(["directed by", "sound by", "recorded on", "starring"].map { credit($0) })
        == ["starring", "sound by", "recorded on", "directed by"])
  }

  @Test(
    "roles are known by their other names",
    arguments: [
      ("D.P.", BillingPlace.photography), ("Cinematography by", .photography), ("摄影", .photography),
      ("director of photography:", .photography), ("导演 directed by", .directing), ("Regie 导演", .directing),
      ("Make-Up", .makeup), ("screenplay", .writing), ("编剧", .writing), ("co-producer", .lineProducer),
      ("監製", .executiveProducer), ("Written & Directed by", .writingAndDirecting),
    ])
  func synonyms(_ role: String, _ place: BillingPlace) { #expect(BillingPlace(role: role) == place) }

  @Test("no role is known twice, and each place has roles") func table() {
    #expect(BillingPlace(role: "catering by") == nil)
    #expect(BillingPlace(role: "") == nil)
    for place in BillingPlace.allCases {
      #expect(BillingPlace.roles(of: place).allSatisfy { BillingPlace(role: $0) == place }, "\(place)")
      #expect(!BillingPlace.roles(of: place).isEmpty, "\(place)")
    }
  }
}
