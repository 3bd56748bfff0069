/// The line breaking class of a character in Unicode Standard Annex 14 (Unicode 15), as far as breaking between
/// grapheme clusters needs it: Hangul, emoji and regional indicators break like ideographs.
enum LineBreakClass: UInt8, Sendable {
  /// AL, and what resolves to it.
  case alphabetic
  case hebrew
  case ideographic
  case numeric
  case space
  case zeroWidthSpace
  case wordJoiner
  case glue
  case opening
  case closing
  /// ) and ], which letters may follow closely.
  case closingParenthesis
  case quotation
  case exclamation
  case nonStarter
  case inseparable
  case infix
  case solidus
  case hyphen
  case breakAfter
  case breakBefore
  case dash
  case contingent
  case prefix
  case postfix
  case combining

  init(of scalar: Unicode.Scalar) {
    self = Self.listed(scalar.value) ?? Self.derived(scalar)
  }

  /// What follows from a character's general category or its block.
  private static func derived(_ scalar: Unicode.Scalar) -> LineBreakClass {
    switch scalar.value {
    case 0x20: return .space
    case 0x2E80...0x2FFF, 0x3003...0x9FFF, 0xA000...0xA4CF, 0xAC00...0xD7FF, 0xF900...0xFAFF, 0xFE30...0xFE6F,
      0xFF01...0xFFDC, 0xFFE0...0xFFE6, 0x1100...0x11FF, 0x17000...0x18D08, 0x1AFF0...0x1B2FF,
      0x1F1E6...0x1F1FF, 0x20000...0x3FFFD:
      // Brackets and quotation marks among them keep their own classes.
      switch scalar.properties.generalCategory {
      case .openPunctuation: return .opening
      case .closePunctuation: return .closing
      case .initialPunctuation, .finalPunctuation: return .quotation
      case .nonspacingMark, .spacingMark, .enclosingMark: return .combining
      default: return .ideographic
      }
    default: break
    }
    switch scalar.properties.generalCategory {
    case .openPunctuation: return .opening
    case .closePunctuation: return .closing
    case .initialPunctuation, .finalPunctuation: return .quotation
    case .decimalNumber: return .numeric
    case .currencySymbol: return .prefix
    case .nonspacingMark, .spacingMark, .enclosingMark, .format, .control: return .combining
    default: return scalar.properties.isEmojiPresentation ? .ideographic : .alphabetic
    }
  }

  // MARK: Lists

  private struct Entry {
    var first: UInt32
    var last: UInt32
    var kind: LineBreakClass
  }

