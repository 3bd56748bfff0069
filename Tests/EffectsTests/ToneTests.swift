import Catalog
import Raster
import Testing

@testable import Effects

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

@Suite struct ToneTests {
  private static let geometry = Geometry(trimWidth: 64, trimHeight: 8)

  private static func tone(
    _ curve: Tone.Curve, exposure: Float = 0, contrast: Float = 1, saturation: Float = 1
  ) -> Tone {
    var tone = Tone()
    tone.curve = curve
    tone.exposure = exposure
    tone.contrast = contrast
    tone.saturation = saturation
    return tone
  }

  /// Colors from deep shadow to strong light, gray and saturated.
  private static let colors: NeonPicture.Scene = { x, y in
    let light = exp2(x * 20 - 13)
    let hues: [SIMD3<Double>] = [
      [1, 1, 1], [1, 0.07, 0.36], [0.05, 0.78, 0.85], [1, 0.5, 0.14], [0, 0, 1], [1, 0, 0], [0, 1, 0],
      [0.4, 0.5, 0.6],
    ]
    let hue = hues[min(7, Int(y * 8))] * light
    return SIMD4(hue, 1)
  }

  private static func compare(
    _ tone: Tone, tolerance: Double, reference: (SIMD3<Double>) -> SIMD3<Double>
  ) throws {
    let before = try NeonPicture.frame(geometry, colors)
    let after = try NeonPicture.applied(tone, geometry, colors)
    var worst = 0.0
    for y in 0..<8 {
      let (p, q) = (before.row(y), after.row(y))
      for x in 0..<64 {
        let want = reference([Double(p.red[x]), Double(p.green[x]), Double(p.blue[x])])
        let have = SIMD3(Double(q.red[x]), Double(q.green[x]), Double(q.blue[x]))
        for k in 0..<3 { worst = max(worst, abs(SRGB.encode(want[k]) - SRGB.encode(have[k]))) }
      }
    }
    #expect(worst < tolerance, "coded values differ by \(worst)")
  }

  @Test(arguments: [
    (Float(0), Float(1), Float(1)), (1.3, 1.3, 1.2), (-3, 0.5, 0.4), (0, 2, 1.5), (0, 0.8, 1), (0, 3, 1),
  ])
  func agxFollowsTheDoublePath(exposure: Float, contrast: Float, saturation: Float) throws {
    let tone = Self.tone(.agx, exposure: exposure, contrast: contrast, saturation: saturation)
    try Self.compare(tone, tolerance: 6e-4) { light in
      func times(_ m: [[Double]], _ v: SIMD3<Double>) -> SIMD3<Double> {
        SIMD3(
          m[0][0] * v.x + m[0][1] * v.y + m[0][2] * v.z, m[1][0] * v.x + m[1][1] * v.y + m[1][2] * v.z,
          m[2][0] * v.x + m[2][1] * v.y + m[2][2] * v.z)
      }
      var v = times(AgX.inset.rows, light * pow(2, Double(exposure)))
      for k in 0..<3 {
        let x = min(1, max(0, (log2(max(1e-10, v[k])) + 12.47393) / 16.499999))
        let top = 15.5 - 40.14 + 31.96 - 6.868 + 0.4298 + 0.1191
        let s =
          (15.5 * pow(x, 6) - 40.14 * pow(x, 5) + 31.96 * pow(x, 4) - 6.868 * pow(x, 3) + 0.4298 * x * x
            + 0.1191 * x) / top
        // Contrast about 1/2 as a factor of the logit.
        let logit = { (p: Double) in log(p / (1 - p)) }
        let c = 1.3 * Double(contrast)
        v[k] = s <= 0 ? 0 : s >= 1 ? 1 : 1 / (1 + exp(-(c * logit(s))))
      }
      let luma = 0.2126 * v.x + 0.7152 * v.y + 0.0722 * v.z
      let k = 1.3 * Double(saturation)
      v = SIMD3(repeating: luma) + (v - SIMD3(repeating: luma)) * k
      v = times(AgX.inset.inverse.rows, v)
      return SIMD3(
        SRGB.decode(min(1, max(0, v.x))), SRGB.decode(min(1, max(0, v.y))), SRGB.decode(min(1, max(0, v.z))))
    }
  }

