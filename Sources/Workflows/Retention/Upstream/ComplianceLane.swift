import CircuitBreakers
import Contracts
import FoundationEssentials
import Logging
import Postgres
import Redis
import TwitterAPI
import TwitterCalls

/// Asks X which of the stored posts and accounts are gone, and deletes those at once ("as soon as possible" by X's developer
/// agreement): deleted, protected, suspended, deactivated. Soft deletion and grace are not for these.
///
/// The ids go in runs, in their order; each run goes on where the one before ended, and starts again at the end. What a run asked is
/// noted when the ids are with X; its answer is fetched by the same tick or a later one. X being away, or its window for these
/// calls being full, keeps the rest of a tick from nothing.
struct ComplianceLane: Sendable {
    let client: ComplianceClient
    let calls: TwitterCalls
    let postgres: PostgresPool
    let policy: RetentionPolicy.Upstream
    let actor: String

    /// - Parameter asksAnew: False = only answers to earlier questions are fetched.
    func run(asksAnew: Bool, at now: Date, _ logger: Logger) async throws {
        do {
            try await fetchAll(at: now, logger)
            guard asksAnew else { return }
            for kind in ComplianceJob.Kind.allCases { try await submit(kind, at: now) }
            try await fetchAll(at: now, logger)
        } catch  where Self.isAnothersFault(error) {
            logger.warning(
                "what X says is gone cannot be settled now; the next tick tries again",
                metadata: ["error": "\(error)"])
        }
    }

    /// X, what leads there, or a post that is in use cannot be had now; nothing is wrong with us.
    private static func isAnothersFault(_ error: any Error) -> Bool {
        TwitterCalls.outcome(of: error, at: .now) != nil || error is CircuitOpen || error is RedisError
            || error is PostsInUse
    }

    // MARK: Asking

    private func submit(_ kind: ComplianceJob.Kind, at now: Date) async throws {
        let open = try await postgres.query(
            SQL("select count(*) as n from compliance_jobs where kind = \(kind.rawValue) and status = 'open'")
                .named("compliance_open"))[0]
        guard try open.decode(Int.self, "n") == 0 else { return }
        var last = try await place(of: kind)
        for _ in 0..<policy.jobsPerTick {
            let ids = try await ids(kind, after: last)
            guard let end = ids.last else { return }
            let job = try await calls.send(.compliance, for: nil) { await client.create(kind) }
            guard let address = job.uploadURL else { throw TwitterError.malformedAnswer("a job without an address") }
            try await client.upload(ids, to: address)
            let isLast = ids.count < policy.idsPerJob
            try await postgres.query(
                SQL(
                    """
                    insert into compliance_jobs (job_id, kind, ids, last_id, is_last, submitted_at)
                    values (\(job.id), \(kind.rawValue), \(ids.count), \(end), \(isLast), \(now))
                    """
                ).named("compliance_submit"))
            if isLast { return }
            last = end
        }
    }

    /// Behind which id the next run begins; '' = at the beginning.
    private func place(of kind: ComplianceJob.Kind) async throws -> String {
        let row = try await postgres.query(
            SQL(
                """
                select case when is_last then '' else last_id end as last from compliance_jobs
                where kind = \(kind.rawValue) and status <> 'failed' order by submitted_at desc, last_id desc limit 1
                """
            ).named("compliance_place")
        ).first
        return try row?.decode(String.self, "last") ?? ""
    }

    private func ids(_ kind: ComplianceJob.Kind, after last: String) async throws -> [String] {
        let query: SQL =
            switch kind {
            case .tweets:
                SQL(
                    """
                    select distinct tweet_id from twitter_data where tweet_id > \(last) and tweet_id ~ '^[0-9]{1,19}$'
                    order by tweet_id limit \(policy.idsPerJob)
                    """)
            case .users:
                SQL(
                    """
                    select distinct provider_user_id from oauth_tokens
                    where provider = 'twitter' and provider_user_id > \(last) and provider_user_id ~ '^[0-9]{1,19}$'
                    order by provider_user_id limit \(policy.idsPerJob)
                    """)
            }
        return try await postgres.query(query.named("compliance_ids")).map { try $0.decode(String.self, at: 0) }
    }

    // MARK: Answers

    private func fetchAll(at now: Date, _ logger: Logger) async throws {
        let rows = try await postgres.query(
            SQL("select job_id, kind from compliance_jobs where status = 'open' order by submitted_at, job_id")
                .named("compliance_jobs"))
        for row in rows {
            guard let kind = ComplianceJob.Kind(rawValue: try row.decode(String.self, "kind")) else { continue }
            try await fetch(try row.decode(String.self, "job_id"), kind, at: now, logger)
        }
    }

    private func fetch(_ id: String, _ kind: ComplianceJob.Kind, at now: Date, _ logger: Logger) async throws {
        let job = try await calls.send(.compliance, for: nil) { await client.job(id) }
        var found: [String: Int] = [:]
        switch (job.status, job.downloadURL) {
        case (.created, _), (.inProgress, _): return
        case (.failed, _), (.expired, _), (.complete, nil):
            logger.warning("a compliance job of X's came to nothing", metadata: ["status": "\(job.status)"])
            return try await settle(id, "failed", found, at: now)
        case (.complete, let address?):
            let deletion = UpstreamDeletion(postgres: postgres, actor: actor)
            try await client.verdicts(at: address) { verdicts in
                for verdict in verdicts { found[verdict.reason.rawValue, default: 0] += 1 }
                try await deletion.carryOut(verdicts, about: kind, at: now)
            }
            try await settle(id, "done", found, at: now)
            if !found.isEmpty {
                logger.info("what X says is gone is deleted", metadata: ["kind": "\(kind)", "found": "\(found)"])
            }
        }
    }

    private func settle(_ id: String, _ status: String, _ found: [String: Int], at now: Date) async throws {
        let json = JSONText(rawValue: JSONValue.object(found.mapValues { .integer($0) }).text)
        try await postgres.query(
            SQL(
                """
                update compliance_jobs set status = \(status), settled_at = \(now), found = \(json)::jsonb
                where job_id = \(id)
                """
            ).named("compliance_settle"))
    }
}
