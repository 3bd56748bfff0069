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

@Suite struct GrainTests {
  private func grain(amount: Float = 1, size: Float, color: Float = 0) -> Grain {
    var grain = Grain()
    grain.amount = amount
    grain.size = .share(Double(size))
    grain.color = color
    grain.shadows = 1
    return grain
  }

  /// Weights of pixels against a numerical integral of the spline over the pixel.
  @Test(arguments: [0.3, 1.0, 1.7, 8.57])
  func tapsAreMeansOfTheSplineOverPixels(cell: Double) {
    func spline(_ x: Double) -> Double {
      let a = abs(x)
      if a >= 2 { return 0 }
      return a >= 1 ? (2 - a) * (2 - a) * (2 - a) / 6 : 2.0 / 3 - a * a + a * a * a / 2
    }
    let taps = AreaTaps(5..<25, origin: 2, cell: cell)
    for i in 0..<20 {
      var sum: Float = 0
      for tap in 0..<taps.count {
        let lattice = Double(taps.first[i]) + Double(tap)
        var mean = 0.0
        for k in 0..<400 {
          mean += spline((Double(5 + i) - 2 + (Double(k) + 0.5) / 400) / cell - lattice) / 400
        }
        #expect(abs(Double(taps.weights[i * taps.count + tap]) - mean) < 2e-4)
        sum += taps.weights[i * taps.count + tap]
      }
      #expect(abs(sum - 1) < 1e-5)
    }
  }

  @Test func latticeValuesAreNormalAndUncorrelated() {
    let out = UnsafeMutablePointer<Float>.allocate(capacity: 4008)
    let below = UnsafeMutablePointer<Float>.allocate(capacity: 4008)
    defer { out.deallocate(); below.deallocate() }
    LatticeNoise.row(-3, from: -1000, count: 4000, seed: 99, into: out)
    LatticeNoise.row(-2, from: -1000, count: 4000, seed: 99, into: below)
    var (sum, squares, next, down) = (0.0, 0.0, 0.0, 0.0)
    for i in 0..<4000 {
      sum += Double(out[i])
      squares += Double(out[i] * out[i])
      next += Double(out[i] * out[(i + 1) % 4000])
      down += Double(out[i] * below[i])
    }
    #expect(abs(sum / 4000) < 0.06 && abs(squares / 4000 - 1) < 0.08)
    #expect(abs(next / 4000) < 0.06 && abs(down / 4000) < 0.06)
  }