  /// Each octave meets the next, and what is not inside the range counts as its end.
  @Test func octaveCurveFollowsALogarithm() {
    let range = log2(OctaveCurve.end / OctaveCurve.start)
    func exact(_ x: Double) -> Double { log2(x / OctaveCurve.start) / range }
    let curve = OctaveCurve(exact)
    func at(_ x: Float) -> Double { Double(curve(SIMD8(repeating: x))[0]) }
    for octave in -15...0 {
      let joint = Float(exp2(Double(octave)))
      #expect(abs(at(joint) - at(joint.nextDown)) < 2e-7, "at 2^\(octave)")
      for i in 0..<100 {
        let x = joint * (1 + Float(i) / 100)
        #expect(abs(at(x) - exact(Double(x))) < 2e-5, "at \(x)")
      }
    }
    #expect(at(0) == 0 && at(-1) == 0 && at(.nan) == 0 && at(Float(OctaveCurve.start)) == 0)
    #expect(abs(at(.infinity) - 1) < 1e-6)
    // Lanes take their own octaves.
    let lanes = SIMD8<Float>(1e-4, 0.3, 1.7, 0.02, 6e-5, 0.9, 0.004, 1)
    let together = curve(lanes)
    for i in 0..<8 { #expect(Double(together[i]) == at(lanes[i])) }
    #expect(curve.error(from: exact) < 2e-5)
    #expect(abs(curve.error { exact($0) + 0.01 } - 0.01) < 2e-5)
  }

  @Test func insetAndOutsetUndoEachOther() {
    let product = (AgX.inset * AgX.inset.inverse).rows
    for i in 0..<3 { for j in 0..<3 { #expect(abs(product[i][j] - (i == j ? 1 : 0)) < 1e-12) } }
  }

  /// The published equations, step by step.
  @Test func neutralFollowsItsSpecification() throws {
    try Self.compare(Self.tone(.neutral), tolerance: 1e-5) { light in
      let least = min(light.x, light.y, light.z)
      let fresnel = least < 0.08 ? least - least * least / (4 * 0.04) : 0.04
      var c = light - SIMD3(repeating: fresnel)
      let p = max(c.x, c.y, c.z)
      let (ks, kd) = (0.8 - 0.04, 0.15)
      guard p > ks else { return c }
      let n = 1 - (1 - ks) * (1 - ks) / (p + 1 - 2 * ks)
      c = c * n / p
      let g = 1 / (kd * (p - n) + 1)
      return c * g + SIMD3(repeating: n) * (1 - g)
    }
  }

  @Test func filmicFollowsTheRationalFit() throws {
    try Self.compare(Self.tone(.filmic), tolerance: 1e-5) { light in
      func times(_ m: ColorMatrix, _ v: SIMD3<Double>) -> SIMD3<Double> {
        let r = m * [v.x, v.y, v.z]
        return SIMD3(r[0], r[1], r[2])
      }
      var v = times(Filmic.into, light / 0.6)
      v = v * (v + 0.0245786) - 0.000090537
      let w = times(Filmic.into, light / 0.6)
      v = times(Filmic.out, v / (w * (0.983729 * w + 0.4329510) + 0.238081))
      return v.clamped(lowerBound: SIMD3(repeating: 0), upperBound: SIMD3(repeating: 1))
    }
  }

  @Test(arguments: [Tone.Curve.agx, .filmic, .neutral])
  func graysRiseSteadilyFromBlackToWhite(curve: Tone.Curve) throws {
    let geometry = Geometry(trimWidth: 512, trimHeight: 1)
    let frame = try NeonPicture.applied(Self.tone(curve), geometry) { x, _ in
      let light = x < 0.002 ? 0 : exp2(x * 22 - 14)
      return SIMD4(light, light, light, 1)
    }
    let row = frame.row(0)
    #expect(row.red[0] == 0)
    for i in 1..<512 { #expect(row.red[i] >= row.red[i - 1] - 2e-6, "at \(i)") }
    #expect(row.red[511] > 0.97 && row.red[511] <= 1)
    // A gray stays gray.
    for i in 0..<512 { #expect(abs(row.red[i] - row.blue[i]) < 2e-5) }
  }

  @Test func middleGrayAndNeonKeepTheirMood() throws {
    let geometry = Geometry(trimWidth: 2, trimHeight: 1)
    let frame = try NeonPicture.applied(Self.tone(.agx), geometry) { x, _ in
      x < 0.5 ? SIMD4(0.18, 0.18, 0.18, 1) : SIMD4(2, 0.14, 0.72, 1)
    }
    let row = frame.row(0)
    #expect(abs(SRGB.encode(Double(row.green[0])) - 0.46) < 0.045)
    // Pink light at twice display white is still pink.
    #expect(row.red[1] > 0.6 && row.green[1] < 0.45 * row.red[1])
  }

  @Test func bodiesBehindSoftEdgesAndLightKeepTheirColor() throws {
    let geometry = Geometry(trimWidth: 3, trimHeight: 1)
    let frame = try NeonPicture.applied(Self.tone(.agx), geometry) { x, _ in
      if x < 0.3 { return SIMD4(0.4, 0.2, 0.1, 1) }
      if x < 0.6 { return SIMD4(0.1, 0.05, 0.025, 0.25) }
      return SIMD4(0.4, 0.2, 0.1, 0)
    }
    let row = frame.row(0)
    #expect(abs(row.red[1] - 0.25 * row.red[0]) < 1e-6)
    #expect(row.red[2] == row.red[0] && row.green[2] == row.green[0])
    #expect(row.alpha[1] == 0.25 && row.alpha[2] == 0)
  }

  @Test(arguments: [Tone.Curve.agx, .filmic, .neutral])
  func laws(curve: Tone.Curve) throws {
    try NeonPicture.checkLaws(Self.tone(curve))
    try NeonPicture.checkLaws(Self.tone(curve, exposure: 16, contrast: 3, saturation: 3))
  }
}
