// swift-tools-version: 6.2
import PackageDescription

// Layers, top of the file = bottom of the house. A target imports only what stands above it here.

// MARK: Settings

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("ExistentialAny"),
    .treatAllWarnings(as: .error),
]

// MARK: Packages

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let configuration = Target.Dependency.product(name: "Configuration", package: "swift-configuration")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let cryptoExtras = Target.Dependency.product(name: "CryptoExtras", package: "swift-crypto")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let metrics = Target.Dependency.product(name: "Metrics", package: "swift-metrics")
let coreMetrics = Target.Dependency.product(name: "CoreMetrics", package: "swift-metrics")

// MARK: Target shapes

func cLibrary(_ name: String, pkgConfig: String? = nil, apt: String? = nil) -> Target {
    .systemLibrary(name: name, path: "Sources/C/\(name)", pkgConfig: pkgConfig, providers: apt.map { [.apt([$0])] })
}

func library(
    _ name: String, in layer: String, _ dependencies: [Target.Dependency], resources: [Resource] = []
) -> Target {
    .target(
        name: name, dependencies: dependencies, path: "Sources/\(layer)/\(name)", resources: resources,
        swiftSettings: strict)
}

func program(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(
        name: name, dependencies: dependencies, path: "Sources/Programs/\(name)", swiftSettings: strict)
}

func suite(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: ["TestKit"] + dependencies, path: "Tests/\(name)", swiftSettings: strict)
}

// MARK: The house

