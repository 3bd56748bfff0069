/// cos(2π t), exact at quarters of a turn and the same on every machine.
func cosine(ofTurns turns: Double) -> Double {
  let d = abs(turns - (turns + 0.5).rounded(.down))
  let x = (0.25 - d) * 2 * Double.pi
  let z = x * x
  let series = 1 - z / 72 * (1 - z / 110 * (1 - z / 156))
  return x * (1 - z / 6 * (1 - z / 20 * (1 - z / 42 * series)))
}
