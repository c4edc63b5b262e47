import Alerts
import Contracts
import FoundationEssentials
import Logging
import Postgres

/// Counts stored dead letters in alerts: one alert for each queue, reason and kind of error, whatever their number.
///
/// A letter is counted once, in the transaction that writes its alert's id to it; so it may be done by any number of copies, and a
/// crash costs nothing. Storing a letter waits for none of it.
struct DeadLetterCounter: Sendable {
    private static let batch = 2000
    /// Whoever makes up a new kind of error for each letter gets one alert for all that come after the first so many.
    private static let kindsPerCause = 20

    let keeper: AlertKeeper
    let logger: Logger
    let bell: Bell
    let onPosted: @Sendable () -> Void

    /// Counts after each ring of the bell and every 10 s, for as long as it runs.
    func run() async {
        while !Task.isCancelled {
            do {
                while try await countBatch() >= Self.batch {}
            } catch {
                logger.debug("dead letters cannot be counted now", metadata: ["error": "\(error)"])
            }
            await bell.wait(.seconds(10))
        }
    }

    /// Returns how many it has counted.
    func countBatch() async throws -> Int {
        for attempt in 1... {
            do {
                let count = try await keeper.postgres.transaction { (transaction) async throws -> Int in
                    try await self.count(in: transaction)
                }
                if count > 0 { onPosted() }
                return count
            } catch let error as PostgresError where AlertKeeper.isRace(error) && attempt < 5 {}
        }
        return 0
    }

    private func count(in transaction: PostgresTransaction) async throws -> Int {
        let groups = try await transaction.query(
            SQL(
                """
                with taken as materialized (
                    select id, queue, reason, dead_letter_kind(code) as kind from dead_letters
                    where alert_id is null and status = 'new' order by stored_at limit \(Self.batch)
                    for update skip locked
                )
                select queue, reason, kind, array_agg(id) as ids from taken group by queue, reason, kind
                order by queue, reason, kind
                """
            ).named("dead_uncounted"))
        var total = 0
        for row in groups {
            let ids = try row.decode([String].self, "ids")
            let group = try await bounded(
                DeadLetterGroup(
                    queue: row.decode(String.self, "queue"), reason: row.decode(String.self, "reason"),
                    kind: row.decode(String.self, "kind")), transaction)
            let id = try await see(group, count: ids.count, transaction)
            try await transaction.query(
                SQL("update dead_letters set alert_id = \(id ?? "") where id = any (\(ids)::text[])").named(
                    "dead_counted"))
            total += ids.count
        }
        return total
    }

    private func see(
        _ group: DeadLetterGroup, count: Int, _ transaction: PostgresTransaction
    ) async throws -> String? {
        guard let rule = group.rule(keeper.rules) else { return nil }
        return try await keeper.see(
            AlertKeeper.Sighting(
                rule: rule, subject: group.subject, sight: .firing(times: count), value: nil, detail: group.detail),
            in: transaction
        ).id
    }

    private func bounded(_ group: DeadLetterGroup, _ transaction: PostgresTransaction) async throws -> DeadLetterGroup {
        guard let rule = group.rule(keeper.rules) else { return group }
        let beginning = "\(group.queue) \(group.reason) "
        let living = try await transaction.query(
            """
            select count(*) as living, coalesce(bool_or(subject = \(group.subject)), false) as known from alerts
            where rule = \(rule.name) and status <> 'resolved' and starts_with(subject, \(beginning))
            """)[0]
        let isKnown = try living.decode(Bool.self, "known")
        return try isKnown || living.decode(Int.self, "living") < Self.kindsPerCause ? group : group.ofOtherKind
    }
}

/// What makes dead letters one kind.
struct DeadLetterGroup: Equatable, Sendable {
    let queue: String
    let reason: String
    let kind: String

    var ofOtherKind: DeadLetterGroup { DeadLetterGroup(queue: queue, reason: reason, kind: "other") }

    var subject: String { "\(queue) \(reason) \(kind)" }

    var detail: [String: JSONValue] { ["queue": .string(queue), "reason": .string(reason), "kind": .string(kind)] }

    /// A prompt that was stopped is more than a dead letter.
    func rule(_ rules: AlertRules) -> AlertRule? {
        if kind == FailureReason.privacyCheck.rawValue, let rule = rules.rules(of: .promptFailures).first {
            return rule
        }
        return rules.deadLetters(of: reason)
    }
}
