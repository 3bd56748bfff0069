import CVector
import Catalog
import Layers
import Raster
import Stage
import Testing

@testable import Props

@Suite struct CassetteTests {
  static func shell(melt: Float, healed: Float = 0) -> CassetteShell {
    CassetteShell(melt: melt, healed: healed, seed: Seed(3))
  }

  static func face(melt: Float, healed: Float = 0, hub: Float = 0, blur: Float = 0) throws -> CassetteFace {
    CassetteFace(
      shell: shell(melt: melt, healed: healed),
      label: try CassetteLabel(
        .init(name: "林小艺", note: "00:00 midnight", side: "A", number: "C-90", fonts: Cassette().font),
        library: Staging.fonts, seed: Seed(1)),
      light: Vector(0.6, 0.04, 0.2), hub: hub, blur: blur, wound: 0.7, plastic: Vector(0.02, 0.02, 0.02),
      borderLight: Vector(0.6, 1, 0.55), rim: Vector(0.1, 0.4, 0.4), seed: 5)
  }

  /// The largest difference of any number of two pictures.
  static func difference(_ a: PaintedCard, _ b: PaintedCard) -> Float {
    zip(a.planes, b.planes).reduce(0) { most, planes in
      zip(planes.0, planes.1).reduce(most) { max($0, abs($1.0 - $1.1)) }
    }
  }

  @Test("all parts are finite and legal at any size", arguments: [(1, 1), (9, 4), (241, 113)])
  func parts(_ width: Int, _ height: Int) throws {
    for (melt, healed) in [(Float(0), Float(0)), (1, 0), (0.4, 0.3), (1, 0.5), (1, 1)] {
      var face = try Self.face(melt: melt, healed: healed, hub: 17, blur: 30)
      var pictures: [any CardPicture] = [face]
      face.label = nil
      pictures.append(face)
      pictures.append(
        CassetteEdge(bends: (0.2, -0.1), plastic: face.plastic, length: 0.3, thickness: 0.1))
      for picture in pictures {
        let painted = PaintedCard(picture, width: width, height: height)
        #expect(painted.isFinite && painted.hasLegalShares, "\(type(of: picture)) \(melt) \(healed)")
      }
    }
  }

  @Test("a whole shell has the area of a rectangle with round corners") func area() throws {
    let (width, height) = (720, 360)
    let painted = PaintedCard(try Self.face(melt: 0), width: width, height: height)
    let stepU = 2 * Double(CassetteShell.reach) / Double(width)
    let stepV =
      Double(CassetteShell.height + CassetteFace.foot - CassetteShell.top) / Double(height)
    let area = painted.alpha.reduce(0.0) { $0 + Double($1) } * stepU * stepV
    let expected = 1.0 * 0.635 - (4 - Double.pi) * 0.022 * 0.022
    #expect(abs(area - expected) < 0.002 * expected)
  }

  @Test("the lower edge is straight until it melts") func lowerEdge() {
    func body(_ shell: CassetteShell, _ u: Float, _ v: Float) -> Float {
      shell.body(u: v8_splat(u), v: v8_splat(v))[0]
    }
    let places = (0...90).map { -0.45 + Float($0) * 0.01 }
    let whole = Self.shell(melt: 0)
    #expect(places.allSatisfy { body(whole, $0, 0.634) < 0 && body(whole, $0, 0.636) > 0 })
    // A straight outline has its corners and nothing else.
    #expect(Set(whole.outline().map { $0.y }.filter { $0 < 0.001 }).count <= 2)
    let molten = Self.shell(melt: 1)
    let lower = places.map { body(molten, $0, 0.634) }
    #expect((lower.max() ?? 0) - (lower.min() ?? 0) > 0.01)
    let upper = molten.outline().filter { abs($0.x) < 0.4 && $0.y < 0.2 }.map { $0.y }
    #expect((upper.max() ?? 0) - (upper.min() ?? 0) > 0.01)
  }

  @Test("two sizes show one picture") func sizes() throws {
    for melt in [Float(0), 1] {
      let face = try Self.face(melt: melt, healed: 0.4)
      let small = PaintedCard(face, width: 300, height: 140)
      let large = PaintedCard(face, width: 1200, height: 560)
      for (a, b) in [
        (small.alpha, large.alpha), (small.surface[0], large.surface[0]), (small.red, large.red),
        (small.surface[3], large.surface[3]),
      ] {
        let reduced = large.reduced(b, by: 4)
        let size = reduced.reduce(0) { $0 + abs($1) } / Float(reduced.count)
        let error = zip(a, reduced).reduce(0) { $0 + abs($1.0 - $1.1) } / Float(a.count)
        #expect(error < 0.22 * size + 1e-4, "\(error) of \(size)")
      }
      let mean = small.alpha.reduce(0, +) / Float(small.alpha.count)
      let other = large.alpha.reduce(0, +) / Float(large.alpha.count)
      #expect(abs(mean - other) < 0.002)
    }
  }

  @Test("a sixth of a turn brings teeth to teeth") func hub() throws {
    let still = PaintedCard(try Self.face(melt: 0, hub: 11), width: 480, height: 224)
    let sixth = PaintedCard(try Self.face(melt: 0, hub: 71), width: 480, height: 224)
    let far = PaintedCard(try Self.face(melt: 0, hub: 11 - 60 * 100), width: 480, height: 224)
    let half = PaintedCard(try Self.face(melt: 0, hub: 41), width: 480, height: 224)
    #expect(Self.difference(still, sixth) < 1e-3)
    #expect(Self.difference(still, far) < 1e-3)
    #expect(Self.difference(still, half) > 0.1)
  }

