// swift-tools-version: 6.2
import PackageDescription

// Layers, top of the file = bottom of the house. A target imports only what stands above it here. Longer than other files, as the
// package manager reads a manifest from one file alone.

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
let mustache = Target.Dependency.product(name: "Mustache", package: "swift-mustache")
let metrics = Target.Dependency.product(name: "Metrics", package: "swift-metrics")
let tracing = Target.Dependency.product(name: "Tracing", package: "swift-distributed-tracing")
let inMemoryTracing = Target.Dependency.product(name: "InMemoryTracing", package: "swift-distributed-tracing")
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
        // For Benchmarks/micro only.
        .library(name: "Contracts", targets: ["Contracts"]),
        .library(name: "Privacy", targets: ["Privacy"]),
        .library(name: "TokenVault", targets: ["TokenVault"]),
        .executable(name: "repazoo", targets: ["repazoo"]),
        .executable(name: "repazoo-ingest", targets: ["repazoo-ingest"]),
        .executable(name: "repazoo-analyze", targets: ["repazoo-analyze"]),
        .executable(name: "repazoo-export", targets: ["repazoo-export"]),
        .executable(name: "repazoo-monitor", targets: ["repazoo-monitor"]),
        .executable(name: "repazoo-retention", targets: ["repazoo-retention"]),
        .executable(name: "repazoo-alert", targets: ["repazoo-alert"]),
        .executable(name: "repazoo-console", targets: ["repazoo-console"]),
        .executable(name: "repazoo-scheduler", targets: ["repazoo-scheduler"]),
        .executable(name: "repazoo-sandbox", targets: ["repazoo-sandbox"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: []),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.3"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // MARK: C
        cLibrary("CEventLoop"),
        cLibrary("CRabbitMQ", pkgConfig: "librabbitmq", apt: "librabbitmq-dev"),
        cLibrary("CPostgres", pkgConfig: "libpq", apt: "libpq-dev"),
        cLibrary("CHiredis"),  // its pkg-config file carries a flag that SwiftPM refuses: the module map links it
        cLibrary("CArchive", pkgConfig: "libarchive", apt: "libarchive-dev"),
        cLibrary("CCurl", pkgConfig: "libcurl", apt: "libcurl4-openssl-dev"),
        cLibrary("CLandmarks"),

        // MARK: Wrappers
        library("EventLoop", in: "Wrappers", ["CEventLoop"]),
        library("AMQP", in: "Wrappers", ["EventLoop", "CRabbitMQ", logging]),
        library("Postgres", in: "Wrappers", ["EventLoop", "CPostgres", logging]),
        library("Redis", in: "Wrappers", ["EventLoop", "CHiredis", crypto]),
        library("HTTPTransport", in: "Wrappers", ["CCurl", crypto, tracing]),
        library("Archive", in: "Wrappers", ["CArchive"]),

        // MARK: Words
        library("Contracts", in: "Words", [crypto]),
        library("Privacy", in: "Words", ["CLandmarks", crypto]),

        // MARK: Runtime
        library(
            "Telemetry", in: "Runtime",
            ["HTTPTransport", "Privacy", logging, coreMetrics, tracing, hummingbird, lifecycle]),
        library(
            "ConsumerRuntime", in: "Runtime",
            [
                "EventLoop", "AMQP", "Postgres", "Redis", "Contracts", "AuditTrail", "CircuitBreakers", "Consent",
                "Isolation", logging, metrics, tracing, lifecycle,
            ]),

        // MARK: Storage (the schema and the broker's topology, as data)
        library("Schema", in: "Storage", ["Postgres"], resources: [.embedInCode("Migrations")]),
        library("Topology", in: "Storage", ["AMQP", crypto], resources: [.embedInCode("Resources")]),

        // MARK: Gates
        library("AuditTrail", in: "Gates", ["Postgres", "Contracts", "Privacy", crypto]),
        library(
            "Alerts", in: "Gates", ["AuditTrail", "Postgres", "Contracts", "Privacy", crypto],
            resources: [.embedInCode("Resources")]),
        library("CircuitBreakers", in: "Gates", []),
        library("Consent", in: "Gates", ["Postgres", "Contracts"]),
        library("DownloadLinks", in: "Gates", ["Contracts", "Privacy", crypto]),
        library("Isolation", in: "Gates", ["Postgres", "Contracts"]),
        library("Passwords", in: "Gates", ["EventLoop", "Privacy", crypto, cryptoExtras]),
        library("Quotas", in: "Gates", ["Postgres", "Contracts", "Consent", "Isolation"]),
        library("RateLimits", in: "Gates", ["Redis", "Postgres", "Contracts"]),
        library("Ticks", in: "Gates", ["Postgres", "Contracts"]),
        library("TokenVault", in: "Gates", ["Contracts", "Privacy", crypto, cryptoExtras]),

        // MARK: Providers
        library("TwitterAPI", in: "Providers", ["HTTPTransport", "Contracts", "Privacy"]),
        library("AnthropicAPI", in: "Providers", ["HTTPTransport", "Contracts", "Privacy"]),
        library(
            "TwitterCalls", in: "Providers",
            [
                "TwitterAPI", "RateLimits", "CircuitBreakers", "AuditTrail", "Redis", "Postgres", "Contracts",
                "Privacy",
                crypto, metrics,
            ]),
        library("Notifiers", in: "Providers", ["Alerts", "HTTPTransport", "Contracts", "Privacy"]),
        library("ObjectStore", in: "Providers", ["EventLoop", "HTTPTransport", crypto]),

        // The gates that need a provider.
        library("ErasureLedger", in: "Gates", ["ObjectStore", "Postgres", "Contracts"]),

        // MARK: Wiring
        library(
            "Bootstrap", in: "Runtime",
            [
                "AMQP", "Postgres", "Redis", "HTTPTransport", "Telemetry", "ConsumerRuntime", "Contracts", "Privacy",
                "AuditTrail", "RateLimits", "TokenVault", "ObjectStore", "Alerts", "ErasureLedger", argumentParser,
                configuration, lifecycle, logging,
            ]),

        library("KeptFor", in: "Storage", ["Bootstrap", "Privacy"], resources: [.embedInCode("Resources")]),

        // MARK: Workflows
        library(
            "Ingestion", in: "Workflows",
            [
                "ConsumerRuntime", "Bootstrap", "CircuitBreakers", "Consent", "RateLimits", "TokenVault", "TwitterAPI",
                "TwitterCalls", "Postgres", "AuditTrail", "Contracts", "Privacy", "Isolation", "KeptFor",
            ]),
        library(
            "Analysis", in: "Workflows",
            [
                "ConsumerRuntime", "Bootstrap", "CircuitBreakers", "Consent", "AnthropicAPI", "Postgres", "AuditTrail",
                "Contracts", "Privacy", "Quotas", "RateLimits", "Redis", "Isolation", "KeptFor", crypto, logging,
            ]),
        library(
            "Export", in: "Workflows",
            [
                "ConsumerRuntime", "Bootstrap", "Archive", "EventLoop", "HTTPTransport", "Isolation", "ObjectStore",
                "DownloadLinks", "TokenVault", "Postgres", "AuditTrail", "Contracts", "Privacy", crypto,
            ], resources: [.embedInCode("Resources")]),
        library(
            "Monitoring", in: "Workflows",
            [
                "Alerts", "AuditTrail", "Bootstrap", "ConsumerRuntime", "AMQP", "Postgres", "Redis", "HTTPTransport",
                "Contracts", "Privacy", "Ticks", logging, metrics,
            ]),
        library(
            "Retention", in: "Workflows",
            [
                "ConsumerRuntime", "Bootstrap", "Consent", "Ticks", "ErasureLedger", "Export", "ObjectStore",
                "TwitterAPI", "TwitterCalls", "CircuitBreakers",
                "Postgres", "Redis", "AuditTrail", "Contracts", "Privacy", crypto, logging, metrics,
            ], resources: [.embedInCode("Resources")]),
        library(
            "Alerting", in: "Workflows",
            [
                "Alerts", "AuditTrail", "Notifiers", "Bootstrap", "ConsumerRuntime", "AMQP", "Postgres",
                "HTTPTransport",
                "Contracts", "Privacy", lifecycle, logging, metrics,
            ]),
        library("DeadLetters", in: "Workflows", ["Alerting", "AMQP", "Postgres", "AuditTrail", "Contracts"]),
        library(
            "Console", in: "Workflows",
            [
                "Bootstrap", "AMQP", "Postgres", "Contracts", "Privacy", "Alerts", "AuditTrail", "Alerting",
                "DeadLetters", "Passwords", "Scheduling", "Export", "DownloadLinks", "ObjectStore", "TokenVault",
                "HTTPTransport", "RateLimits", "Redis", crypto, cryptoExtras,
                hummingbird, mustache, lifecycle, logging,
            ],
            resources: [.embedInCode("Assets")]),
        library(
            "Scheduling", in: "Workflows",
            [
                "AuditTrail", "Bootstrap", "ConsumerRuntime", "AMQP", "Postgres", "Contracts", lifecycle, logging,
                metrics, tracing,
            ],
            resources: [.embedInCode("Resources")]),
        library("Sandbox", in: "Workflows", ["EventLoop", crypto, hummingbird, logging, argumentParser, lifecycle]),
        library(
            "OperatorCommands", in: "Workflows",
            [
                // What `repazoo run` runs, and the image holds.
                "Alerting", "Analysis", "Console", "Export", "Ingestion", "Scheduling", "Sandbox", "AnthropicAPI",
                "AuditTrail", "DeadLetters", "EventLoop", "Bootstrap", "Schema", "Topology", "AMQP", "Monitoring",
                "Alerts", "Retention",
                "Postgres", "Redis",
                "HTTPTransport", "Contracts", "Privacy", "TokenVault", "Passwords", argumentParser, logging,
            ]),

        // MARK: Programs
        program("repazoo", ["OperatorCommands"]),
        program("repazoo-ingest", ["Ingestion", "Bootstrap"]),
        program("repazoo-analyze", ["Analysis", "Bootstrap"]),
        program("repazoo-export", ["Export", "Bootstrap"]),
        program("repazoo-monitor", ["Monitoring", "Bootstrap"]),
        program("repazoo-retention", ["Retention", "Bootstrap"]),
        program("repazoo-alert", ["Alerting", "Bootstrap"]),
        program("repazoo-console", ["Console", "Bootstrap"]),
        program("repazoo-scheduler", ["Scheduling", "Bootstrap"]),
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
                "Retention", "Ingestion", "Analysis", "Bootstrap", "ConsumerRuntime", "Consent", "AuditTrail",
                "Contracts", "AMQP", "Postgres", "Redis", "EventLoop", "Privacy", "Schema", "TokenVault", "Topology",
                "Quotas", "Export", argumentParser, lifecycle, logging,
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
        suite("HTTPTransportTests", ["HTTPTransport", inMemoryTracing]),
        suite("ContractsTests", ["Contracts"]),
        .target(
            name: "PrivacyProperties", dependencies: ["Privacy"], path: "Tests/PrivacyProperties", swiftSettings: strict
        ),
        suite("PrivacyTests", ["Privacy", "PrivacyProperties"]),
        suite("TelemetryTests", ["Telemetry", "HTTPTransport", tracing]),
        suite("SchemaTests", ["Schema", "Postgres", crypto, logging]),
        suite("TopologyTests", ["Topology", "AMQP", "Contracts"]),
        suite(
            "CommandTests",
            [
                "OperatorCommands", "Bootstrap", "AMQP", "Postgres", "Redis", "Schema", "Contracts", "Topology",
                "Privacy", logging,
            ]),
        suite("GateTests", ["AuditTrail", "TokenVault", "Privacy", "Contracts"]),
        suite("RateLimitTests", ["RateLimits", "Redis", "Contracts"]),
        suite("ProviderTests", ["TwitterAPI", "AnthropicAPI", "HTTPTransport", "Contracts", "Privacy"]),
        suite(
            "TwitterCallsTests",
            [
                "HouseKit", "TwitterCalls", "TwitterAPI", "CircuitBreakers", "RateLimits", "Redis", "Postgres",
                "HTTPTransport", "Contracts", "Privacy",
            ]),
        suite(
            "RuntimeTests",
            [
                "AuditTrail", "CircuitBreakers", "ConsumerRuntime", "Contracts", "Analysis", "Ingestion", "Bootstrap",
                "AnthropicAPI", "Isolation", "Postgres", "Schema", "TwitterAPI", logging,
            ]),
        suite(
            "EndToEndTests",
            [
                "HouseKit", "AMQP", "Postgres", "HTTPTransport", "Contracts", "TokenVault", crypto, hummingbird,
                lifecycle, logging,
            ]),
        suite(
            "GuaranteeTests",
            [
                "HouseKit", "HTTPTransport", "AMQP", "Postgres", "Redis", "Contracts", "EventLoop", "Topology",
                "TokenVault", "Privacy", "RateLimits", "Quotas",
            ]),
        suite(
            "ExportTests",
            [
                "Export", "Console", "DownloadLinks", "ObjectStore", "Isolation", "Postgres", "Schema", "Contracts",
                "Privacy",
                logging,
            ]),
        suite("ObjectStoreTests", ["ObjectStore", "HTTPTransport"]),
        suite(
            "AnalysisTests",
            [
                "HouseKit", "Analysis", "AnthropicAPI", "CircuitBreakers", "RateLimits", "Redis", "HTTPTransport",
                "AMQP", "Postgres", "Schema",
                "Contracts", "Privacy", logging,
            ]),
        suite("TestKitTests", []),
        suite(
            "RetentionTests",
            [
                "Retention", "AuditTrail", "ErasureLedger", "KeptFor", "ObjectStore", "Ticks", "HTTPTransport",
                "TwitterAPI", "Postgres", "Redis", "Schema", "ConsumerRuntime",
                "Contracts", "Privacy", crypto, logging,
            ]),
        suite(
            "DeadLetterTests",
            [
                "Alerting", "DeadLetters", "OperatorCommands", "HouseKit", "AMQP", "Postgres", "Contracts", "Privacy",
                "Schema", "Topology", lifecycle, logging,
            ]),
        suite("DocumentTests", []),
        suite(
            "SchedulingTests",
            ["Scheduling", "HouseKit", "AMQP", "Postgres", "Contracts", "Schema", logging]),
        suite(
            "ConsoleTests",
            [
                "Console", "HouseKit", "AMQP", "Postgres", "HTTPTransport", "Contracts", "Passwords", "Privacy",
                "RateLimits", "Redis", crypto, cryptoExtras, hummingbird, logging,
            ]),
        suite(
            "AlertTests",
            [
                "Alerts", "Alerting", "Monitoring", "Notifiers", "Bootstrap", "HouseKit", "AMQP", "Postgres", "Schema",
                "HTTPTransport", "Contracts", "Privacy", "Isolation", "Redis", "EventLoop", logging,
            ]),
        suite("SandboxTests", ["Sandbox", "HTTPTransport", crypto, logging]),
    ]
)

// MARK: Fuzzing

// `make fuzz` builds with FUZZ=1: the privacy engine counts what it reaches, and libFuzzer brings the `main`.
if Context.environment["FUZZ"] != nil {
    for target in package.targets where ["Privacy", "PrivacyProperties"].contains(target.name) {
        target.swiftSettings = strict + [.unsafeFlags(["-sanitize=fuzzer"])]
    }
    package.targets.append(
        .executableTarget(
            name: "privacy-fuzz", dependencies: ["PrivacyProperties"], path: "Tests/PrivacyFuzz",
            swiftSettings: strict + [.unsafeFlags(["-sanitize=fuzzer", "-parse-as-library"])],
            linkerSettings: [.unsafeFlags(["-sanitize=fuzzer"])]))
}
