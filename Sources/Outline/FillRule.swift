/// Which winding numbers lie inside a path.
package enum FillRule: Sendable, Hashable, CaseIterable {
  case nonZero, evenOdd

  @inline(__always)
  func fills(_ winding: Int) -> Bool {
    switch self {
    case .nonZero: winding != 0
    case .evenOdd: winding & 1 != 0
    }
  }
}
