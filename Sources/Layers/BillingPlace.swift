/// What a job title says of its place in a billing block.
///
/// The order is the trade's: who presents the film, who made it, its title, its cast, its crafts, its producers and
/// writers, and last its director.
enum BillingPlace: Int, Comparable, CaseIterable, Sendable {
  case presentation, association, production, filmBy, title, cast
  case casting, costume, makeup, choreography, effects, sound, editing, design, photography, music
  case lineProducer, executiveProducer, producer
  case source, story, writing, writingAndDirecting, directing

  static func < (a: BillingPlace, b: BillingPlace) -> Bool { a.rawValue < b.rawValue }

  /// The place of a job title; nil if it is not one of the usual ones. Case, dots, hyphens, a colon and a "by" at the
  /// end make no difference, and in a title in two languages either may be known: "导演 directed by".
  init?(role: String) {
    let key = BillingPlace.key(role)
    let han = String(String.UnicodeScalarView(key.unicodeScalars.filter { $0.value >= 0x2E80 }))
    let latin = BillingPlace.key(
      String(String.UnicodeScalarView(key.unicodeScalars.map { $0.value >= 0x2E80 ? " " : $0 })))
    guard let place = [key, han, latin].lazy.compactMap({ BillingPlace.byName[$0] }).first else { return nil }
    self = place
  }

  /// Whether the words stand behind the names: "MIDNIGHT REEL presents", "午夜胶片 出品".
  static func followsNames(_ role: String) -> Bool { behind.contains(key(role)) }

  /// Small letters and single spaces, without marks and without a "by" at the end.
  private static func key(_ role: String) -> String {
    var words = role.lowercased().split { !($0.isLetter || $0.isNumber || $0 == "&" || $0 == ".") }
      .map { $0.filter { $0 != "." } }.filter { !$0.isEmpty }
    if words.count > 1, words.first == "the" { words.removeFirst() }
    if words.count > 1, words.last == "by" { words.removeLast() }
    return words.map { $0 == "&" ? "and" : $0 }.joined(separator: " ")
  }

  private static let behind: Set<String> = [
    "presents", "present", "production", "productions", "出品", "联合出品", "荣誉出品",
    "呈现", "荣誉呈现", "呈献", "作品", "導演作品", "导演作品", "提供",
  ]

  /// The job titles of a place.
  static func roles(of place: BillingPlace) -> [String] {
    (names[place] ?? "").split(separator: ",").map { $0.split(separator: " ").joined(separator: " ") }
  }

  private static let byName: [String: BillingPlace] = Dictionary(
    allCases.flatMap { place in roles(of: place).map { (key($0), place) } },
    uniquingKeysWith: { first, _ in first })

  /// As posters write them; simplified and traditional Chinese.
  private static let names: [BillingPlace: String] = [
    .presentation: "presents, present, presentation, presented by, 出品, 荣誉出品, 呈现, 荣誉呈现, 呈献, 出品公司",
    .association:
      "in association with, in cooperation with, in collaboration with, with the support of, supported by, 联合出品, 协助, 支持",
    .production:
      "production, productions, a production of, a production by, produced in association with, 制作, 製作, 制作公司, 承制",
    .filmBy: "a film by, film by, a picture by, a, 作品, 导演作品, 導演作品",
    .title: "title, 片名",
    .cast: """
    starring, stars, star, with, and, also starring, co-starring, featuring, introducing, and introducing, cast, \
    the voice of, the voices of, narrated by, guest appearance, special appearance by, cameo, 主演, 领衔主演, 領銜主演, \
    联合主演, 演员, 演員, 特别出演, 特邀出演, 友情出演, 客串, 配音
    """,
    .casting: "casting, casting by, casting director, 选角, 選角, 选角导演, 演员统筹",
    .costume:
      "costume, costumes, costume design, costume designer, costumes designed by, wardrobe, 服装, 服裝, 服装设计, 造型, 造型设计, 造型指导",
    .makeup: "makeup, make-up, hair, hair and makeup, make-up and hair, makeup artist, 化妆, 化妝, 化妆造型",
    .choreography: "choreography, choreographed by, stunts, stunt coordinator, 动作, 动作指导, 動作指導, 武术指导, 编舞",
    .effects: """
    visual effects, visual effects by, visual effects supervisor, vfx, special effects, effects, animation, \
    animated by, 特效, 视效, 视觉效果, 视觉特效, 視覺效果, 特技, 动画
    """,
    .sound: """
    sound, sound by, sound design, sound designer, sound designed by, sound recordist, sound mixer, \
    sound recording, recorded by, re-recording mixer, 录音, 錄音, 声音, 声音指导, 声音设计, 音效, 录音指导
    """,
    .editing:
      "editor, editors, edited by, edit, editing, film editor, film editing by, cut by, 剪辑, 剪接, 剪輯, 剪辑指导",
    .design: """
    production design, production designer, production designed by, designed by, art director, art direction, \
    art direction by, set design, 美术, 美術, 美术指导, 美術指導, 美术设计, 布景
    """,
    .photography: """
    director of photography, directors of photography, photography, photography by, photographed by, dp, d.p., \
    dop, cinematographer, cinematography, cinematography by, camera, shot by, picture, lensed by, 摄影, 攝影, \
    摄影指导, 攝影指導, 掌镜
    """,
    .music: """
    music, music by, original music, original music by, original score, original score by, score, score by, \
    composer, composed by, songs by, soundtrack, 音乐, 音樂, 作曲, 原创音乐, 配乐, 配樂, 音乐指导
    """,
    .lineProducer: """
    line producer, line producers, associate producer, associate producers, co-producer, co-producers, \
    coproducer, production manager, unit production manager, supervising producer, 联合制片人, 执行制片, \
    执行制片人, 制片主任, 协作制片人
    """,
    .executiveProducer:
      "executive producer, executive producers, executive produced by, co-executive producer, 监制, 監製, 总制片人, 总监制, 出品人, 总出品人",
    .producer: "producer, producers, produced by, 制片人, 製片人, 制片, 製片, 制作人",
    .source:
      "based on, based upon, based on the novel by, based on the book by, based on the play by, from the novel by, 原著, 改编自, 根据",
    .story: "story, story by, original story, original story by, idea, from an idea by, 故事, 故事原创, 原案",
    .writing:
      "writer, writers, written by, screenplay, screenplay by, script, script by, teleplay by, adapted by, 编剧, 編劇, 剧本, 脚本",
    .writingAndDirecting: """
    written and directed by, written directed by, writer director, writer and director, screenplay and direction, \
    written edited and directed by, written produced and directed by, produced and directed by, \
    edited and directed by, 编导, 編導, 编剧导演, 编剧兼导演, 导演编剧, 自编自导
    """,
    .directing:
      "director, directors, directed by, direction, direction by, a director, 导演, 導演, 执导, 执行导演, 联合导演",
  ]
}
