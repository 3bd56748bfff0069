import Catalog
import Raster
import Testing

@testable import Effects

/// What must hold for every effect of the catalog, and for those still to be written.
@Suite struct EveryEffectTests {
  static let names = EffectCatalog.all.map { $0.name }
  static let geometry = Geometry(trimWidth: 150, trimHeight: 113)

  private func type(_ name: String) throws -> any Effect.Type { try #require(EffectCatalog.byName[name]) }

  /// Ramps, light above 1, black, transparent places and light without a body.
  private func picture(_ region: PixelRect? = nil) throws -> Framebuffer {
    let frame = try Framebuffer(region: region ?? Self.geometry.bounds)
    for y in frame.region.rows {
      let row = frame.row(y)
      for i in 0..<row.count {
        let x = frame.region.minX + i
        let hash = latticeHash(Int32(x), Int32(y), 7)
        let noise = Float(hash >> 8) / Float(1 << 24)
        let neon: Float = (x - 75) * (x - 75) + (y - 56) * (y - 56) < 200 ? 9 : 0
        let body: Float = x < 20 ? 0 : x < 40 ? 0.5 : 1
        row.red[i] = (Float(x) / 150 * 0.8 + noise * 0.2) * body + neon
        row.green[i] = (Float(y) / 113 * 0.7) * body + neon * 0.1
        row.blue[i] = (noise * 0.5) * body + neon * 0.4
        row.alpha[i] = body
      }
    }
    return frame
  }

  private func context(_ workers: Workers) -> EffectContext {
    EffectContext(
      geometry: Self.geometry, moment: Moment(time: 1.25, frame: 30), seed: Seed(1987), workers: workers)
  }

  private func samples(_ frame: Framebuffer, _ region: PixelRect? = nil) -> [Float] {
    let region = region ?? frame.region
    var result: [Float] = []
    for y in region.rows {
      let row = frame.row(y).dropping(region.minX - frame.region.minX, count: region.width)
      for plane in [row.red, row.green, row.blue, row.alpha] {
        result += UnsafeBufferPointer(start: plane, count: region.width)
      }
    }
    return result
  }

  private func bits(_ samples: [Float]) -> [UInt32] { samples.map { $0.bitPattern } }

  @Test("names are unique, and all differ from parameter names") func uniqueNames() {
    #expect(Set(Self.names).count == Self.names.count)
    for type in EffectCatalog.all {
      for parameter in type.parameterDescriptions.dropFirst() {
        #expect(
          !Self.names.contains(parameter.name), "\(type.name).\(parameter.name) bears the name of an effect")
      }
    }
  }

