// swift-tools-version: 6.2
import PackageDescription

// A package of its own: who builds the house does not build its measuring tools.

let package = Package(
    name: "repazoo-micro-benchmarks",
    platforms: [.macOS(.v14)],
    dependencies: [
        .package(name: "repazoo-consumers", path: "../.."),
        .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []),
    ],
    targets: [
        .executableTarget(
            name: "HotPaths",
            dependencies: [
                .product(name: "Benchmark", package: "benchmark"),
                .product(name: "Contracts", package: "repazoo-consumers"),
                .product(name: "Privacy", package: "repazoo-consumers"),
                .product(name: "TokenVault", package: "repazoo-consumers"),
            ],
            path: "Benchmarks/HotPaths",
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")])
    ]
)