  @Test("healing runs from left to right") func front() {
    let columns = (0..<8).map { Float($0) / 7 - 0.5 }
    let places = SIMD8<Float>(columns)
    var last = Self.shell(melt: 1, healed: 0).heat(places)
    #expect((0..<8).allSatisfy { last[$0] == 1 })
    var border: Float = -10
    for step in 1...40 {
      let shell = Self.shell(melt: 1, healed: Float(step) / 40)
      let heat = shell.heat(places)
      #expect((0..<8).allSatisfy { heat[$0] <= last[$0] })
      // The left is never hotter than the right.
      #expect((1..<8).allSatisfy { heat[$0 - 1] <= heat[$0] })
      if let here = shell.border {
        #expect(here > border)
        border = here
      }
      last = heat
    }
    #expect(border > 0.4)
    #expect((0..<8).allSatisfy { last[$0] == 0 })
  }

  /// Share of the puddle's lattice that plastic covers, and what lies on it.
  static func puddle(melt: Float, healed: Float = 0) -> (share: Float, spill: Spill) {
    let puddle = MoltenPuddle(shell: shell(melt: melt, healed: healed), seed: Seed(5))
    let spill = puddle.spill(StandingFrame(foot: Vector(0, 0, 3)), size: 1, albedo: Vector(0.02, 0.02, 0.02))
    return (Float(spill.nodes.count { $0.inside > 0 }) / Float(spill.nodes.count), spill)
  }

  @Test("the puddle grows as the shell melts, and never touches the end of its lattice") func puddle() {
    let shares = [Float(0.1), 0.3, 0.5, 0.7, 0.9, 1].map { Self.puddle(melt: $0).share }
    #expect(zip(shares, shares.dropFirst()).allSatisfy { $0 < $1 })
    #expect(shares[0] < 0.2 && shares[5] > 0.25)
    #expect(Self.puddle(melt: 1, healed: 0.5).share < shares[5] * 0.75)
    for seed in 0..<12 {
      let puddle = MoltenPuddle(shell: Self.shell(melt: 1), seed: Seed(UInt64(seed)))
      let spill = puddle.spill(StandingFrame(foot: .zero), size: 1, albedo: .zero)
      let last = (spill.columns - 1, spill.rows - 1)
      for (i, node) in spill.nodes.enumerated() {
        #expect(node.inside.isFinite && node.slope.x.isFinite && node.slope.y.isFinite)
        #expect((0...1).contains(node.open))
        let (column, row) = (i % spill.columns, i / spill.columns)
        if column == 0 || row == 0 || column == last.0 || row == last.1 { #expect(node.inside < 0) }
      }
    }
  }

  @Test("melting is gradual: a little more heat changes the shell a little") func gradual() {
    let places = (0..<400).map { i -> SIMD2<Float> in
      SIMD2(Float(i % 20) / 20 - 0.475, Float(i / 20) / 20 * 0.63 + 0.002)
    }
    func sources(_ melt: Float) -> [SIMD2<Float>] {
      let shell = Self.shell(melt: melt)
      return places.map { p in
        let u = v8_splat(p.x)
        let source = shell.source(u: u, v: v8_splat(p.y), heat: shell.heat(u))
        return SIMD2(source.u[0], source.v[0])
      }
    }
    #expect(zip(sources(0), places).allSatisfy { $0 == $1 })
    var last = sources(0)
    for step in 1...1000 {
      let next = sources(Float(step) / 1000)
      let most = zip(last, next).map { pointwiseMax($0 - $1, $1 - $0).max() }.max() ?? 0
      // The tip of a drop drags most along where it passes.
      #expect(most < 0.02, "at \(step)")
      last = next
    }
  }

  @Test("what the label cannot say is a problem of its parameter") func problems() {
    func parameters(_ change: (inout Cassette) -> Void) -> [String?] {
      var cassette = Cassette()
      change(&cassette)
      return Staging.problems(cassette).map { $0.parameter }
    }
    #expect(parameters { _ in } == [])
    #expect(parameters { $0.label = "\u{1F600}" } == ["label"])
    #expect(parameters { $0.note = "\u{1F600}" } == ["note"])
    #expect(parameters { $0.number = "\u{1F600}" } == ["number"])
    #expect(parameters { $0.font = ["No Such Font"] } == ["font"])
    #expect(parameters { $0.label = String(repeating: "林", count: 200) } == ["label"])
    #expect(
      parameters {
        ($0.label, $0.note, $0.side, $0.number) = ("", "", "", "")
      } == [])
  }

  @Test("no setting makes it large or endless") func bounds() throws {
    for size in ["0.01", "50"] {
      for melt in ["0", "0.01", "1"] {
        for lean in ["-80", "80"] {
          let prop = try #require(
            Staging.prop(
              Cassette.self,
              [
                "size": size, "melt": melt, "lean": lean, "turn": "36000", "at": "[10000, 10000, -10000]",
                "hub": "-36000", "blur": "360", "front": "0.5",
              ]))
          let scene = try Staging.scene(prop)
          #expect(scene.cards.count < 120 && scene.lights.count <= 6)
          let places = scene.cards.flatMap { [$0.origin, $0.right, $0.up] }
          #expect(places.allSatisfy { ($0 * $0).sum().isFinite })
        }
      }
    }
  }

  @Test("it is seen from all sides") func sides() throws {
    for turn in stride(from: 0, to: 360, by: 30) {
      var cassette = Cassette()
      cassette.turn = Float(turn)
      cassette.at = Vector(0, 0, 3)
      let scene = try Staging.scene(cassette)
      let faces = scene.cards.filter { $0.picture is CassetteFace }
      #expect((1...2).contains(faces.count))
      // Whichever is there, exactly one throws the shadow.
      #expect(faces.filter { $0.castsShadow }.count == 1)
    }
  }
}
