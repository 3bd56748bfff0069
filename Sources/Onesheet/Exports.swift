import Catalog
import Markup
import Raster

// The types of other targets that a user of the library meets, so that one import is enough.

/// Every mistake of a preset, with its place.
public typealias Diagnostics = Markup.Diagnostics
/// One mistake, warning or note.
public typealias Diagnostic = Markup.Diagnostic
/// A rectangle of whole pixels.
public typealias PixelRect = Raster.PixelRect
/// Planar, linear-light, premultiplied pixels.
public typealias Framebuffer = Raster.Framebuffer
/// How many threads take part.
public typealias Workers = Raster.Workers
/// A picture's size in pixels, with trim and bleed.
public typealias Geometry = Catalog.Geometry
