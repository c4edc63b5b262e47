import Contracts
import Postgres

/// The table `dead_letters`, as the alert consumer writes it.
struct DeadLetterTable: Sendable {
    enum Entry: Equatable, Sendable { case added, known }

    let postgres: PostgresPool

    /// Returns when the letter is committed. Throws only what is no fault of the row: an outage, or a schema that is
    /// not this release's; then the same call later is right.
    func store(_ letter: DeadLetter) async throws -> Entry {
        var refusal: (any Error)?
        for remainder in letter.remainders {
            do { return try await insert(remainder) } catch {
                guard RowRefusal.explains(error) else { throw error }
                refusal = error
            }
        }
        throw refusal ?? PostgresUnusable()
    }

    /// Whether the table is there and can be asked.
    func probe() async throws {
        try await postgres.query(SQL("select code, replayable, deaths from dead_letters limit 0").named("dead_probe"))
    }

    /// 1. A death that is recorded already, even if its row is settled meanwhile, adds nothing: the broker delivers at
    /// least once. 2. A later death of a message whose row is still new brings that row up to date. 3. Otherwise, a new
    /// row.
    private func insert(_ letter: DeadLetter) async throws -> Entry {
        let headers = JSONText(rawValue: Contracts.JSONValue.object(letter.headers).text)
        let result = try await postgres.query(
            SQL(
                """
                insert into dead_letters
                    (queue, message_id, reason, code, body, user_id, headers, died_at, replayable)
                select \(letter.queue.rawValue), \(letter.messageID?.rawValue)::text, \(letter.reason.rawValue),
                       \(letter.code)::text, \(letter.body)::text, \(letter.userID?.rawValue)::text, \(headers)::jsonb,
                       \(letter.diedAt)::timestamptz, \(letter.isReplayable)::boolean
                where not exists (
                    select from dead_letters
                    where queue = \(letter.queue.rawValue) and died_at = \(letter.diedAt)::timestamptz
                      and message_id is not distinct from \(letter.messageID?.rawValue)::text
                      and (message_id is not null or body is not distinct from \(letter.body)::text))
                on conflict (queue, message_id) where status = 'new' do update
                set reason = excluded.reason, code = excluded.code, body = excluded.body, user_id = excluded.user_id,
                    headers = excluded.headers, died_at = excluded.died_at, replayable = excluded.replayable,
                    deaths = least(dead_letters.deaths, 1000000) + 1,
                    alert_id = null
                where \(letter.isTimeKnown)::boolean and excluded.died_at > dead_letters.died_at
                """
            ).named("dead_letter"))
        return result.affected > 0 ? .added : .known
    }
}

/// Cannot happen: a letter has remainders.
struct PostgresUnusable: Error {}
