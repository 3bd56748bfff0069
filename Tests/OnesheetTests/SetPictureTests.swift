import Layers
import Raster
import Testing

@testable import Onesheet

/// What masks read from sets, and what becomes of light that is none.
@Suite struct SetPictureTests {
  /// The values of a mask by depth: white where it shows.
  static func mask(_ mask: String, size: String = "64x48", lights: Bool = false, workers: Int = 2) throws
    -> Picture
  {
    try SetTests.preset(
      """
      onesheet: 1
      canvas: {size: \(size)}
      layers:
        - solid: black
        - set: empty
          id: town
          visible: false
          camera: {height: 2, focal-length: 36, vanishing-point: [0.5, 0.25]}
          fog: {reach: 1000}
          props:
            - {block: [2, 20, 1], id: tower, at: [3, 0, 20.5]}
        - solid: white
          mask: {layer: town, channel: depth, \(mask)}
      """
    ).render(workers: Workers(count: workers))
  }

  @Test("a mask by depth counts the meters of the ray") func depth() throws {
    let picture = try Self.mask("from: 5, to: 25")
    var worst: Float = 0
    for y in 13..<48 {
      // Columns 38 and on show the tower.
      for x in 0..<38 {
        // The ground, two meters below: rays fall (y − 12) pixels on 64 ahead.
        let (across, down) = ((Double(x) + 0.5 - 32) / 64, (Double(y) + 0.5 - 12) / 64)
        let meters = 2 / down * (1 + across * across + down * down).squareRoot()
        let exact = Float(min(1, max(0, (meters - 5) / 20)))
        worst = max(worst, abs(picture.framebuffer.red.row(y)[x] - exact))
      }
    }
    // The mean of a pixel's rays is not the ray of its middle.
    #expect(worst < 0.02)
    // The sky is further than anything, the tower at 20 m hides it.
    #expect(picture.framebuffer.red.row(2)[5] == 1)
    let tower = picture.framebuffer.red.row(2)[41]
    #expect(abs(tower - 0.77) < 0.02, "\(tower)")
  }

  @Test("a mask by depth turns round, and goes the other way") func inverted() throws {
    let plain = try Self.mask("from: 5, to: 25")
    let inverted = try Self.mask("from: 5, to: 25, invert: true")
    let reversed = try Self.mask("from: 25, to: 5")
    var worst: Float = 0
    for y in 0..<48 {
      for x in 0..<64 {
        let value = plain.framebuffer.red.row(y)[x]
        worst = max(
          worst, abs(inverted.framebuffer.red.row(y)[x] - (1 - value)),
          abs(reversed.framebuffer.red.row(y)[x] - (1 - value)))
      }
    }
    #expect(worst < 1e-5)
  }

  @Test("a feather softens a mask by depth") func feathered() throws {
    let hard = try Self.mask("from: 19, to: 19.001, invert: true")
    let soft = try Self.mask("from: 19, to: 19.001, invert: true, feather: 0.1")
    func steepest(_ picture: Picture) -> Float {
      let column = (0..<48).map { picture.framebuffer.red.row($0)[8] }
      return zip(column, column.dropFirst()).map { abs($0 - $1) }.max() ?? 0
    }
    #expect(steepest(hard) > 0.9 && steepest(soft) < 0.4)
  }

  @Test("masks by depth are the same for any threads and parts") func parts() throws {
    let preset = try SetTests.preset(
      SetTests.town + """

            effects:
              - grade: 1
                exposure: 2
                mask: {layer: town, channel: depth, from: 2, to: 9, feather: 0.05}
        effects:
          - grade: 1
            saturation: 0
            mask: {layer: town, channel: depth, from: 9, to: 8}
        """)
    let whole = try preset.render(workers: Workers(count: 1))
    let bands = try preset.render(workers: Workers(count: 3, bandHeight: 2))
    let part = try preset.render(region: PixelRect(minX: 20, minY: 9, maxX: 47, maxY: 26))
    var isSame = true
    for y in 0..<30 {
      for x in 0..<60 {
        let value = whole.framebuffer.green.row(y)[x]
        isSame = isSame && value == bands.framebuffer.green.row(y)[x]
        guard (9..<26).contains(y), (20..<47).contains(x) else { continue }
        isSame =
          isSame
          && value
            == part.framebuffer.green.row(y - part.framebuffer.region.minY)[x - part.framebuffer.region.minX]
      }
    }
    #expect(isSame)
  }

  // MARK: Light that is none

  /// A scene in which something goes wrong.
  private struct Broken: ScenePainter {
    let bounds = PixelRect(width: 60, height: 30)
    let value: Float
    var memory: PainterMemory { .none }
    var rasterMemory: PainterMemory { .none }
    var emission: any Painter { self }
    func keepRasters() -> PainterMemory { .none }
    func withRasters(workers: Workers) throws -> any Painter { self }
    func paint(_ row: Row, x: Int, y: Int) {
      for plane in [row.red, row.green, row.blue, row.alpha] {
        plane.update(repeating: 0.5, count: row.count)
      }
      if y == 17, row.count > 40 { row.green[40] = value }
    }
    func depth(_ out: UnsafeMutablePointer<Float>, x: Int, y: Int, count: Int) {
      out.update(repeating: 1, count: count)
    }
  }

  @Test(
    "light that is infinite or no number is a failure that names the layer",
    arguments: [Float.nan, .infinity, -.infinity], [["layers.0.visible=false"], []])
  func notFinite(_ value: Float, _ overrides: [String]) throws {
    // With nothing below, the layer is drawn in place; else it is composited.
    let preset = try SetTests.preset(
      SetTests.head + "layers:\n  - solid: black\n  - {solid: black, id: town}\n", overrides: overrides)
    var plan = try preset.plan(time: 0, workers: Workers(count: 2))
    func render(_ value: Float) throws {
      plan.layers[plan.layers.count - 1].content = .painter(Broken(value: value))
      _ = try Renderer(plan: plan, workers: Workers(count: 2), progress: nil).render(preset.geometry.bounds)
    }
    try render(3e38)
    do {
      try render(value)
      Issue.record("a picture came out")
    } catch let error as RenderError {
      #expect("\(error)".hasPrefix("the layer 'town' came out as light that is infinite or no number"))
    }
  }
}
