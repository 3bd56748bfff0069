import Foundation
import Testing

@testable import Onesheet

@Suite struct ReferencePageTests {
  @Test("presets/REFERENCE.md is what the program says") func fresh() throws {
    let page = DocumentationTests.root.appendingPathComponent("presets/REFERENCE.md")
    if ProcessInfo.processInfo.environment["ONESHEET_RECORD"] != nil {
      try Reference.page.write(to: page, atomically: true, encoding: .utf8)
    }
    let isFresh = try String(contentsOf: page, encoding: .utf8) == Reference.page
    #expect(isFresh, "the page is stale: run ONESHEET_RECORD=1 make test")
  }
}
