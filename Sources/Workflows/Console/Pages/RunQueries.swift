import Contracts
import FoundationEssentials
import Postgres

/// A message that is done with, or dead: a row on the page of runs.
struct RunRow: Sendable {
    let consumer: String
    let messageID: String
    /// `done`, `refused`, `dead`.
    let outcome: String
    let reason: String?
    let user: UserID?
    let askedBy: String?
    let attempt: Int
    let receivedAt: Date?
    let endedAt: Date

    init(_ row: PostgresRow) throws {
        consumer = try row.decode(String.self, "consumer")
        messageID = try row.decode(String.self, "message_id")
        outcome = try row.decode(String.self, "outcome")
        reason = try row.decode(String?.self, "reason")
        user = try row.decode(String?.self, "user_id").flatMap { UserID($0) }
        askedBy = try row.decode(String?.self, "asked_by")
        attempt = try row.decode(Int.self, "attempt")
        receivedAt = try row.decode(Date?.self, "received_at")
        endedAt = try row.decode(Date.self, "ended_at")
    }
}

/// Which runs are asked for.
struct RunFilter: Sendable {
    static let pageSize = 50

    var consumer: ConsumerName?
    /// `done`, `refused` or `dead`.
    var outcome: String?
    /// A message id or the whole id of a user.
    var search: String?
    /// The place behind which the page begins: that of the last run of the page before.
    var before: Place?

    /// Runs that were committed together ended at the same moment: the id tells them apart.
    struct Place: Sendable {
        let time: Date
        let messageID: String
    }

    static let outcomes = ["done", "refused", "dead"]

    init(_ form: ConsoleForm) {
        consumer = form["consumer"].flatMap { ConsumerName(rawValue: $0) }
        outcome = form["outcome"].flatMap { Self.outcomes.contains($0) ? $0 : nil }
        search = form["search"].map { String($0.prefix(128)) }
        before = form["before"].flatMap { RFC3339.date($0) }.map { Place(time: $0, messageID: form["id"] ?? "") }
    }

    /// The parts of the address that say the same, without the place.
    var query: String {
        [
            ("consumer", consumer?.rawValue), ("outcome", outcome), ("search", search),
        ].compactMap { name, value in value.map { "\(name)=\(ConsoleForm.encoded($0))" } }.joined(separator: "&")
    }
}

enum RunQueries {
    /// The newest first. Each half reads an index backwards and stops at a page's length, so a page costs the same with a million
    /// runs as with a hundred. Planned anew each time: which index serves depends on which filters are set.
    static func page(_ filter: RunFilter, in postgres: PostgresPool) async throws -> [RunRow] {
        var rows: [RunRow] = []
        if filter.outcome != "dead" {
            rows += try await postgres.query(ended(filter).named("console_runs").unprepared()).map { try RunRow($0) }
        }
        if filter.outcome == nil || filter.outcome == "dead" {
            rows += try await postgres.query(dead(filter).named("console_dead_runs").unprepared()).map {
                try RunRow($0)
            }
        }
        return Array(rows.sorted(by: isNewer).prefix(RunFilter.pageSize + 1))
    }

    private static func isNewer(_ left: RunRow, _ right: RunRow) -> Bool {
        (left.endedAt, left.messageID) > (right.endedAt, right.messageID)
    }

    private static let endOfTime = Date(timeIntervalSince1970: 253_402_300_799)

    private static func ended(_ filter: RunFilter) -> SQL {
        let (consumer, subject) = (filter.consumer?.rawValue, filter.subject)
        // A message is looked for at every consumer, as that is how receipts are filed.
        let consumers = subject.message == nil ? nil : ConsumerName.allCases.map(\.rawValue)
        let (time, id) = (filter.before?.time ?? endOfTime, filter.before?.messageID ?? "")
        return SQL(
            """
            select consumer, message_id, outcome, reason, user_id, asked_by, coalesce(attempt, 1) as attempt, received_at,
                   completed_at as ended_at
            from receipts
            where completed_at <= \(time) and (completed_at < \(time) or message_id collate "C" < \(id))
              and (\(consumer)::text is null or consumer = \(consumer))
              and (\(filter.outcome)::text is null or outcome = \(filter.outcome))
              and (\(consumers)::text[] is null or consumer = any(\(consumers)))
              and (\(subject.message)::text is null or message_id = \(subject.message))
              and (\(subject.user)::text is null or user_id = \(subject.user))
            order by completed_at desc, message_id collate "C" desc limit \(RunFilter.pageSize + 1)
            """)
    }

    private static func dead(_ filter: RunFilter) -> SQL {
        let (consumer, subject) = (filter.consumer?.rawValue, filter.subject)
        let queues =
            subject.message == nil ? nil : ConsumerName.allCases.flatMap { [$0.queue, $0.deadQueue] }.map(\.rawValue)
        let (time, id) = (filter.before?.time ?? endOfTime, filter.before?.messageID ?? "")
        return SQL(
            """
            select coalesce(nullif(regexp_replace(queue, '^repazoo\\.|\\.dead$', '', 'g'), ''), queue) as consumer,
                   coalesce(message_id, '') as message_id, 'dead' as outcome, reason || coalesce(': ' || code, '') as reason,
                   user_id, null::text as asked_by, greatest(deaths, 1) as attempt, null::timestamptz as received_at,
                   died_at as ended_at
            from dead_letters
            where died_at <= \(time) and (died_at < \(time) or coalesce(message_id, '') collate "C" < \(id))
              and (\(consumer)::text is null or queue in ('repazoo.' || \(consumer), 'repazoo.' || \(consumer) || '.dead'))
              and (\(queues)::text[] is null or queue = any(\(queues)))
              and (\(subject.message)::text is null or message_id = \(subject.message))
              and (\(subject.user)::text is null or user_id = \(subject.user))
            order by died_at desc, coalesce(message_id, '') collate "C" desc limit \(RunFilter.pageSize + 1)
            """)
    }
}

extension RunFilter {
    /// Whom or what is searched for: what has the form of a message's id is one.
    fileprivate var subject: (message: String?, user: String?) {
        let message = search.flatMap { MessageID($0)?.rawValue }
        return (message, message == nil ? search : nil)
    }
}
