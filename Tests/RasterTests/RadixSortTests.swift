import Testing

@testable import Raster

@Suite struct RadixSortTests {
  /// Counts on both sides of each change of method.
  @Test(arguments: [0, 1, 2, 3, 39, 40, 41, 255, 256, 257, 1199, 1200, 1201, 5000])
  func sortsAsTheStandardLibraryDoes(_ count: Int) {
    let sorter = RadixSorter(capacity: 5000)
    defer { sorter.deallocate() }
    // Few different keys test stability, many the order, and both ends must be reached.
    for kinds in [1, 3, 200, 1 << 22] {
      let seed = Seed(UInt64(count * 7 + kinds))
      for i in 0..<count {
        let scale = Int(RadixSorter.largestKey) / max(1, kinds - 1)
        sorter.keys[i] = UInt32(min(Int(RadixSorter.largestKey), Int(seed.unit(i) * Double(kinds)) * scale))
      }
      let keys = (0..<count).map { sorter.keys[$0] }
      let expected = (0..<count).sorted { (keys[$0], $0) < (keys[$1], $1) }
      sorter.sort(count)
      #expect((0..<count).map { Int(sorter.order[$0]) } == expected)
    }
  }

  @Test func largestKeyHasAllBits() {
    #expect(RadixSorter.largestKey == 4_194_303)
  }
}