  @Test("every stored property is declared, and nothing else", arguments: names)
  func declared(_ name: String) throws {
    func check<E: Effect>(_ type: E.Type) {
      let stored = Mirror(reflecting: E()).children.compactMap { $0.label }
      let declared = type.parameterDescriptions
      #expect(stored.count == declared.count, "\(stored) against \(declared.map { $0.name })")
      #expect(declared.first?.name == type.name)
      for parameter in declared.dropFirst() { #expect(stored.contains(parameter.property)) }
      for parameter in declared { #expect(!parameter.help.isEmpty) }
    }
    check(try type(name))
  }

  @Test("the default of every parameter can be written back", arguments: names)
  func defaultsAreLegal(_ name: String) throws {
    func check<E: Effect>(_ type: E.Type) {
      for parameter in type.parameterDescriptions
      where !parameter.isRequired && !parameter.defaultText.isEmpty {
        #expect(
          E().setting(parameter.name, to: parameter.defaultText, geometry: Self.geometry) != nil,
          "\(type.name).\(parameter.name): \(parameter.defaultText)")
      }
    }
    check(try type(name))
  }

  @Test("the neutral setting is the identity, and 1 % off it is close", arguments: names)
  func neutral(_ name: String) throws {
    func check<E: Effect>(_ type: E.Type) throws {
      guard let neutral = E.neutral else { return }
      let before = samples(try picture())
      let frame = try picture()
      try neutral.apply(to: frame, in: context(Workers(count: 1)))
      let after = samples(frame)
      for (a, b) in zip(before, after) { try #require(abs(a - b) <= 1e-5 * max(1, abs(a))) }
      for parameter in type.parameterDescriptions {
        guard case .number(let legal, let suggested, _) = parameter.form,
          let value = neutral.text(of: parameter.name).flatMap({ Double($0) })
        else { continue }
        let range = suggested ?? legal
        let step = min(range.upperBound - range.lowerBound, 10) / 100
        let off = value + step <= legal.upperBound ? value + step : value - step
        let changed = try #require(neutral.setting(parameter.name, to: "\(off)", geometry: Self.geometry))
        let frame = try picture()
        try changed.apply(to: frame, in: context(Workers(count: 1)))
        let moved = samples(frame)
        let mean = zip(before, moved).map { abs($0 - $1) / (1 + abs($0)) }.reduce(0, +) / Float(before.count)
        #expect(mean < 0.02, "\(name).\(parameter.name) = \(off): mean change \(mean)")
      }
    }
    try check(try type(name))
  }

  @Test("results are finite, alpha stays within 0…1", arguments: names)
  func finite(_ name: String) throws {
    let frame = try picture()
    try type(name).init().apply(to: frame, in: context(Workers(count: 1)))
    #expect(samples(frame).allSatisfy { $0.isFinite })
    for y in frame.region.rows {
      let row = frame.row(y)
      for i in 0..<row.count { try #require(row.alpha[i] >= -1e-5 && row.alpha[i] <= 1 + 1e-5) }
    }
  }

  @Test("the same bytes for any number of threads and any band height", arguments: names)
  func deterministic(_ name: String) throws {
    let effect = try type(name).init()
    let reference = try picture()
    try effect.apply(to: reference, in: context(Workers(count: 1)))
    let expected = bits(samples(reference))
    for workers in [
      Workers(count: 2, bandHeight: 7), Workers(count: 5, bandHeight: 1), Workers(count: 1, bandHeight: 113),
      Workers(count: 5, bandHeight: 33),
    ] {
      let frame = try picture()
      try effect.apply(to: frame, in: context(workers))
      let isEqual = bits(samples(frame)) == expected
      #expect(isEqual, "\(workers)")
    }
  }

  @Test("a part is equal to that part of the whole", arguments: names)
  func region(_ name: String) throws {
    let effect = try type(name).init()
    let reference = try picture()
    try effect.apply(to: reference, in: context(Workers(count: 2)))
    for part in [
      PixelRect(minX: 61, minY: 40, maxX: 97, maxY: 71), PixelRect(minX: 0, minY: 90, maxX: 31, maxY: 113),
      PixelRect(minX: 149, minY: 0, maxX: 150, maxY: 1), PixelRect(minX: 20, minY: 56, maxX: 21, maxY: 57),
      PixelRect(minX: 0, minY: 50, maxX: 150, maxY: 51), PixelRect(minX: 120, minY: 0, maxX: 121, maxY: 113),
    ] {
      let source = effect.reach(in: Self.geometry).source(of: part, in: Self.geometry.bounds)
      let frame = try picture(source)
      try effect.apply(to: frame, in: context(Workers(count: 2)))
      let isEqual = bits(samples(frame, part)) == bits(samples(reference, part))
      #expect(isEqual, "\(part) from \(source)")
    }
  }

  @Test("an effect takes no more planes than it states, and gives them back", arguments: names)
  func scratch(_ name: String) throws {
    let type = try type(name)
    for geometry in [
      Geometry(trimWidth: 150, trimHeight: 113), Geometry(trimWidth: 1030, trimHeight: 700, bleed: 11),
      Geometry(trimWidth: 90, trimHeight: 1400),
    ] {
      let effect = type.init()
      var context = context(Workers(count: 2))
      context.geometry = geometry
      let pool = BufferPool()
      try BufferPool.$current.withValue(pool) {
        let frame = try Framebuffer(region: geometry.bounds)
        #expect(pool.usage.inUse == Framebuffer.bytes(of: geometry.bounds))
        frame.clear(workers: context.workers)
        let before = pool.usage.inUse
        try effect.apply(to: frame, in: context)
        let taken = pool.usage.peak - before
        let stated = effect.scratchBytes(for: geometry.bounds, in: context)
        #expect(taken <= stated, "\(geometry.bounds)")
        #expect(pool.usage.inUse == before)
      }
      #expect(pool.usage.inUse == 0)
    }
  }

  /// Shares that differ from pixel to pixel.
  private struct UnevenMixer: RowMixer {
    func mix(_ row: Row, with before: Row, x: Int, y: Int) {
      for i in 0..<row.count {
        let share = Float(latticeHash(Int32(x + i), Int32(y), 3) >> 8) / Float(1 << 24)
        for (now, was) in [
          (row.red, before.red), (row.green, before.green), (row.blue, before.blue),
          (row.alpha, before.alpha),
        ] { now[i] = was[i] + (now[i] - was[i]) * share }
      }
    }
  }

  @Test("mixing row by row is mixing with a copy", arguments: names)
  func mixing(_ name: String) throws {
    guard let effect = try type(name).init() as? any MixingEffect else { return }
    for workers in [Workers(count: 1), Workers(count: 3, bandHeight: 5)] {
      let before = try picture()
      let reference = try picture()
      try effect.apply(to: reference, in: context(workers))
      let changes = bits(samples(reference)) != bits(samples(before))
      #expect(changes)
      for y in reference.region.rows {
        UnevenMixer().mix(reference.row(y), with: before.row(y), x: reference.region.minX, y: y)
      }
      let frame = try picture()
      try effect.apply(to: frame, in: context(workers), mixer: UnevenMixer())
      let isEqual = bits(samples(frame)) == bits(samples(reference))
      #expect(isEqual, "\(workers)")
    }
  }
}
