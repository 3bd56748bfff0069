import Markup
import Onesheet

let arguments = CommandLine.arguments
do {
  let preset = try Preset(path: arguments[1])
  let picture = try preset.render()
  try picture.write(to: arguments[2])
} catch let error as Diagnostics {
  print(error.rendered)
} catch {
  print("\(error)")
}
