import Contracts
import FoundationEssentials
import Postgres
import TwitterAPI

/// Somebody held posts for longer than they are waited for. What X said of them is not settled: it is asked again.
struct PostsInUse: Error, CustomStringConvertible {
    let description = "posts that are gone at X are in use here"
}

/// Deletes what X says is gone: the post, for whomever it is stored; or every post of an account. Under a legal hold it is only
/// taken out of use.
struct UpstreamDeletion: Sendable {
    let postgres: PostgresPool
    let actor: String

    /// How often rows that others hold are waited for, a little longer each time: half a minute in all.
    var patience = 50

    func carryOut(_ verdicts: [ComplianceVerdict], about kind: ComplianceJob.Kind, at now: Date) async throws {
        let gone = verdicts.filter { $0.reason != .scrubGeo }.map(\.id)
        let moved = verdicts.filter { $0.reason == .scrubGeo }.map(\.id)
        switch kind {
        case .tweets: try await delete("r.tweet_id = any (\(gone)::text[])", at: now)
        case .users:
            try await delete(
                """
                r.user_id in (
                    select user_id from oauth_tokens where provider = 'twitter' and provider_user_id = any (\(gone)::text[]))
                """, at: now)
        }
        if kind == .tweets { try await scrub(moved) }
    }

    /// As a sweep's batch (`SweepBatch`): chains first, rows that nobody holds, until none is left, however many there are.
    private func delete(_ condition: Fragment, at now: Date) async throws {
        var waits = 0
        while waits < patience {
            let row = try await postgres.query(statement(condition, at: now))[0]
            if try row.decode(Int.self, "found") == 0 { return }
            if try row.decode(Int.self, "done") > 0 { continue }
            waits += 1
            try await Task.sleep(for: .milliseconds(20 * waits))
        }
        throw PostsInUse()
    }

    private func statement(_ condition: Fragment, at now: Date) -> SQL {
        let held: Fragment = """
            r.user_id = any (array(
                select user_id from legal_holds
                where category in ('all', 'tweets') and released_at is null and expires_at > \(now)))
            """
        return SQL(
            """
            with due as materialized (
                select r.ctid as place, r.user_id as chain from twitter_data r
                where \(condition) and not (\(held) and r.deleted_at is not null) order by r.user_id limit 1000
            ), chains as materialized (
                select lock_chains(array(select distinct chain from due)) as number
            ), locked as materialized (
                select r.ctid as place, \(held) as is_held from twitter_data r
                where r.ctid = any (array(select place from due, chains)) for update of r skip locked
            ), gone as (
                delete from twitter_data r where r.ctid = any (array(select place from locked where not is_held))
                returning r.user_id as chain
            ), kept as (
                update twitter_data r set deleted_at = \(now)
                where r.ctid = any (array(select place from locked where is_held)) returning r.user_id as chain
            ), counted as (
                select chain, count(*) as n from (select chain from gone union all select chain from kept) as taken
                group by chain order by chain
            )
            select (select count(*) from due) as found, coalesce(sum(n), 0)::bigint as done,
                   audit_append_many(
                       coalesce(array_agg(\(actor)::text), '{}'), coalesce(array_agg(chain), '{}'),
                       coalesce(array_agg('upstream.delete'::text), '{}'), coalesce(array_agg('done'::text), '{}'),
                       coalesce(array_agg(jsonb_build_object('table', 'twitter_data', 'rows', n)), '{}')) as audited
            from counted
            """
        ).named("upstream_delete")
    }

    /// We keep no places (`TweetDecoder`); should one ever get in, it goes here.
    private func scrub(_ ids: [String]) async throws {
        guard !ids.isEmpty else { return }
        try await postgres.query(
            SQL(
                """
                update twitter_data set metrics = metrics - 'geo' - 'place' - 'coordinates'
                where tweet_id = any (\(ids)::text[]) and metrics ?| array['geo', 'place', 'coordinates']
                """
            ).named("upstream_scrub"))
    }
}