let package = Package(
    name: "repazoo-consumers",
    products: [
        .executable(name: "repazoo", targets: ["repazoo"]),
        .executable(name: "repazoo-ingest", targets: ["repazoo-ingest"]),
        .executable(name: "repazoo-analyze", targets: ["repazoo-analyze"]),
        .executable(name: "repazoo-alert", targets: ["repazoo-alert"]),
        .executable(name: "repazoo-sandbox", targets: ["repazoo-sandbox"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: []),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // MARK: C
        cLibrary("CEventLoop"),
        cLibrary("CRabbitMQ", pkgConfig: "librabbitmq", apt: "librabbitmq-dev"),
        cLibrary("CPostgres", pkgConfig: "libpq", apt: "libpq-dev"),
        cLibrary("CHiredis"),  // its pkg-config file carries a flag that SwiftPM refuses: the module map links it
        cLibrary("CCurl", pkgConfig: "libcurl", apt: "libcurl4-openssl-dev"),

        // MARK: Wrappers
        library("EventLoop", in: "Wrappers", ["CEventLoop"]),
        library("AMQP", in: "Wrappers", ["EventLoop", "CRabbitMQ", logging]),
        library("Postgres", in: "Wrappers", ["EventLoop", "CPostgres", logging]),
        library("Redis", in: "Wrappers", ["EventLoop", "CHiredis", crypto]),
        library("HTTPTransport", in: "Wrappers", ["CCurl", crypto]),

        // MARK: Words
        library("Contracts", in: "Words", [crypto]),
        library("Privacy", in: "Words", [crypto]),

        // MARK: Runtime
        library("Telemetry", in: "Runtime", ["Privacy", logging, coreMetrics, hummingbird, lifecycle]),
        library(
            "ConsumerRuntime", in: "Runtime",
            [
                "EventLoop", "AMQP", "Postgres", "Redis", "Contracts", "AuditTrail", "CircuitBreakers", "Consent",
                logging,
                metrics, lifecycle,
            ]),

        // MARK: Storage (the schema and the broker's topology, as data)
        library("Schema", in: "Storage", ["Postgres"], resources: [.embedInCode("Migrations")]),
        library("Topology", in: "Storage", ["AMQP"], resources: [.embedInCode("Resources")]),

        // MARK: Gates
        library("AuditTrail", in: "Gates", ["Postgres", "Contracts"]),
        library("CircuitBreakers", in: "Gates", []),
        library("Consent", in: "Gates", ["Postgres", "Contracts"]),
        library("Quotas", in: "Gates", ["Postgres", "Contracts"]),
        library("RateLimits", in: "Gates", ["Redis", "Contracts"]),
        library("TokenVault", in: "Gates", ["Contracts", "Privacy", crypto, cryptoExtras]),

        // MARK: Providers
        library("TwitterAPI", in: "Providers", ["HTTPTransport", "Contracts", "Privacy"]),
        library("AnthropicAPI", in: "Providers", ["HTTPTransport", "Contracts", "Privacy"]),

        // MARK: Wiring
        library(
            "Bootstrap", in: "Runtime",
            [
                "AMQP", "Postgres", "Redis", "HTTPTransport", "Telemetry", "ConsumerRuntime", "Contracts", "Privacy",
                "TokenVault", argumentParser, configuration, lifecycle, logging,
            ]),

        // MARK: Workflows
        library(
            "Ingestion", in: "Workflows",
            [
                "ConsumerRuntime", "Bootstrap", "CircuitBreakers", "Consent", "TokenVault", "TwitterAPI", "Postgres",
                "AuditTrail", "Contracts", "Privacy",
            ]),
        library(
            "Analysis", in: "Workflows",
            [
                "ConsumerRuntime", "Bootstrap", "CircuitBreakers", "Consent", "AnthropicAPI", "Postgres", "AuditTrail",
                "Contracts", "Privacy", "Quotas", crypto,
            ]),
        library(
            "Alerting", in: "Workflows",
            ["Bootstrap", "AMQP", "Postgres", "Contracts", "Privacy", lifecycle, logging, metrics]),
        library("Sandbox", in: "Workflows", [crypto, hummingbird, logging, argumentParser, lifecycle]),
        library(
            "OperatorCommands", in: "Workflows",
            [
                "Alerting", "AuditTrail", "EventLoop", "Bootstrap", "Schema", "Topology", "AMQP", "Postgres", "Redis",
                "HTTPTransport", "Contracts", "Privacy", "TokenVault", argumentParser, logging,
            ]),

        // MARK: Programs
        program("repazoo", ["OperatorCommands"]),
        program("repazoo-ingest", ["Ingestion", "Bootstrap"]),
        program("repazoo-analyze", ["Analysis", "Bootstrap"]),
        program("repazoo-alert", ["Alerting", "Bootstrap"]),
        program("repazoo-sandbox", ["Sandbox"]),

        // MARK: Tests (TestKit: private servers and scopes; no production target may depend on it)
        .target(
            name: "TestKit", path: "Tests/TestKit",
            swiftSettings: strict),
        .target(
            name: "HouseKit",
            dependencies: [
                "TestKit", "AMQP", "Postgres", "HTTPTransport", "Contracts", "Privacy", "Schema", "Topology",
                "TokenVault", "EventLoop", logging,
            ], path: "Tests/HouseKit", swiftSettings: strict),
        .executableTarget(
            name: "amqp-bench", dependencies: ["AMQP", "EventLoop"], path: "Tests/AMQPBench", swiftSettings: strict),
        .executableTarget(
            name: "consumer-drill",
            dependencies: [
                "Ingestion", "Analysis", "Bootstrap", "ConsumerRuntime", "Consent", "AuditTrail", "Contracts", "AMQP",
                "Postgres", "Redis", "EventLoop", "Schema", "Topology", argumentParser, lifecycle, logging,
            ], path: "Tests/Drill", swiftSettings: strict),
        .executableTarget(
            name: "privacy-bench", dependencies: ["Privacy"], path: "Tests/PrivacyBench", swiftSettings: strict),
        .executableTarget(
            name: "rate-drill", dependencies: ["RateLimits", "Redis", "Contracts", "EventLoop"],
            path: "Tests/RateDrill", swiftSettings: strict),
        suite("EventLoopTests", ["EventLoop"]),
        suite("AMQPTests", ["AMQP"]),
        suite("PostgresTests", ["Postgres"]),
        suite("RedisTests", ["Redis"]),
        suite("HTTPTransportTests", ["HTTPTransport"]),
        suite("ContractsTests", ["Contracts"]),
        suite("PrivacyTests", ["Privacy"]),
        suite("TelemetryTests", ["Telemetry"]),
        suite("SchemaTests", ["Schema", "Postgres", crypto, logging]),
        suite("TopologyTests", ["Topology", "AMQP", "Contracts"]),
        suite(
            "CommandTests",
            [
                "OperatorCommands", "Bootstrap", "AMQP", "Postgres", "Schema", "Contracts", "Topology", "Privacy",
                logging,
            ]),
        suite("GateTests", ["TokenVault", "Privacy", "Contracts"]),
        suite("RateLimitTests", ["RateLimits", "Redis", "Contracts"]),
        suite("ProviderTests", ["TwitterAPI", "AnthropicAPI", "HTTPTransport", "Contracts", "Privacy"]),
        suite(
            "RuntimeTests",
            [
                "AuditTrail", "CircuitBreakers", "ConsumerRuntime", "Contracts", "Analysis", "Ingestion", "Bootstrap",
                "AnthropicAPI", "Postgres", "Schema", logging,
            ]),
        suite("EndToEndTests", ["HouseKit", "AMQP", "Postgres", "HTTPTransport", "Contracts", "TokenVault"]),
        suite(
            "GuaranteeTests",
            [
                "HouseKit", "HTTPTransport", "AMQP", "Postgres", "Redis", "Contracts", "EventLoop", "Topology",
                "TokenVault", "Privacy", "RateLimits",
            ]),
        suite("TestKitTests", []),
        suite(
            "DeadLetterTests",
            [
                "Alerting", "OperatorCommands", "AMQP", "Postgres", "Contracts", "Privacy", "Schema", "Topology",
                lifecycle, logging,
            ]),
        suite("SandboxTests", ["Sandbox", "HTTPTransport", crypto, logging]),
    ]
)
