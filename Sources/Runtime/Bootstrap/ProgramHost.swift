import AMQP
import ConsumerRuntime
import Glibc
import HTTPTransport
import Logging
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
        let program = Assembly.program
        var reader = SettingsReader()
        let settings = ProcessSettings.read(&reader, program: program)
        let servers = ServerSettings.read(
            &reader, program: program, connections: min(16, max(2, settings.concurrency / 2)),
            usesRedis: Assembly.usesRedis)
        var assembly = Assembly(reading: &reader)
        do throws(ConfigurationFaults) { try reader.finish() } catch {
            return ProgramEnd.complain("\(program): \(error)", .configuration)
        }
        adjust(&assembly)
        guard let house = ProgramHouse(program, settings, servers) else { return .configuration }
        do {
            try await serve(StartedService(house: house, make: assembly.service), house)
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
        if let health = settings.health {
            services.append(
                .init(service: HealthServer(host: health.host, port: health.port, readiness: house.readiness)))
        }
        services.append(.init(service: service, successTerminationBehavior: .gracefullyShutdownGroup))
        var logger = house.logger
        logger.logLevel = .warning
        var configuration = ServiceGroupConfiguration(
            services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        configuration.maximumGracefulShutdownDuration = settings.shutdownGrace + .seconds(10)
        let impatience = Impatience(program: house.program)
        defer { impatience.end() }
        try await ServiceGroup(configuration: configuration).run()
    }
}

/// Reaches the servers, then is the program's service. Within the group, so that a signal during a long start ends it cleanly.
private struct StartedService: Service {
    let house: ProgramHouse
    let make: @Sendable (ProgramClients) throws -> any Service

    init(house: ProgramHouse, make: @escaping @Sendable (ProgramClients) throws -> any Service) {
        self.house = house
        self.make = make
    }

    func run() async throws {
        do {
            try await cancelWhenGracefulShutdown { try await house.reachServers() }
        } catch  where Task.isShuttingDownGracefully {
            return
        }
        try await make(house.clients).run()
    }
}
