import Catalog
import Raster
import Testing

@testable import Layers

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

@Suite struct GradientTests {
  /// Linear sRGB to OKLab by way of XYZ, and back, with the matrices of Ottosson's definition of M1 and M2;
  /// the program uses the product of the first two.
  private enum Reference {
    typealias Vector = SIMD3<Double>
    typealias Matrix = [Vector]
    static let toXYZ: Matrix = [
      [0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750],
      [0.0193339, 0.1191920, 0.9503041],
    ]
    static let toLMS: Matrix = [
      [0.8189330101, 0.3618667424, -0.1288597137], [0.0329845436, 0.9293118715, 0.0361456387],
      [0.0482003018, 0.2643662691, 0.6338517070],
    ]
    static let toLab: Matrix = [
      [0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099],
      [0.0259040371, 0.7827717662, -0.8086757660],
    ]
    static func multiply(_ m: Matrix, _ v: Vector) -> Vector {
      Vector((m[0] * v).sum(), (m[1] * v).sum(), (m[2] * v).sum())
    }
    static func inverse(_ m: Matrix) -> Matrix {
      func cross(_ a: Vector, _ b: Vector) -> Vector {
        Vector(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x)
      }
      let (x, y, z) = (cross(m[1], m[2]), cross(m[2], m[0]), cross(m[0], m[1]))
      let k = (m[0] * x).sum()
      return [Vector(x.x, y.x, z.x) / k, Vector(x.y, y.y, z.y) / k, Vector(x.z, y.z, z.z) / k]
    }
    static func mix(_ a: Vector, _ b: Vector, _ t: Double) -> Vector {
      func lab(_ color: Vector) -> Vector {
        let lms = multiply(toLMS, multiply(toXYZ, color))
        return multiply(toLab, Vector(cbrt(lms.x), cbrt(lms.y), cbrt(lms.z)))
      }
      let roots = multiply(inverse(toLab), lab(a) * (1 - t) + lab(b) * t)
      return multiply(inverse(toXYZ), multiply(inverse(toLMS), roots * roots * roots))
    }
  }

