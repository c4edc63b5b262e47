import FoundationEssentials
import Logging
import Postgres
import RateLimits
import Redis
import ServiceLifecycle
import Synchronization

/// Looks every five seconds at how much of the providers' limits is taken, which the consumers keep in Redis. Which providers there
/// are, and what a cap on usage forbids, is in PostgreSQL (`provider_activity`). The console works without Redis: then it says so.
final class WindowWatch: Service {
    private static let interval = Duration.seconds(5)
    /// Every word that `OrganisationLimits.modelClass` knows; other models are classes of their own.
    private static let classes = ["opus", "sonnet", "haiku", "fable"]

    /// What the consumers are told too, as the limits are not in Redis.
    struct Limits: Sendable {
        var app = RateLimit.twitterApp
        var organisation = OrganisationLimits()
    }

    /// One limit.
    struct Line: Sendable {
        /// `X`, `Anthropic, sonnet`.
        let name: String
        let standing: RateStanding?
        /// Until then the provider's cap on usage forbids every call.
        let cappedUntil: Date?
    }

    struct Picture: Sendable {
        var lines: [Line] = []
        /// Why Redis cannot be looked at; nil when all is well.
        var problem: String?
    }

    private let redis: RedisClient?
    private let postgres: PostgresPool
    private let limits: Limits
    private let logger: Logger
    private let state = Mutex(Picture())

    /// - Parameter redis: Nil = windows are not shown.
    init(redis: RedisClient?, postgres: PostgresPool, limits: Limits, logger: Logger) {
        self.redis = redis
        self.postgres = postgres
        self.limits = limits
        self.logger = logger
    }

    var picture: Picture { state.withLock { $0 } }

    func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            while !Task.isCancelled {
                await look()
                try? await Task.sleep(for: Self.interval)
            }
        }
        await redis?.close()
    }

    func look() async {
        do {
            let lines = try await lines()
            state.withLock { $0 = Picture(lines: lines) }
        } catch is CancellationError {
        } catch {
            let isNew = state.withLock { picture in
                defer { picture.problem = "\(error)" }
                return picture.problem == nil
            }
            if isNew { logger.warning("the rate windows cannot be looked at", metadata: ["error": "\(error)"]) }
        }
    }

    private func lines() async throws -> [Line] {
        let rows = try await postgres.query(
            SQL(
                """
                select provider, case when capped_until > now() then capped_until end as capped_until from provider_activity
                where active_until > now() - interval '1 day' or capped_until > now() order by provider limit 20
                """
            ).named("console_providers"))
        var lines: [Line] = []
        for row in rows {
            let (provider, capped) = (
                try row.decode(String.self, "provider"), try row.decode(Date?.self, "capped_until")
            )
            if provider.hasPrefix("twitter:") {
                let standing = try await read { try await RateStanding.app(of: provider, limit: limits.app, in: $0) }
                lines.append(Line(name: ProviderName.words(provider), standing: standing, cappedUntil: capped))
            } else {
                lines += try await classes(of: provider, capped)
            }
        }
        return lines
    }

    private func classes(of provider: String, _ capped: Date?) async throws -> [Line] {
        var lines: [Line] = []
        for name in Self.classes {
            let limits = limits.organisation.limits(of: name)
            let standing = try await read {
                try await RateStanding.modelClass(name, of: provider, limits: limits, in: $0)
            }
            guard let standing else { continue }
            lines.append(
                Line(name: "\(ProviderName.words(provider)), \(name)", standing: standing, cappedUntil: capped))
        }
        return lines.isEmpty ? [Line(name: ProviderName.words(provider), standing: nil, cappedUntil: capped)] : lines
    }

    private func read(_ look: (RedisClient) async throws -> RateStanding?) async throws -> RateStanding? {
        guard let redis else { return nil }
        return try await look(redis)
    }
}
