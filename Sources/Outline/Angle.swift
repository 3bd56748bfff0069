#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif
import Raster

/// (cosine, sine) of an angle in degrees: on screen, clockwise from the right. Exact at quarter turns.
func unitVector(degrees: Double) -> Point {
  guard degrees.isFinite else { return Point(1, 0) }
  let turned = degrees.remainder(dividingBy: 360)
  let quarters = (turned / 90).rounded()
  let rest = (turned - quarters * 90) * (.pi / 180)
  let (c, s) = (cos(rest), sin(rest))
  switch Int(quarters) & 3 {
  case 0: return Point(c, s)
  case 1: return Point(-s, c)
  case 2: return Point(-c, -s)
  default: return Point(s, -c)
  }
}

/// The unit vector of a clock angle: 0° points up, 90° to the right.
func clockVector(degrees: Double) -> Point {
  let v = unitVector(degrees: degrees)
  return Point(v.y, -v.x)
}

func cosineAndSine(_ radians: Double) -> (Double, Double) { (cos(radians), sin(radians)) }
func tangent(_ radians: Double) -> Double { tan(radians) }
func arcTangent(_ y: Double, _ x: Double) -> Double { atan2(y, x) }
func arcCosine(_ x: Double) -> Double { acos(max(-1, min(1, x))) }
