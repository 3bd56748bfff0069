/// A character that none of the faces draws, or a control character.
package struct MissingCharacter: Hashable, Sendable, CustomStringConvertible {
  package var scalar: Unicode.Scalar
  /// Where it stands, counted in Unicode scalars from 0.
  package var index: Int

  package var description: String {
    let code = String(scalar.value, radix: 16, uppercase: true)
    let number = "U+" + String(repeating: "0", count: max(0, 4 - code.count)) + code
    return scalar.properties.generalCategory == .control ? number : "“\(scalar)” (\(number))"
  }
}

/// Text cut into grapheme clusters, each with the face and the script it is set in.
struct ItemizedText {
  struct Cluster {
    /// Its characters, as indices of `scalars`.
    var range: Range<Int>
    /// An index of the list of faces.
    var face: Int
    var script: Script
    var isSpace: Bool
    /// Its number among the clusters that are not spaces; nil for a space.
    var letter: Int?
    /// Whether it goes on with the letter before, which has more marks than are shaped at once.
    var isContinuation = false
  }

  /// A stretch of clusters in one face and one script.
  struct Run {
    var clusters: Range<Int>
    var face: Int
    var script: Script
  }

  /// The characters as they are shaped: tabs are spaces, and what cannot be drawn is a character of no width.
  private(set) var scalars: [UInt32] = []
  private(set) var clusters: [Cluster] = []
  /// The clusters between line separators; at least one, perhaps empty.
  private(set) var paragraphs: [Range<Int>] = []
  private(set) var missing: [MissingCharacter] = []
  private(set) var letterCount = 0

  private static let lineSeparators: Set<Character> = ["\n", "\r\n", "\u{2028}", "\u{2029}"]

  /// WORD JOINER: invisible, and no line breaks beside it.
  private static let nothing: UInt32 = 0x2060

  init(_ text: String, faces: [Face]) {
    var start = 0
    for character in text {
      if Self.lineSeparators.contains(character) {
        scalars += character.unicodeScalars.map(\.value)
        paragraphs.append(start..<clusters.count)
        start = clusters.count
      } else {
        append(character)
      }
    }
    paragraphs.append(start..<clusters.count)
    for paragraph in paragraphs {
      chooseFaces(paragraph, faces: faces)
      resolveScripts(paragraph)
    }
  }

  /// Shaping takes the square of the marks on one letter. Text "in stream-safe format" has at most 30 of them
  /// (Unicode Standard Annex 15); nobody's language needs more.
  private static let maximumClusterLength = 64

  private mutating func append(_ character: Character) {
    var rest = character.unicodeScalars[...]
    append(rest.prefix(Self.maximumClusterLength), isContinuation: false)
    rest = rest.dropFirst(Self.maximumClusterLength)
    while !rest.isEmpty {
      append(rest.prefix(Self.maximumClusterLength), isContinuation: true)
      rest = rest.dropFirst(Self.maximumClusterLength)
    }
  }

  private mutating func append(_ characters: Substring.UnicodeScalarView, isContinuation: Bool) {
    let start = scalars.count
    var isSpace = true
    for scalar in characters {
      switch scalar.properties.generalCategory {
      case .control where scalar == "\t":
        scalars.append(0x20)
      case .control:
        missing.append(MissingCharacter(scalar: scalar, index: scalars.count))
        scalars.append(Self.nothing)
      default:
        scalars.append(scalar.value)
        if !scalar.isSpace && !scalar.isIgnorable { isSpace = false }
      }
    }
    let script = characters.lazy.map { Script(of: $0) }.first { !$0.isNeutral }
    if !isSpace && !isContinuation { letterCount += 1 }
    clusters.append(
      Cluster(
        range: start..<scalars.count, face: -1, script: script ?? .common, isSpace: isSpace,
        letter: isSpace ? nil : letterCount - 1, isContinuation: isContinuation))
  }

  private func first(_ cluster: Cluster) -> Unicode.Scalar {
    Unicode.Scalar(scalars[cluster.range.lowerBound]) ?? " "
  }

  // MARK: Faces

  /// Letters, digits and symbols take the first face that has them. Spaces and punctuation stay in the face
  /// of what precedes, opening marks in that of what follows, and a closing mark in that of its partner:
  /// quotation marks of a Chinese face are a full em wide and must not stand around Latin words.
  private mutating func chooseFaces(_ paragraph: Range<Int>, faces: [Face]) {
    var undecided: [Int] = []
    for index in paragraph {
      if isWeak(clusters[index]) {
        undecided.append(index)
      } else {
        clusters[index].face = firstFace(for: index, of: faces)
      }
    }
    // The face of the next decided cluster, for each undecided one.
    var following: [Int: Int] = [:]
    var next = -1
    var rest = undecided[...]
    for index in paragraph.reversed() {
      if rest.last == index {
        rest.removeLast()
        following[index] = next
      } else {
        next = clusters[index].face
      }
    }
    var openers: [Opener] = []
    for index in undecided {
      let cluster = clusters[index]
      let scalar = first(cluster)
      let previous = index > paragraph.lowerBound ? clusters[index - 1].face : -1
      var wishes = [previous]
      let partner = isApostrophe(index) ? nil : Opener.match(scalar, in: &openers)
      if scalar.isOpening {
        wishes = [following[index] ?? -1, previous]
      } else if let partner {
        wishes.insert(clusters[partner].face, at: 0)
      }
      let characters = scalars[cluster.range]
      let face = wishes.first { faces.indices.contains($0) && faces[$0].covers(cluster: characters) }
      clusters[index].face = face ?? firstFace(for: index, of: faces)
      if scalar.isOpening { openers.append(Opener(cluster: index, scalar: scalar)) }
    }
  }