  /// The stated strength, and the mean of the light.
  @Test func keepsTheMeanAndHasTheStatedDeviation() throws {
    let geometry = Geometry(trimWidth: 240, trimHeight: 200)
    let frame = try NeonPicture.applied(grain(size: 1.5 / 200), geometry, NeonPicture.gray(0.25))
    let light = NeonPicture.statistics(frame.red)
    #expect(abs(light.mean - 0.25) < 0.0015)
    let root = NeonPicture.statistics(frame.red) { $0.squareRoot() }
    // A pixel of two thirds of a cell sees a little less than a point would.
    #expect(root.deviation > 0.042 && root.deviation < 0.061)
    #expect(
      NeonPicture.difference(
        frame, try NeonPicture.applied(grain(size: 1.5 / 200), geometry, frame: 4, NeonPicture.gray(0.25)))
        > 0.05)
  }

  @Test func vanishesAtBlackAndWhite() throws {
    let geometry = Geometry(trimWidth: 40, trimHeight: 20)
    for level in [0.0, 1, 7] {
      let plain = try NeonPicture.frame(geometry, NeonPicture.gray(level))
      #expect(
        try NeonPicture.difference(
          plain, NeonPicture.applied(grain(size: 0.05), geometry, NeonPicture.gray(level))) == 0)
    }
    func deviation(_ level: Double) throws -> Double {
      let frame = try NeonPicture.applied(grain(size: 0.05), geometry, NeonPicture.gray(level))
      return NeonPicture.statistics(frame.green) { $0.squareRoot() }.deviation
    }
    let middle = try deviation(0.25)
    #expect(try deviation(0.0004) < 0.4 * middle)
    #expect(try deviation(0.96) < 0.4 * middle)
  }

  // MARK: The Boolean model

  /// The variance of the share covered by discs of log-normal radius (mean 1, deviation `spread`) at random places, seen
  /// through a Gaussian aperture of deviation `aperture`, from the covariance of the model by numerical integration.
  private static func booleanVariance(tone u: Double, spread: Double, aperture: Double) -> Double {
    // Radii at the middles of equally likely parts would miss the tails: Gauss–Hermite would do, a fine grid does too.
    let sigma = log(1 + spread * spread).squareRoot()
    let mu = -sigma * sigma / 2
    var radii: [(r: Double, weight: Double)] = [(1, 1)]
    if spread > 0 {
      radii = (0..<61).map { k in
        let z = -4 + 8 * (Double(k) + 0.5) / 61
        return (exp(mu + sigma * z), exp(-z * z / 2))
      }
      let total = radii.reduce(0) { $0 + $1.weight }
      radii = radii.map { ($0.r, $0.weight / total) }
    }
    let area = radii.reduce(0) { $0 + $1.weight * .pi * $1.r * $1.r }
    let intensity = -log(1 - u) / area
    /// Mean area that a disc has in common with itself moved by h.
    func overlap(_ h: Double) -> Double {
      radii.reduce(0) { sum, disc in
        let t = h / (2 * disc.r)
        guard t < 1 else { return sum }
        return sum + disc.weight * 2 * disc.r * disc.r * (acos(t) - t * (1 - t * t).squareRoot())
      }
    }
    let farthest = 2 * (radii.last?.r ?? 1)
    let steps = 2000
    var sum = 0.0
    for k in 0..<steps {
      let h = farthest * (Double(k) + 0.5) / Double(steps)
      let covariance = (1 - u) * (1 - u) * (exp(intensity * overlap(h)) - 1)
      // The aperture against itself is a Gaussian of twice the variance.
      let weight = exp(-h * h / (4 * aperture * aperture)) / (4 * .pi * aperture * aperture)
      sum += covariance * weight * 2 * .pi * h * farthest / Double(steps)
    }
    return sum
  }

  /// A generator for trials, which need no more than to differ.
  private struct Trials: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9e37_79b9_7f4a_7c15
      return Seed(state).derived(0).value
    }
    mutating func normal() -> Double {
      let (u, v) = (Double.random(in: 1e-12..<1, using: &self), Double.random(in: 0..<1, using: &self))
      return (-2 * log(u)).squareRoot() * cos(2 * .pi * v)
    }
    mutating func poisson(_ mean: Double) -> Int {
      var product = 1.0
      var count = -1
      // In pieces, since exp(-mean) must not vanish.
      var left = mean
      var total = 0
      while left > 0 {
        let part = min(left, 30)
        left -= part
        product = 1
        count = -1
        repeat {
          product *= Double.random(in: 0..<1, using: &self)
          count += 1
        } while product > exp(-part)
        total += count
      }
      return total
    }
  }

  /// Grains thrown onto a film, and looked at: what the formula must give.
  @Test(arguments: [(0.1, 0.0), (0.5, 0.0), (0.85, 0.0), (0.4, 0.35)])
  func theCovarianceFormulaHoldsForGrainsThatAreThrown(_ tone: Double, _ spread: Double) {
    var trials = Trials(state: 7)
    let aperture = 3.0
    let pitch = 0.5
    let half = 9.0
    let side = Int(2 * half / pitch)
    var weights = [Double](repeating: 0, count: side * side)
    for j in 0..<side {
      for i in 0..<side {
        let (x, y) = ((Double(i) + 0.5) * pitch - half, (Double(j) + 0.5) * pitch - half)
        weights[j * side + i] = exp(-(x * x + y * y) / (2 * aperture * aperture))
      }
    }
    let total = weights.reduce(0, +)
    let sigma = log(1 + spread * spread).squareRoot()
    let largest = spread > 0 ? 4.0 : 1
    let area = Double.pi * (1 + spread * spread)
    let window = half + largest
    let count = -log(1 - tone) / area * 4 * window * window
    var (sum, squares) = (0.0, 0.0)
    let looks = 2500
    var covered = [Bool](repeating: false, count: side * side)
    for _ in 0..<looks {
      for k in covered.indices { covered[k] = false }
      for _ in 0..<trials.poisson(count) {
        let x = Double.random(in: -window..<window, using: &trials)
        let y = Double.random(in: -window..<window, using: &trials)
        let r = min(largest, spread > 0 ? exp(-sigma * sigma / 2 + sigma * trials.normal()) : 1)
        let low = (max(0, Int((x - r + half) / pitch)), max(0, Int((y - r + half) / pitch)))
        let high = (min(side, Int((x + r + half) / pitch) + 1), min(side, Int((y + r + half) / pitch) + 1))
        guard low.0 < high.0, low.1 < high.1 else { continue }
        for j in low.1..<high.1 {
          for i in low.0..<high.0 {
            let (dx, dy) = ((Double(i) + 0.5) * pitch - half - x, (Double(j) + 0.5) * pitch - half - y)
            if dx * dx + dy * dy < r * r { covered[j * side + i] = true }
          }
        }
      }
      var share = 0.0
      for k in covered.indices where covered[k] { share += weights[k] }
      sum += share / total
      squares += share / total * share / total
    }
    let mean = sum / Double(looks)
    let variance = squares / Double(looks) - mean * mean
    let due = Self.booleanVariance(tone: tone, spread: spread, aperture: aperture)
    #expect(abs(mean - tone) < 0.02)
    // 2500 looks tell a variance to 3 %; the grid and the window's edge take a little of it.
    #expect(abs(variance / due - 1) < 0.11, "\(variance) against \(due)")
  }

  /// The curve of the effect against the formula, where the aperture is wide.
  @Test func theDeviationFollowsTheBooleanModel() throws {
    let tones = [0.02, 0.1, 0.25, 0.436, 0.6, 0.8, 0.95]
    let most = Self.booleanVariance(tone: 0.436, spread: 0, aperture: 40)
    for tone in tones {
      let due = (Self.booleanVariance(tone: tone, spread: 0, aperture: 40) / most).squareRoot()
      #expect(abs(BooleanGrain.deviation(tone: tone) - due) < 0.008, "\(tone)")
    }
    // Grains of different sizes are told from equal ones by little else than their mean area.
    let mixed = Self.booleanVariance(tone: 0.436, spread: 0.3, aperture: 40)
    for tone in [0.1, 0.8] {
      let due = (Self.booleanVariance(tone: tone, spread: 0.3, aperture: 40) / mixed).squareRoot()
      #expect(abs(BooleanGrain.deviation(tone: tone) - due) < 0.03, "\(tone)")
    }
    // And what pixels show of it.
    let geometry = Geometry(trimWidth: 300, trimHeight: 200)
    func shown(_ tone: Double) throws -> Double {
      let frame = try NeonPicture.applied(
        grain(amount: 0.3, size: 4.0 / 200), geometry, NeonPicture.gray(tone * tone))
      return NeonPicture.statistics(frame.green) { max(0, $0).squareRoot() }.deviation
    }
    let peak = try shown(0.436)
    for tone in tones {
      #expect(try abs(shown(tone) / peak - BooleanGrain.deviation(tone: tone)) < 0.03, "\(tone)")
    }
  }

  @Test func micrometersAreMeasuredOnTheFilm() throws {
    let geometry = Geometry(trimWidth: 100, trimHeight: 100)
    let small = try #require(
      Grain().setting("size", to: "20um", geometry: geometry)?.setting(
        "film", to: "super-8", geometry: geometry))
    #expect(abs(small.size.share(on: small.film) - 0.020 / 4.01) < 1e-9)
    #expect(small.text(of: "size") == "20um")
    let share = try #require(Grain().setting("size", to: "0.2%", geometry: geometry))
    #expect(share.size == .share(0.002))
    for wrong in ["0um", "1000um", "um", "-3um", "1", "xum"] {
      #expect(Grain().setting("size", to: wrong, geometry: geometry) == nil, "\(wrong)")
    }
  }

  @Test func colorIsCorrelatedAsStated() throws {
    let geometry = Geometry(trimWidth: 200, trimHeight: 150)
    for color in [Float(0), 0.35, 1] {
      let frame = try NeonPicture.applied(
        grain(amount: 0.5, size: 1.0 / 150, color: color), geometry, NeonPicture.gray(0.25))
      var (rg, rr, gg) = (0.0, 0.0, 0.0)
      for y in 0..<150 {
        for x in 0..<200 {
          let r = Double(frame.red.row(y)[x]) - 0.25
          let g = Double(frame.green.row(y)[x]) - 0.25
          rg += r * g
          rr += r * r
          gg += g * g
        }
      }
      #expect(abs(rg / (rr * gg).squareRoot() - Double(1 - color)) < 0.06)
    }
  }

  /// A draft holds the same grain as the large picture made small.
  @Test func aDraftShowsTheSameGrain() throws {
    let large = Geometry(trimWidth: 192, trimHeight: 160)
    let small = Geometry(trimWidth: 48, trimHeight: 40)
    let setting = grain(amount: 0.5, size: 3.0 / 160)
    let a = try NeonPicture.applied(setting, large, NeonPicture.gray(0.25))
    let b = try NeonPicture.applied(setting, small, NeonPicture.gray(0.25))
    var (error, signal) = (0.0, 0.0)
    for y in 0..<40 {
      for x in 0..<48 {
        var mean = 0.0
        for j in 0..<4 { for i in 0..<4 { mean += Double(a.red.row(4 * y + j)[4 * x + i]) / 16 } }
        let v = Double(b.red.row(y)[x])
        error += (mean - v) * (mean - v)
        signal += (v - 0.25) * (v - 0.25)
      }
    }
    #expect(error < 0.01 * signal, "\(error / signal)")
  }

  /// Grains lie in clumps: farther apart than one size of cell could tell, they still know of each other.
  @Test func grainsAreOfSeveralSizes() throws {
    let geometry = Geometry(trimWidth: 600, trimHeight: 400)
    let frame = try NeonPicture.applied(grain(amount: 0.5, size: 4.0 / 400), geometry, NeonPicture.gray(0.25))
    func correlation(_ distance: Int) -> Double {
      var (ab, aa) = (0.0, 0.0)
      for y in 0..<400 - distance {
        for x in 0..<600 - distance {
          let a = Double(frame.red.row(y)[x]) - 0.25
          ab += a * (Double(frame.red.row(y)[x + distance] + frame.red.row(y + distance)[x]) - 0.5) / 2
          aa += a * a
        }
      }
      return ab / aa
    }
    #expect(correlation(4) > 0.35)
    // At three cells one lattice would have none left.
    #expect(correlation(12) > 0.03, "\(correlation(12))")
    #expect(abs(correlation(60)) < 0.04)
  }

  /// The emulsion scatters light in proportion to its grain, and loses none of it.
  @Test func filmSoftensThePicture() throws {
    let geometry = Geometry(trimWidth: 120, trimHeight: 80)
    func edge(_ softness: Double, _ cell: Float) throws -> (step: Double, mean: Double) {
      var film = grain(amount: 0.5, size: cell / 80)
      film.softness = softness
      // Black and white have no grain.
      let frame = try NeonPicture.applied(film, geometry) { x, _ in
        let v = x < 0.5 ? 0.0 : 1
        return SIMD4(v, v, v, 1)
      }
      var step = 0.0
      for y in 0..<80 { step += Double(frame.red.row(y)[61] - frame.red.row(y)[58]) / 80 }
      return (step, NeonPicture.statistics(frame.red).mean)
    }
    let (sharp, soft, coarse) = (try edge(0, 3), try edge(0.7, 3), try edge(0.7, 6))
    #expect(abs(sharp.step - 1) < 1e-9)
    #expect(soft.step < 0.93 && soft.step > 0.6, "\(soft)")
    #expect(coarse.step < soft.step - 0.1, "\(coarse)")
    #expect(abs(soft.mean - 0.5) < 0.01 && abs(coarse.mean - 0.5) < 0.01)
    var film = grain(size: 0.03)
    #expect(film.reach(in: geometry) == .none)
    film.softness = 1
    #expect(film.reach(in: geometry).y > 0)
    film = grain(size: 0.02)
    film.softness = 1
    try NeonPicture.checkLaws(film, Geometry(trimWidth: 140, trimHeight: 200, bleed: 3))
  }

  @Test func laws() throws {
    try NeonPicture.checkLaws(grain(size: 0.03, color: 0.35))
    try NeonPicture.checkLaws(grain(amount: 2, size: 0.008))
  }
}
