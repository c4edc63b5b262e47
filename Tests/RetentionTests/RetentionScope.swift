import AuditTrail
import Contracts
import Foundation
import HTTPTransport
import Logging
import ObjectStore
import Postgres
import Privacy
import Redis
import Schema
import TestKit

@testable import ConsumerRuntime
@testable import Retention

/// A migrated schema, an object store and a Redis of a test's own.
struct RetentionScope: Sendable {
    let postgres: PostgresPool
    let redis: RedisClient
    let store: any ObjectStore
    let folder: String
    private let name: String

    /// Of 32 bytes that mean nothing.
    static func keys() throws -> AuditKeys {
        try AuditKeys(SecretString(Data((1...32).map { UInt8($0) }).base64EncodedString()))
    }

    static func with(_ body: (RetentionScope) async throws -> Void) async throws {
        let name = uniqueName("retention")
        let folder = FileManager.default.temporaryDirectory.path + "/" + name
        let scope = RetentionScope(
            postgres: try pool(name),
            redis: RedisClient(try RedisConfiguration(url: SharedServers.address(of: .redis))),
            store: ObjectStoreSettings.folder(folder).store(http: HTTPClient()), folder: folder, name: name)
        do {
            try await scope.postgres.query("create schema \(identifier: name)")
            _ = try await Migrator(postgres: scope.postgres).apply()
            try await body(scope)
        } catch {
            await scope.remove()
            throw error
        }
        await scope.remove()
    }

    func anotherPool() throws -> PostgresPool { try Self.pool(name) }

    private static func pool(_ schema: String) throws -> PostgresPool {
        PostgresPool(
            configuration: PostgresConfiguration(
                url: try SharedServers.address(of: .postgres), maxConnections: 6, applicationName: "retention-tests",
                acquireTimeout: .seconds(30), settings: ["timezone": "UTC", "search_path": schema]),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    private func remove() async {
        _ = try? await postgres.query("drop schema if exists \(identifier: name) cascade")
        await postgres.close()
        await redis.close()
        try? FileManager.default.removeItem(atPath: folder)
    }

    var office: RetentionOffice {
        get throws {
            RetentionOffice(
                postgres: postgres, redis: redis, store: store, keys: try Self.keys(), actor: "repazoo-retention")
        }
    }

    // MARK: What is there

    /// A user who consented, and is active, at `time`.
    func addUser(_ id: String, at time: Date) async throws {
        try await postgres.atomically([
            """
            insert into users (id, handle, display_name, email, created_at, last_active_at)
            values (\(id), 'canaryhandle', 'Canary Person', 'canary@example.org', \(time), \(time))
            """,
            """
            insert into oauth_tokens (user_id, provider_user_id, access_token, refresh_token, consented_at)
            values (\(id), '77', 'canary-token', 'canary-refresh', \(time))
            """,
            "insert into subscriptions (user_id, tier, status) values (\(id), 'pro', 'active')",
        ])
    }

    /// So many tweets, numbered from `first`.
    func addTweets(
        _ count: Int, of user: String, retainUntil: Date, deletedAt: Date? = nil, from first: Int = 1
    ) async throws {
        try await postgres.query(
            SQL(
                """
                insert into twitter_data (user_id, tweet_id, text, retain_until, deleted_at)
                select \(user), n::text || substr(md5(\(user)), 1, 4), 'canary tweet', \(retainUntil), \(deletedAt)
                from generate_series(\(first)::integer, \(first + count - 1)::integer) n
                """))
    }

    func addAnalysis(of user: String, createdAt: Date, retainUntil: Date, deletedAt: Date? = nil) async throws {
        try await postgres.query(
            SQL(
                """
                insert into analyses (user_id, message_id, kind, model, sentiment, score, result, tweets_analyzed, input_tokens,
                                      output_tokens, created_at, retain_until, deleted_at)
                values (\(user), gen_random_uuid()::text, 'sentiment', 'm', 'neutral', 0, '{"summary":"canary"}', 1, 1, 1,
                        \(createdAt), \(retainUntil), \(deletedAt))
                """))
    }

    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// A tick as the runtime hands it to the workflow.
    func tick(at slot: Date) -> Job<RetentionRequest> {
        Job(
            consumer: .retention,
            envelope: Envelope(messageID: .random(), type: .tick, timestamp: slot, routingKey: .retention),
            request: .tick(Tick(schedule: "retention", slot: slot)), now: slot, user: nil, diary: RunDiary(),
            programLogger: logger)
    }

    func number(_ sql: SQL) async throws -> Int { try await postgres.query(sql)[0].decode(Int.self, at: 0) }

    /// Runs every step as of `slot`; what was done, by rule and table.
    @discardableResult
    func sweep(_ policy: RetentionPolicy, at slot: Date, share: SweepBatch.Share? = nil) async throws -> [String: Int] {
        var done: [String: Int] = [:]
        for step in SweepStep.all(of: policy, at: slot) {
            let sweep = Sweep(
                step, at: slot, actor: "repazoo-retention", in: postgres, until: .now + .seconds(60),
                logger: logger)
            let report = try await sweep.run(share: share)
            done["\(step.table.rawValue).\(step.name)"] = report.rows
        }
        return done
    }
}

extension Date {
    /// Midday of some day.
    static let day = Date(timeIntervalSince1970: 1_790_000_000)

    func days(_ count: Int, seconds: Int = 0) -> Date { self + Double(count * 86400 + seconds) }
}
