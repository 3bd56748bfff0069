import Catalog
import Foundation
import Layers
import Markup
import Raster
import Typography

extension Preset {
  /// Reads the preset in a file.
  ///
  /// - Throws: ``Markup/Diagnostics`` with every mistake that was found.
  public init(path: String, options: Options = Options()) throws {
    let folder = FileAccess.real(path).map { FileAccess.folder(of: $0) }
    try self.init(folder: folder, options: options) { loader, _ in loader.load(path: path) }
  }

  /// Reads a preset that is given as text. Relative paths start from `folder`.
  ///
  /// - Throws: ``Markup/Diagnostics`` with every mistake that was found.
  public init(text: String, name: String = "preset", folder: String = ".", options: Options = Options())
    throws
  {
    try self.init(folder: FileAccess.real(folder), options: options) { loader, _ in
      loader.load(Source(name: name, text: text, folder: folder))
    }
  }

  /// - Parameters:
  ///   - folder: Where relative paths start from.
  ///   - photo: What stands in for the preset's layers.
  init(
    folder: String?, options: Options, photo: Photo? = nil,
    load: (inout PresetLoader, inout Diagnostics) -> Node?
  ) throws {
    let resources = options.resources ?? .standard
    // Nothing is read outside one folder tree: the working directory's if it contains the preset, else the
    // preset's folder; besides the program's own files and what the user allows.
    var roots = options.allowedPaths
    if let folder { roots.append(FileAccess.contains(".", folder) ? "." : folder) }
    if let root = resources.root { roots += [root + "/fonts", root + "/presets"] }
    let files = FileAccess(roots: roots)

    var diagnostics = Diagnostics()
    var loader = PresetLoader(files: files)
    let tree = load(&loader, &diagnostics)
    diagnostics.append(contentsOf: loader.diagnostics)
    guard var root = tree else { throw diagnostics }
    root = options.replacingCanvas(in: root)
    // What --set says of the canvas decides on the format as well; mistakes in it are told below.
    var probe = OverrideApplier(folder: folder)
    let probed = options.overrides.filter { $0.path.hasPrefix("canvas") }.reduce(root) {
      probe.apply($1, to: $0)
    }
    var variants = FormatVariants()
    root = variants.resolve(root, for: options.canvas(of: probed))
    diagnostics.append(contentsOf: variants.diagnostics)
    var applier = OverrideApplier(folder: folder)
    for override in options.overrides { root = applier.apply(override, to: root) }
    for id in options.disabled { root = applier.disable(id, in: root) }
    diagnostics.append(contentsOf: applier.diagnostics)
    let decoder = PresetDecoder(
      options: options, files: files,
      fonts: FontSearch(folders: loader.folders, bundled: resources.fonts), photo: photo,
      formats: variants.examples)
    guard let preset = decoder.decode(root, &diagnostics), !diagnostics.hasErrors else { throw diagnostics }
    self = preset
  }

  /// Whether the picture shows type whose contrast is asked for.
  public var hasType: Bool {
    func shows(_ items: [LayerItem]) -> Bool {
      items.contains { item in
        switch item.content {
        case .layer(let make): make(Moment(time: still)) is any TypeLayer
        case .group(let children): shows(children)
        case .copy: false
        }
      }
    }
    return checks.contrast > 0 && shows(layers)
  }

  /// Everything that can be found wrong without drawing: also unknown fonts and characters that no font has.
  ///
  /// - Returns: what of the type falls short of the preset's `checks`, as far as it can be told without the picture.
  ///   ``Picture/findings`` knows the rest.
  /// - Throws: ``Markup/Diagnostics`` with every mistake that was found.
  @discardableResult
  public func check(time: Double? = nil) throws -> [Diagnostic] {
    TypeProof(try plan(time: time, workers: Workers(count: 1)), of: self).layoutFindings
  }

  /// Renders the picture, or a part of it.
  ///
  /// - Parameters:
  ///   - time: Seconds; nil is the moment that the preset calls `still`.
  ///   - region: The part to render, in pixels of the whole picture with bleed; nil renders all of it.
  ///   - workers: How many threads take part; the result does not depend on it.
  ///   - willTake: Called with the bytes that the picture will take, before it takes them. Who renders several
  ///     pictures at once may wait here until there is room.
  /// - Throws: ``Markup/Diagnostics``, or ``RenderError``.
  public func render(
    time: Double? = nil, region: PixelRect? = nil, workers: Workers = .standard,
    progress: RenderProgress? = nil,
    willTake: (Int) -> Void = { _ in }
  ) throws -> Picture {
    let whole = geometry.bounds
    let region = region ?? whole
    guard !region.isEmpty, whole.contains(region) else {
      throw RenderError.regionOutside(region, width: whole.width, height: whole.height)
    }
    let plan = try plan(time: time, workers: workers)
    let needed = plan.processBytes(for: region, workers: workers)
    let available = MemoryLimit.usableBytes
    guard needed <= available else {
      throw RenderError.needsMemory(
        needed: needed, available: available, width: whole.width, height: whole.height)
    }
    willTake(needed)
    do {
      let frame = try Renderer(plan: plan, workers: workers, progress: progress).render(region)
      let proof = TypeProof(plan, of: self)
      return Picture(
        region: region, framebuffer: frame, geometry: geometry,
        pixelsPerMeter: statesDensity ? Int((geometry.dpi / 0.0254).rounded()) : nil,
        records: records(at: plan.moment),
        findings: proof.layoutFindings + proof.contrastFindings(in: frame, region: region, workers: workers),
        ditherSeed: Seed(seed).derived("dither").low, workers: workers)
    } catch let error as OutOfMemory {
      throw RenderError.outOfMemory("\(error)")
    }
  }

  func plan(time: Double?, workers: Workers) throws -> Plan {
    let moment = Moment(time: time ?? still, fps: fps, duration: duration, loops: loops)
    var planner = Planner(self, moment: moment, workers: workers)
    let plan = planner.plan()
    guard !planner.diagnostics.hasErrors else { throw planner.diagnostics }
    return plan
  }

  func records(at moment: Moment) -> [(keyword: String, text: String)] {
    var records = [(keyword: "Software", text: "onesheet \(Version.current)")]
    if !title.isEmpty { records.append((keyword: "Title", text: title)) }
    records.append((keyword: "onesheet preset", text: recipe))
    if let files { records.append((keyword: "onesheet files", text: files)) }
    records.append((keyword: "onesheet seed", text: "\(seed)"))
    records.append((keyword: "onesheet time", text: trimmed(moment.time)))
    return records
  }
}

extension FileAccess {
  /// The folder that holds what an absolute path leads to.
  static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else { return "/" }
    return String(path[..<slash])
  }
}

extension Workers {
  /// As many threads as the machine has for this process.
  public static let standard = Workers(count: ProcessInfo.processInfo.activeProcessorCount)
}
