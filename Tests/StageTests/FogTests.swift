import Foundation
import Raster
import Testing

@testable import Stage

@Suite("Fog") struct FogTests {
  private let seed = Seed(5)
  private func number(_ i: Int, _ range: ClosedRange<Double>) -> Double {
    range.lowerBound + (range.upperBound - range.lowerBound) * seed.unit(i)
  }

  /// Simpson's rule.
  private func integral(_ a: Double, _ b: Double, pieces: Int = 20_000, _ f: (Double) -> Double) -> Double {
    let h = (b - a) / Double(pieces)
    var sum = f(a) + f(b)
    for i in 1..<pieces { sum += f(a + Double(i) * h) * (i % 2 == 1 ? 4 : 2) }
    return sum * h / 3
  }

  @Test("extinction along a ray is the integral of the fog's density") func depth() {
    for k in 0..<60 {
      var air = Air()
      air.density = Float(number(k * 10, 0...0.05))
      air.thickness = Float(number(k * 10 + 1, 3...40))
      air.floor = Float(number(k * 10 + 2, 0...0.005))
      let fog = Fog(air)
      let y = number(k * 10 + 3, 0...20)
      let slope = k % 6 == 0 ? 0 : number(k * 10 + 4, -0.3...0.9)
      // Not below the ground: there is no fog.
      let t = min(number(k * 10 + 5, 0.1...300), slope < 0 ? -y / slope : 1e9)
      let exact = integral(0, t) { s in
        Double(air.density) * exp(-(y + slope * s) / Double(air.thickness)) + Double(air.floor)
      }
      let closed = Double(fog.depth(from: Float(y), slope: Float(slope), over: Float(t)))
      #expect(abs(closed - exact) <= 2e-4 * max(0.01, exact), "\(closed) for \(exact)")
    }
  }

  @Test("air-light without extinction is within 1 % of the integral") func airlight() {
    for k in 0..<200 {
      let t0 = number(k * 3, -40...120)
      let h = number(k * 3 + 1, 0.2...60)
      let t = number(k * 3 + 2, 0.5...300)
      let exact = integral(0, t) { s in 1 / (h * h + (s - t0) * (s - t0)) }
      let closed = Double(Fog.airlight(nearest: Float(t0), distance: Float(h), over: Float(t)))
      #expect(abs(closed - exact) <= 0.01 * exact, "\(closed) for \(exact)")
    }
  }

  /// The lattice adds pieces in closed form with the extinction at their middles, and is read in straight lines
  /// between their ends. Against quadrature of the whole integrand its error is stated here: 1.5 % in the mean, and
  /// at most 10 %, where a ray ends in the very piece in which it passes a light.
  @Test("air-light with extinction is within 1.5 % of the integral in the mean, and 10 % at worst")
  func lattice() {
    var air = Air()
    air.wisps = 0
    air.ambient = Vector(0, 0, 0)
    air.density = 0.02
    air.reach = 300
    let eye = Vector(0.3, 1.2, 0)
    var worst = 0.0
    var sum = 0.0
    var count = 0.0
    for k in 0..<24 {
      var light = Light(
        position: Vector(
          Float(number(k * 9, -8...8)), Float(number(k * 9 + 1, 0.5...12)), Float(number(k * 9 + 2, 4...90))),
        color: Vector(2, 3, 5))
      light.halo = 0.4
      let lattice = AirLight(
        from: eye, low: SIMD2(-0.8, -0.1), high: SIMD2(0.8, 0.8), cell: 0.004, lights: LightSet([light]),
        air: air, workers: Workers(count: 2), visibility: { _, _ in 1 })
      for j in 0..<12 {
        let slope = SIMD2(Float(number(k * 99 + j, -0.7...0.7)), Float(number(k * 77 + j, 0...0.7)))
        let t = number(k * 55 + j, 1...290)
        let d = Vector(slope.x, slope.y, 1) / length(Vector(slope.x, slope.y, 1))
        let offset = light.position - eye
        let t0 = Double((offset * d).sum())
        let away = max(0, Double((offset * offset).sum()) - t0 * t0)
        let k0 =
          Double(air.density) * exp(-Double(light.position.y / air.thickness) * 0.5) + Double(air.floor)
        let fog = Fog(air)
        let h2 = away + Double(light.halo)
        let exact =
          integral(0, t, pieces: 6000) { s in
            let way = Double(fog.depth(from: eye.y, slope: d.y, over: Float(s)))
            return exp(-way - k0 * (away + (s - t0) * (s - t0)).squareRoot()) / (h2 + (s - t0) * (s - t0))
          } * Double(air.scatter) * 3
        let found = Double(lattice.value(slope: slope, over: Float(t)).y)
        // Rays that pass a light within a few cells see its halo spread over one cell.
        guard away.squareRoot() > 0.02 * max(1, t0) else { continue }
        let error = abs(found - exact) / max(exact, 2e-4)
        worst = max(worst, error)
        sum += error
        count += 1
      }
    }
    #expect(count > 200)
    #expect(sum / count < 0.015, "\(sum / count)")
    #expect(worst < 0.1, "\(worst)")
  }
}