  /// An opening mark that waits for its partner.
  private struct Opener {
    var cluster: Int
    var scalar: Unicode.Scalar

    /// Marks that do not nest are few; the rest of a text must not be searched for them again and again.
    private static let maximumDepth = 16

    /// The last opening mark that a closing one belongs to; those opened after it stay alone.
    static func match(_ closer: Unicode.Scalar, in openers: inout [Opener]) -> Int? {
      guard closer.isClosing else { return nil }
      let recent = openers.suffix(maximumDepth)
      guard let place = recent.lastIndex(where: { $0.scalar.isClosed(by: closer) }) else { return nil }
      let cluster = openers[place].cluster
      openers.removeSubrange(place...)
      return cluster
    }
  }

  /// A single quotation mark after a letter and before one is an apostrophe and closes nothing.
  private func isApostrophe(_ index: Int) -> Bool {
    guard first(clusters[index]) == "\u{2019}", index > 0, clusters.indices.contains(index + 1) else {
      return false
    }
    return [index - 1, index + 1].allSatisfy { first(clusters[$0]).properties.isAlphabetic }
      && !Script(of: first(clusters[index - 1])).isIdeographic
  }

  private func isWeak(_ cluster: Cluster) -> Bool {
    scalars[cluster.range].allSatisfy {
      guard let scalar = Unicode.Scalar($0) else { return true }
      return scalar.isPunctuationOrSpace || scalar.isIgnorable
    }
  }

  /// The first face with all characters of a cluster. If there is none, the first with its base character
  /// takes it, and what that one lacks is noted as missing.
  private mutating func firstFace(for index: Int, of faces: [Face]) -> Int {
    let range = clusters[index].range
    if let face = faces.firstIndex(where: { $0.covers(cluster: scalars[range]) }) { return face }
    let base = first(clusters[index])
    let face = faces.firstIndex { $0.covers(base) } ?? 0
    for position in range {
      guard let scalar = Unicode.Scalar(scalars[position]), faces.indices.contains(face) else { continue }
      if !faces[face].covers(scalar) {
        missing.append(MissingCharacter(scalar: scalar, index: position))
        scalars[position] = Self.nothing
      }
    }
    return face
  }

  // MARK: Scripts

  /// Characters without a script of their own take that of what precedes in the same face, else that of what
  /// follows in it (Unicode Standard Annex 24, section 5.1). Quotation marks go with what they enclose: that of
  /// opening ones is what follows, that of closing ones their partner's.
  private mutating func resolveScripts(_ paragraph: Range<Int>) {
    var openers: [Opener] = []
    var start = paragraph.lowerBound
    while start < paragraph.upperBound {
      var end = start + 1
      while end < paragraph.upperBound, clusters[end].face == clusters[start].face { end += 1 }
      var script = clusters[start..<end].first { !$0.script.isNeutral }?.script ?? .common
      // The script of the next letter, for each cluster.
      var following = script
      var next: [Int: Script] = [:]
      for index in (start..<end).reversed() {
        if !clusters[index].script.isNeutral {
          following = clusters[index].script
        } else if first(clusters[index]).isOpening {
          next[index] = following
        }
      }
      for index in start..<end {
        let scalar = first(clusters[index])
        guard clusters[index].script.isNeutral else {
          script = clusters[index].script
          continue
        }
        clusters[index].script = next[index] ?? script
        if scalar.isOpening {
          openers.append(Opener(cluster: index, scalar: scalar))
        } else if !isApostrophe(index), let partner = Opener.match(scalar, in: &openers),
          clusters[partner].face == clusters[index].face
        {
          clusters[index].script = clusters[partner].script
        }
      }
      start = end
    }
  }

  /// The runs of some clusters, in order.
  func runs(in range: Range<Int>) -> [Run] {
    var runs: [Run] = []
    for index in range {
      let cluster = clusters[index]
      if let last = runs.last, last.face == cluster.face, last.script == cluster.script,
        !cluster.isContinuation
      {
        runs[runs.count - 1].clusters = last.clusters.lowerBound..<index + 1
      } else {
        runs.append(Run(clusters: index..<index + 1, face: cluster.face, script: cluster.script))
      }
    }
    return runs
  }

  /// The characters of some clusters, which follow one another.
  func scalarRange(of range: Range<Int>) -> Range<Int> {
    guard let first = range.first, let last = range.last else { return 0..<0 }
    return clusters[first].range.lowerBound..<clusters[last].range.upperBound
  }
}
