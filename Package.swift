// swift-tools-version: 6.1

import PackageDescription

let package = Package(
  name: "onesheet",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "onesheet", targets: ["OnesheetCommand"]),
    .executable(name: "onesheet-bench", targets: ["OnesheetBench"]),
    .library(name: "Onesheet", targets: ["Onesheet"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
  ],
  targets: [
    // System libraries and C shims.
    .systemLibrary(name: "CLibPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CFreeType", pkgConfig: "freetype2", providers: [.apt(["libfreetype-dev"])]),
    .systemLibrary(name: "CHarfBuzz", pkgConfig: "harfbuzz", providers: [.apt(["libharfbuzz-dev"])]),
    .systemLibrary(name: "CLibJPEG", pkgConfig: "libjpeg", providers: [.apt(["libjpeg62-turbo-dev"])]),
    .systemLibrary(name: "CLCMS", pkgConfig: "lcms2", providers: [.apt(["liblcms2-dev"])]),
    .target(name: "CPNG", dependencies: ["CLibPNG"]),
    .target(name: "CJPEG", dependencies: ["CLibJPEG"]),
    .target(name: "CColorProfile", dependencies: ["CLCMS"]),
    .target(name: "CVector"),

    // The engine, lowest layer first. Dependencies point upward only.
    .target(name: "Raster", dependencies: ["CVector"]),
    .target(name: "Outline", dependencies: ["Raster", "CVector"]),
    .target(name: "Typography", dependencies: ["Outline", "CFreeType", "CHarfBuzz"]),
    .target(name: "PNGCodec", dependencies: ["Raster", "CPNG", "CVector", "CZlib"]),
    .target(name: "PhotoCodec", dependencies: ["PNGCodec", "CJPEG", "CColorProfile"]),
    .target(name: "Markup", dependencies: [.product(name: "Yams", package: "Yams")]),
    .target(name: "Catalog", dependencies: ["Raster", "Markup"]),
    .target(name: "Effects", dependencies: ["Catalog", "CVector"]),
    .target(name: "Layers", dependencies: ["Catalog", "Outline", "Typography", "PhotoCodec", "CVector"]),
    .target(name: "Stage", dependencies: ["Raster", "CVector"]),
    .target(name: "Props", dependencies: ["Stage", "Layers", "CVector"]),
    .target(name: "Onesheet", dependencies: ["Effects", "Layers", "Props", "PNGCodec", "PhotoCodec"]),
    .executableTarget(
      name: "OnesheetCommand",
      dependencies: ["Onesheet", .product(name: "ArgumentParser", package: "swift-argument-parser")]),
    .executableTarget(
      name: "OnesheetBench",
      dependencies: ["Onesheet", .product(name: "ArgumentParser", package: "swift-argument-parser")]),

    .testTarget(name: "RasterTests", dependencies: ["Raster"]),
    .testTarget(name: "OutlineTests", dependencies: ["Outline"]),
    .testTarget(name: "TypographyTests", dependencies: ["Typography"]),
    .testTarget(name: "PNGCodecTests", dependencies: ["PNGCodec", "Raster", "CZlib"]),
    .testTarget(name: "PhotoCodecTests", dependencies: ["PhotoCodec", "PNGCodec", "Raster"]),
    .testTarget(name: "MarkupTests", dependencies: ["Markup"]),
    .testTarget(name: "CatalogTests", dependencies: ["Catalog", "Markup", "Raster"]),
    .testTarget(
      name: "EffectsTests", dependencies: ["Effects", "Catalog", "Raster"], exclude: ["PixelSortPackage"]),
    .testTarget(name: "LayersTests", dependencies: ["Layers", "Catalog", "Raster", "Typography"]),
    .testTarget(name: "StageTests", dependencies: ["Stage", "Raster"]),
    .testTarget(name: "PropsTests", dependencies: ["Props", "Stage", "Catalog", "Raster"]),
    .testTarget(
      name: "OnesheetTests", dependencies: ["Onesheet", "PNGCodec", "Props", "Stage"],
      exclude: ["Golden"]),
    .testTarget(name: "CommandTests", dependencies: ["Onesheet", "PNGCodec", "Props"]),
  ],
  swiftLanguageModes: [.v6]
)
