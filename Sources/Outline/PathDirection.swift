import Raster

extension Path {
  /// The area within the control points, positive where contours run clockwise on the picture; its sign tells which
  /// way the contours of a font run. Holes count against it.
  package var controlArea: Double {
    var area = 0.0
    var start = Point.zero
    var last = Point.zero
    func line(to p: Point) {
      area += last.cross(p) / 2
      last = p
    }
    for element in elements {
      switch element {
      case .move(let p):
        line(to: start)
        (start, last) = (p, p)
      case .line(let p): line(to: p)
      case .quad(let a, let p):
        line(to: a)
        line(to: p)
      case .cubic(let a, let b, let p):
        line(to: a)
        line(to: b)
        line(to: p)
      case .close: line(to: start)
      }
    }
    line(to: start)
    return area
  }

  /// The same contours, run through backward.
  package var reversed: Path {
    var result: [Element] = []
    var contour: [Element] = []
    func flush(isClosed: Bool) {
      guard let last = contour.last?.end else { return }
      result.append(.move(last))
      for (index, element) in contour.enumerated().reversed() where index > 0 {
        guard let to = contour[index - 1].end else { continue }
        switch element {
        case .quad(let a, _): result.append(.quad(a, to))
        case .cubic(let a, let b, _): result.append(.cubic(b, a, to))
        default: result.append(.line(to))
        }
      }
      if isClosed { result.append(.close) }
      contour = []
    }
    for element in elements {
      switch element {
      case .move:
        flush(isClosed: false)
        contour = [element]
      case .close:
        let start = contour.first?.end
        flush(isClosed: true)
        // What follows begins where the closed contour did.
        if let start { contour = [.move(start)] }
      default: contour.append(element)
      }
    }
    if contour.count > 1 { flush(isClosed: false) }
    return Path(result)
  }
}

extension Path.Element {
  fileprivate var end: Point? {
    switch self {
    case .move(let p), .line(let p), .quad(_, let p), .cubic(_, _, let p): p
    case .close: nil
    }
  }
}
