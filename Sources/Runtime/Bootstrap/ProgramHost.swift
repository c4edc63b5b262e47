import AMQP
import ConsumerRuntime
import Glibc
import HTTPTransport
import Logging
import ObjectStore
import Postgres
import Redis
import ServiceLifecycle
import Telemetry

/// Runs a long-running program: reads the environment, connects, works until SIGTERM or SIGINT, and says in its exit code how
/// it ended. A second signal ends it at once.
public enum ProgramHost {
    /// - Parameter adjust: Changes the assembly after it has read its settings; for drills.
    public static func run<Assembly: ProgramAssembly>(
        _: Assembly.Type, adjust: (inout Assembly) -> Void = { _ in }
    ) async -> ExitCode {
        await run(as: Assembly.program, usesRedis: Assembly.usesRedis) { reader in
            var assembly = Assembly(reading: &reader)
            adjust(&assembly)
            return [assembly]
        }
    }

    /// Runs several programs in one process: they share the clients, the health server and the signals, and end together.
    public static func run(together assemblies: [any ProgramAssembly.Type], as program: String) async -> ExitCode {
        await run(as: program, usesRedis: assemblies.contains { $0.usesRedis }) { reader in
            var read: [any ProgramAssembly] = []
            for assembly in assemblies { read.append(assembly.init(reading: &reader)) }
            return read
        }
    }

    private static func run(
        as program: String, usesRedis: Bool, _ read: (inout SettingsReader) -> [any ProgramAssembly]
    ) async -> ExitCode {
        var reader = SettingsReader()
        let settings = ProcessSettings.read(&reader, program: program)
        let servers = ServerSettings.read(
            &reader, program: program, connections: min(16, max(2, settings.concurrency / 2)), usesRedis: usesRedis)
        let store = reader.ledgerStore()
        let assemblies = read(&reader)
        do throws(ConfigurationFaults) { try reader.finish() } catch {
            return ProgramEnd.complain("\(program): \(error)", .configuration)
        }
        let members = assemblies.map { type(of: $0).program }
        guard let house = ProgramHouse(program, settings, servers, members: members) else { return .configuration }
        do {
            try await serve(StartedService(house: house, ledgerStore: store, assemblies: assemblies), house)
        } catch {
            await house.close(grace: .zero)
            return ProgramEnd.explain(error, program)
        }
        await house.close(grace: .seconds(5))
        return .done
    }

    private static func serve(_ service: some Service, _ house: ProgramHouse) async throws {
        let settings = house.settings
        var services: [ServiceGroupConfiguration.ServiceConfiguration] = []
        // The first of them is the last to stop: the spans of a program's end are sent too.
        if let traces = house.traces { services.append(.init(service: traces)) }
        if let health = settings.health {
            let gauges = PoolGauges(postgres: house.clients.postgres)
            let server = HealthServer(
                host: health.host, port: health.port, readiness: house.readiness, refresh: { await gauges.refresh() })
            services.append(.init(service: server))
        }
        services.append(.init(service: house.pulse))
        services.append(.init(service: service, successTerminationBehavior: .gracefullyShutdownGroup))
        var logger = house.logger
        logger.logLevel = .warning
        var configuration = ServiceGroupConfiguration(services: services, logger: logger)
        configuration.maximumGracefulShutdownDuration = settings.shutdownGrace + .seconds(10)
        let group = ServiceGroup(configuration: configuration)
        let signals = EndingSignals(program: house.program) { Task { await group.triggerGracefulShutdown() } }
        defer { signals.end() }
        try await group.run()
    }
}

/// Reaches the servers, then is the program's service, or those of several. Within the group, so that a signal during a long start
/// ends it cleanly.
private struct StartedService: Service {
    let house: ProgramHouse
    let ledgerStore: ObjectStoreSettings?
    let assemblies: [any ProgramAssembly]

    func run() async throws {
        do {
            try await cancelWhenGracefulShutdown {
                try await house.reachServers()
                try await house.checkLedger(in: ledgerStore)
            }
        } catch  where Task.isShuttingDownGracefully {
            return
        }
        // The first that fails ends the others; all hear of a graceful shutdown.
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (assembly, clients) in zip(assemblies, house.clientsOfMembers) {
                let service = try assembly.service(clients)
                group.addTask { try await service.run() }
            }
            try await group.waitForAll()
        }
    }
}
