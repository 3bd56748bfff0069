import Raster
import Testing

@testable import Onesheet

@Suite struct CopyTests {
  /// A dot and its copy to the right, in groups.
  private func dots(_ group: String, dot: String, copy: String) -> String {
    """
      - group:
          - group:
              - {shape: ellipse, id: dot, height: 0.2, at: \(dot)}
            id: inner
          - {copy: dot, at: \(copy)}
        id: outer
    \(group)
    """
  }

  private func light(_ layers: String) throws -> [Float] {
    var options = Preset.Options()
    options.resources = PresetMistakesTests.resources
    let text = "onesheet: 1\ncanvas: {size: 80x60}\nlayers:\n\(layers)"
    let frame = try Preset(text: text, name: "p.yaml", options: options).render().framebuffer
    return (0..<60).flatMap { y in (0..<80).map { frame.row(y).red[$0] } }
  }

  @Test("a group that moves a layer and its copy moves both once") func moved() throws {
    // The dot at a quarter, its copy half a picture further: a group of half the size about the middle.
    let small = try light(dots("    scale: 0.5", dot: "[0.25, 0.5]", copy: "[1, 0.5]"))
    let plain = try light(
      """
        - {shape: ellipse, height: 0.1, at: [0.375, 0.5]}
        - {shape: ellipse, height: 0.1, at: [0.625, 0.5]}
      """)
    #expect(zip(small, plain).allSatisfy { abs($0 - $1) < 1e-5 })
    #expect(small.contains(1))
    let shifted = try light(dots("    at: [0.6, 0.4]", dot: "[0.25, 0.5]", copy: "[0.8, 0.6]"))
    let expected = try light(
      """
        - {shape: ellipse, height: 0.2, at: [0.35, 0.4]}
        - {shape: ellipse, height: 0.2, at: [0.65, 0.5]}
      """)
    #expect(zip(shifted, expected).allSatisfy { abs($0 - $1) < 1e-5 })
  }

  @Test("a copy of a copy, in groups in groups, is moved once by what holds all of them") func nested() throws
  {
    let nested = try light(
      """
        - group:
            - group:
                - {shape: ellipse, id: dot, height: 0.2, at: [0.2, 0.5]}
                - {copy: dot, at: [0.6, 0.5]}
              id: pair
            - {copy: pair, at: [0.5, 0.8]}
          id: all
          at: [0.6, 0.4]
      """)
    let plain = try light(
      """
        - {shape: ellipse, height: 0.2, at: [0.3, 0.4]}
        - {shape: ellipse, height: 0.2, at: [0.4, 0.4]}
        - {shape: ellipse, height: 0.2, at: [0.3, 0.7]}
        - {shape: ellipse, height: 0.2, at: [0.4, 0.7]}
      """)
    #expect(zip(nested, plain).allSatisfy { abs($0 - $1) < 1e-5 })
  }

  @Test("a copy outside shows the original where its groups put it, moved") func outside() throws {
    let outside = try light(
      """
        - group: [{shape: ellipse, id: dot, height: 0.2, at: [0.2, 0.5]}]
          id: all
          at: [0.6, 0.4]
        - {copy: dot, at: [0.7, 0.5]}
      """)
    let plain = try light(
      """
        - {shape: ellipse, height: 0.2, at: [0.3, 0.4]}
        - {shape: ellipse, height: 0.2, at: [0.5, 0.4]}
      """)
    #expect(zip(outside, plain).allSatisfy { abs($0 - $1) < 1e-5 })
  }
}