  @Test(
    "oklab mixes as its definition says",
    arguments: [("red", "blue"), ("yellow", "#2040ff"), ("black", "white")])
  func oklab(_ from: String, _ to: String) throws {
    let picture = try Drawing.draw(
      Gradient.self, ["stops": "{0: '\(from)', 1: '\(to)'}", "angle": "0"], in: Drawing.context(40, 2))
    func color(_ name: String) throws -> SIMD3<Double> {
      let solid = try Drawing.layer(Solid.self, ["solid": "'\(name)'"])
      return SIMD3(solid.color.red, solid.color.green, solid.color.blue)
    }
    let (a, b) = (try color(from), try color(to))
    for x in 0..<40 {
      let t = (Double(x) + 0.5) / 40
      let expected = Reference.mix(a, b, t)
      let pixel = picture[x, 0]
      // The matrices agree to some 1e-4 of the light; what leaves the gamut is black.
      for k in 0..<3 { #expect(abs(Double(pixel[k]) - max(0, expected[k])) < 6e-4, "\(x), \(k)") }
      #expect(pixel.w == 1)
    }
  }

  @Test("the middle of black and white is an eighth of the light") func middle() throws {
    let picture = try Drawing.draw(
      Gradient.self, ["stops": "{0: black, 1: white}", "angle": "0"], in: Drawing.context(3, 1))
    #expect(abs(picture[1, 0].x - 0.125) < 1e-4)
    let linear = try Drawing.draw(
      Gradient.self, ["stops": "{0: black, 1: white}", "angle": "0", "space": "linear"],
      in: Drawing.context(3, 1))
    #expect(abs(linear[1, 0].x - 0.5) < 1e-6)
  }

  @Test("beyond its stops a gradient keeps their colors exactly") func ends() throws {
    let settings: KeyValuePairs = ["stops": "{0.3: '#ff2e88 * 8', 0.7: '#19e3ff'}", "angle": "0"]
    let picture = try Drawing.draw(Gradient.self, settings, in: Drawing.context(20, 2))
    let first = try Drawing.draw(Solid.self, ["solid": "'#ff2e88 * 8'"], in: Drawing.context(1, 1))
    let last = try Drawing.draw(Solid.self, ["solid": "'#19e3ff'"], in: Drawing.context(1, 1))
    for x in 0..<6 { #expect(picture[x, 1].distance(to: first[0, 0]) < 1e-5) }
    for x in 14..<20 { #expect(picture[x, 1].distance(to: last[0, 0]) < 1e-5) }
  }

  @Test("90 runs down, 0 to the right, 45 from corner to corner") func directions() throws {
    func draw(_ angle: String) throws -> DrawnPicture {
      try Drawing.draw(
        Gradient.self, ["stops": "{0: black, 1: white}", "space": "linear", "angle": angle],
        in: Drawing.context(24, 24))
    }
    let (right, down, diagonal) = (try draw("0"), try draw("90"), try draw("45"))
    for y in 0..<24 {
      for x in 0..<24 {
        let (u, v) = ((Float(x) + 0.5) / 24, (Float(y) + 0.5) / 24)
        #expect(abs(right[x, y].x - u) < 1e-5)
        #expect(abs(down[x, y].x - v) < 1e-5)
        #expect(abs(diagonal[x, y].x - (u + v) / 2) < 1e-5)
      }
    }
  }

  @Test("radial: the distance from the center beside the radius") func radial() throws {
    let picture = try Drawing.draw(
      Gradient.self,
      [
        "gradient": "radial", "stops": "{0: black, 1: white}", "space": "linear", "center": "[0.25, 0.5]",
        "radius": "0.5", "ratio": "2",
      ], in: Drawing.context(40, 20))
    for y in 0..<20 {
      for x in 0..<40 {
        let (dx, dy) = ((Double(x) + 0.5 - 10) / 2, Double(y) + 0.5 - 10)
        let expected = min(1, (dx * dx + dy * dy).squareRoot() / 10)
        #expect(abs(Double(picture[x, y].x) - expected) < 1e-5)
      }
    }
  }

  @Test("conic: the angle, clockwise from where it begins") func conic() throws {
    let picture = try Drawing.draw(
      Gradient.self,
      ["gradient": "conic", "stops": "{0: black, 1: white}", "space": "linear", "angle": "90"],
      in: Drawing.context(21, 21))
    // Below the center it begins; to the left a quarter has passed, above it the half, to the right the rest.
    #expect(abs(picture[0, 10].x - 0.25) < 1e-5)
    #expect(abs(picture[10, 0].x - 0.5) < 1e-5)
    #expect(abs(picture[20, 10].x - 0.75) < 1e-5)
    #expect(picture[9, 20].x < 0.01 + 1 / 62.8)
    #expect(picture[11, 20].x > 0.99 - 1 / 62.8)
  }

  @Test("hard edges are anti-aliased, and sharp") func hardEdges() throws {
    let stops = "[[0.5, black], [0.5, white]]"
    let odd = try Drawing.draw(Gradient.self, ["stops": stops, "angle": "0"], in: Drawing.context(9, 2))
    #expect((0..<4).allSatisfy { odd[$0, 0].x == 0 })
    #expect(abs(odd[4, 0].x - 0.5) < 0.07)
    #expect((5..<9).allSatisfy { odd[$0, 0].x == 1 })
    let down = try Drawing.draw(Gradient.self, ["stops": stops], in: Drawing.context(2, 9))
    #expect(abs(down[0, 4].x - 0.5) < 0.07)
    #expect(down[0, 3].x == 0 && down[0, 5].x == 1)
    // A slanted edge: the light adds up to half of the picture.
    let slanted = try Drawing.draw(
      Gradient.self, ["stops": stops, "angle": "20"], in: Drawing.context(30, 30))
    let sum = slanted.pixels.reduce(0) { $0 + Double($1.x) }
    #expect(abs(sum - 450) < 3)
    #expect(slanted.pixels.contains { $0.x > 0.1 && $0.x < 0.9 })
  }

  @Test("fades to transparent keep their hue") func fades() throws {
    let picture = try Drawing.draw(
      Gradient.self, ["stops": "{0: '#ff2e88', 1: '#ff2e8800'}", "angle": "0"], in: Drawing.context(20, 1))
    let start = picture[0, 0]
    for x in 1..<20 {
      let pixel = picture[x, 0]
      #expect(abs(pixel.x / pixel.w - start.x / start.w) < 1e-3)
      #expect(abs(pixel.y / pixel.w - start.y / start.w) < 1e-3)
      #expect(abs(pixel.w - (1 - (Float(x) + 0.5) / 20)) < 1e-5)
    }
  }

  @Test("where a run of pixels starts changes no bit") func runs() throws {
    for form in ["linear", "radial", "conic"] {
      for stops in ["{0: red, 0.4: lime, 1: blue}", "[[0.5, red], [0.5, blue]]"] {
        let gradient = try Drawing.layer(Gradient.self, ["gradient": form, "stops": stops, "angle": "13"])
        try Drawing.expectRunsAgree(gradient, in: Drawing.context(37, 8, bleed: 2) { $0.rotate = 31 })
      }
    }
  }
}
