// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]

// MARK: - Libraries, lowest row first; each names only targets of earlier rows

let protobuf = Target.Dependency.product(name: "SwiftProtobuf", package: "swift-protobuf")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let collections = Target.Dependency.product(
  name: "OrderedCollections",
  package: "swift-collections"
)
let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let sqlite = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let openMPI = Target.Dependency.target(name: "COpenMPI", condition: .when(traits: ["MPI"]))
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

let libraries: [(name: String, uses: [Target.Dependency])] = [
  ("SqueezeTensor", []),
  ("SqueezeEntropy", []),

  ("SqueezeParameters", ["SqueezeTensor"]),
  ("SqueezeData", ["SqueezeTensor", "CTurboJPEG", "CPNG", "CZlib"]),
  ("SqueezeMetrics", ["SqueezeTensor"]),

  ("SqueezeGraph", ["SqueezeParameters", "SqueezeTensor"]),

  ("SqueezeOperators", ["SqueezeGraph", "SqueezeParameters", "SqueezeTensor"]),

  ("SqueezeModels", ["SqueezeOperators", "SqueezeGraph", "SqueezeParameters", "SqueezeTensor"]),
  (
    "SqueezeEngine",
    [
      "SqueezeOperators", "SqueezeGraph", "SqueezeParameters", "SqueezeTensor", "CSqueezeKernels",
      "SqueezeKernelsBaseline", "SqueezeKernelsV3", "SqueezeKernelsV4",
      "SqueezeKernelsV4X",
    ]
  ),
  (
    "SqueezeTrain",
    [
      "SqueezeOperators", "SqueezeGraph", "SqueezeParameters", "SqueezeData", "SqueezeMetrics",
      "SqueezeTensor", crypto,
    ]
  ),
  ("SqueezeCompress", ["SqueezeOperators", "SqueezeGraph", "SqueezeParameters", "SqueezeTensor"]),
  ("SqueezeDesign", ["SqueezeOperators", "SqueezeGraph", "SqueezeParameters", "SqueezeTensor"]),
  (
    "SqueezeFormats",
    [
      "SqueezeOperators", "SqueezeGraph", "SqueezeEntropy", "SqueezeParameters", "SqueezeTensor",
      protobuf, crypto, collections, logging,
    ]
  ),

  (
    "SqueezeMeasure",
    [
      "SqueezeEngine", "SqueezeCompress", "SqueezeDesign", "SqueezeTrain", "SqueezeGraph",
      "SqueezeOperators", "SqueezeData", "SqueezeMetrics", "SqueezeParameters", "SqueezeTensor",
    ]
  ),
  ("SqueezeMPI", ["SqueezeTrain", openMPI]),
  (
    "SqueezeReport",
    ["SqueezeEngine", "SqueezeDesign", "SqueezeGraph", "SqueezeMetrics", "SqueezeTensor"]
  ),

  (
    "SqueezeExperiments",
    [
      "SqueezeReport", "SqueezeMeasure", "SqueezeFormats", "SqueezeDesign", "SqueezeTrain",
      "SqueezeEngine",
      "SqueezeModels", "SqueezeOperators", "SqueezeGraph", "SqueezeParameters", "SqueezeData",
      "SqueezeEntropy", "SqueezeMetrics", "SqueezeTensor", yams, sqlite, crypto,
    ]
  ),

  (
    "SqueezeRecipes",
    [
      "SqueezeExperiments", "SqueezeReport", "SqueezeMeasure", "SqueezeFormats", "SqueezeDesign",
      "SqueezeCompress", "SqueezeTrain", "SqueezeEngine", "SqueezeModels", "SqueezeOperators",
      "SqueezeGraph",
      "SqueezeParameters", "SqueezeData", "SqueezeMetrics", "SqueezeTensor",
    ]
  ),
]

// MARK: - The face, the command and the tests

let face = Target.target(
  name: "Squeeze",
  dependencies: libraries.map { .byName(name: $0.name) },
  swiftSettings: settings
)

let command = Target.executableTarget(
  name: "SqueezeCLI",
  dependencies: ["Squeeze", arguments, logging],
  swiftSettings: settings
)

let commandTests = Target.testTarget(
  name: "SqueezeCLITests",
  dependencies: ["SqueezeCLI", "Squeeze", "SqueezeTestSupport"],
  swiftSettings: settings
)

let testSupport = Target.target(
  name: "SqueezeTestSupport",
  dependencies: [
    "SqueezeTrain", "SqueezeOperators", "SqueezeGraph", "SqueezeParameters", "SqueezeTensor",
    "CAllocationCounter",
  ],
  swiftSettings: settings
)

// MARK: - Kernels: one source, compiled once per instruction set

/// The flags that give Swift code the vector instructions of `march` and some more.
///
/// Elsewhere than on x86-64 only the baseline is meaningful; the others compile as copies of it.
func kernels(
  _ level: String,
  march: String? = nil,
  with features: [String] = []
) -> Target {
  #if arch(x86_64)
    let options = (march.map { ["-march=\($0)"] } ?? []) + features.map { "-m\($0)" }
    let flags: [SwiftSetting] =
      options.isEmpty ? [] : [.unsafeFlags(options.flatMap { ["-Xcc", $0] })]
  #else
    let flags: [SwiftSetting] = []
  #endif
  return .target(
    name: "SqueezeKernels\(level)",
    dependencies: ["CSqueezeKernels"],
    swiftSettings: settings + flags
  )
}

/// Tests mirror the libraries; each may use what its library uses, and the test support.
let tests = libraries.map { library in
  Target.testTarget(
    name: "\(library.name)Tests",
    dependencies: library.uses + [.byName(name: library.name), "SqueezeTestSupport"]
      + (["SqueezeEngine", "SqueezeCompress", "SqueezeDesign"].contains(library.name)
        ? ["SqueezeModels"] : []),
    swiftSettings: settings
  )
}

let package = Package(
  name: "squeeze",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "Squeeze", targets: ["Squeeze"]),
    .executable(name: "squeeze", targets: ["SqueezeCLI"]),
  ],
  traits: [
    .trait(name: "MPI", description: "Training in several processes, which Open MPI starts.")
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"),
  ],
  targets: libraries.map { library in
    .target(
      name: library.name,
      dependencies: library.uses,
      exclude: library.name == "SqueezeFormats" ? ["ONNX/onnx.proto"] : [],
      swiftSettings: settings
    )
  } + tests + [
    face, command, commandTests, testSupport,
    .target(name: "CAllocationCounter"),
    .target(name: "CSqueezeKernels"),
    kernels("Baseline"),
    kernels("V3", march: "x86-64-v3"),
    kernels("V4", march: "x86-64-v4"),
    kernels(
      "V4X",
      march: "x86-64-v4",
      with: ["avx512vnni", "avx512bf16", "avx512vbmi", "avx512vpopcntdq"]
    ),
    // Only with the trait MPI.
    .systemLibrary(
      name: "COpenMPI",
      pkgConfig: "ompi-c",
      providers: [.apt(["libopenmpi-dev"]), .brew(["open-mpi"])]
    ),
    .systemLibrary(
      name: "CTurboJPEG",
      pkgConfig: "libturbojpeg",
      providers: [.apt(["libturbojpeg0-dev"]), .brew(["jpeg-turbo"])]
    ),
    .systemLibrary(
      name: "CPNG",
      pkgConfig: "libpng",
      providers: [.apt(["libpng-dev"]), .brew(["libpng"])]
    ),
    .systemLibrary(
      name: "CZlib",
      pkgConfig: "zlib",
      providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]
    ),
  ]
)