  private static func listed(_ value: UInt32) -> LineBreakClass? {
    var low = 0
    var high = entries.count
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].last < value { low = middle + 1 } else { high = middle }
    }
    guard low < entries.count, entries[low].first <= value else { return nil }
    return entries[low].kind
  }

  /// Sorted; read from the lists below at the first use.
  private static let entries: [Entry] = {
    var entries: [Entry] = []
    for (kind, list) in lists {
      for item in list.split(whereSeparator: \.isWhitespace) {
        let ends = item.split(separator: "-").compactMap { UInt32($0, radix: 16) }
        guard let first = ends.first, let last = ends.last else { continue }
        entries.append(Entry(first: first, last: last, kind: kind))
      }
    }
    return entries.sorted { $0.first < $1.first }
  }()

  /// Characters by their numbers, from LineBreak.txt of the Unicode Character Database, where the rules above say
  /// otherwise.
  private static let lists: [(LineBreakClass, String)] = [
    (
      .breakAfter,
      """
      9 7C AD 58A 5BE 964-965 E5A-E5B F0B F34 F7F F85 FBE-FBF FD2 104A-104B 1361 1400 1680 16EB-16ED 1735-1736 17D4-17D5
      17D8 17DA 1804-1805 1B5A-1B5B 1B5D-1B60 1B7D-1B7E 1C3B-1C3F 1C7E-1C7F 2000-2006 2008-200A 2010 2012-2013 2027 2056
      2058-205B 205D-205F 2CFA-2CFC 2CFF 2D70 2E0E-2E15 2E17 2E19 2E2A-2E2D 2E30-2E31 2E33-2E34 2E3C-2E3E 2E40-2E41
      2E43-2E4A 2E4C 2E4E-2E4F 2E5D 3000 A4FE-A4FF A60D A60F A6F3-A6F7 A8CE-A8CF A92E-A92F A9C7-A9C9 AA5D-AA5F AAF0-AAF1
      ABEB 10100-10102 1039F 103D0 10857 1091F 10A50-10A57 10AF0-10AF5 10B39-10B3F 10EAD 11047-11048 110BE-110C1
      11140-11143 111C5-111C6 111C8 111DD-111DF 11238-11239 1123B-1123C 112A9 1144B-1144E 1145A-1145B 115C2-115C3
      115C9-115D7 11641-11642 1173C-1173E 11944-11946 11A41-11A44 11A9A-11A9C 11AA1-11AA2 11C41-11C45 11FFF 12470-12474
      16A6E-16A6F 16AF5 16B37-16B39 16B44 16E97-16E98 1BC9F 1DA87-1DA8A
      """
    ),
    (
      .breakBefore,
      """
      B4 2C8 2CC 2DF C77 C84 F01-F04 F06-F07 F09-F0A FD0-FD1 FD3 1806 1FFD A874-A875 A8FC 11175 111DB 115C1 11660-1166C
      119E2 11A3F 11A45 11A9E-11AA0 11C70
      """
    ),
    (.dash, "2014 2E3A-2E3B"),
    (.contingent, "FFFC"),
    (.closingParenthesis, "29 5D"),
    (
      .closing,
      "3001-3002 FE11-FE12 FE50 FE52 FF0C FF0E FF61 FF64 1325B-1325D 13282 13287 13289 1337A-1337B 13438 145CF"
    ),
    (.opening, "A1 BF 2E18 13258-1325A 13286 13288 13379 13437 145CE 1E95E-1E95F"),
    (
      .exclamation,
      """
      21 3F 5C6 61B 61D-61F 6D4 7F9 F0D-F11 F14 1802-1803 1808-1809 1944-1945 2762-2763 2CF9 2CFE 2E2E 2E53-2E54 A60E
      A876-A877 FE15-FE16 FE56-FE57 FF01 FF1F 115C4-115C5 11C71
      """
    ),
    (.glue, "A0 34F 35C-362 F08 F0C F12 FD9-FDA 180E 2007 2011 202F 13430-13436 16FE4"),
    (.hebrew, "5D0-5EA 5EF-5F2 FB1D FB1F-FB28 FB2A-FB36 FB38-FB3C FB3E FB40-FB41 FB43-FB44 FB46-FB4F"),
    (.inseparable, "2024-2026 22EF FE19 10AF6"),
    (.infix, "2C 2E 3A-3B 37E 589 60C-60D 7F8 2044 FE10 FE13-FE14"),
    // With the small kana and the prolonged sound mark (CJ), which strict setting keeps from beginning a line.
    (
      .nonStarter,
      """
      17D6 203C-203D 2047-2049 3005 301C 303B-303C 309B-309E 30A0 30FB-30FE A015 FE54-FE55 FF1A-FF1B FF65 FF67-FF70
      FF9E-FF9F 16FE0-16FE3 1F679-1F67B 3041 3043 3045 3047 3049 3063 3083 3085 3087 308E 3095-3096 30A1 30A3 30A5 30A7
      30A9 30C3 30E3 30E5 30E7 30EE 30F5-30F6 31F0-31FF 1B150-1B152 1B164-1B167
      """
    ),
    (
      .postfix,
      """
      25 A2 B0 609-60B 66A 9F2-9F3 9F9 D79 2030-2037 20A7 20B6 20BB 20BE 20C0 2103 2109 A838 FDFC FE6A FF05 FFE0
      11FDD-11FE0 1ECAC 1ECB0
      """
    ),
    (.prefix, "24 2B 5C A3-A5 B1 58F 2116 2212-2213 FE69 FF04 FFE1 FFE5-FFE6"),
    (.quotation, "22 27 275B-2760 2E00-2E01 2E06-2E08 2E0B 1F676-1F678"),
    (.solidus, "2F"),
    (.wordJoiner, "2060 FEFF"),
    (.zeroWidthSpace, "200B"),
    (.hyphen, "2D"),
    (.numeric, "66B-66C"),
    (
      .ideographic,
      """
      231A-231B 23F0-23F3 2600-2603 2614-2615 2618 261A-261C 261E-261F 2639-263B 2668 267F 26BD-26C8 26CD 26CF-26D1
      26D3-26D4 26D8-26D9 26DC 26DF-26E1 26EA 26F1-26F5 26F7-26FA 26FD-2704 2708-270D 2764 1F000-1F0FF 1F10D-1F10F
      1F16D-1F16F 1F1AD 1F201-1F265 1F300-1F384 1F386-1F39B 1F39E-1F3B4 1F3B7-1F3BB 1F3BD-1F49F 1F4A1 1F4A3 1F4A5-1F4AE
      1F4B0 1F4B3-1F4FF 1F507-1F516 1F525-1F531 1F54A-1F5D3 1F5DC-1F5F3 1F5FA-1F64F 1F680-1F6FC 1F7D5-1F7F0 1F8B0-1F8B1
      1F90C-1FAF6
      """
    ),
  ]
}
