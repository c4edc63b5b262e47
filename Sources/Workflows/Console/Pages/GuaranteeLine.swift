import Contracts
import FoundationEssentials
import Postgres

/// One of the twelve guarantees, and what the running system itself says of it. A test suite of that name holds each at every release;
/// this is what the last look at the data found, and when that was.
struct GuaranteeLine {
    /// A check that is older says nothing of now.
    static let patience: TimeInterval = 1800

    let number: Int
    let name: String
    /// `holds`, `broken`, `unknown`.
    let state: String
    let words: String
    let how: String
    let checked: Moment?

    static func all(_ desk: ConsoleDesk) async throws -> [GuaranteeLine] {
        let rows = try await desk.postgres.query(
            SQL("select guarantee, faults, checked_at from guarantee_checks").named("console_guarantees"))
        var found: [Int: (faults: Int, at: Date)] = [:]
        for row in rows {
            found[try row.decode(Int.self, "guarantee")] = (
                try row.decode(Int.self, "faults"), try row.decode(Date.self, "checked_at")
            )
        }
        let queues = desk.queues.picture
        if let unroutable = queues.unroutable, let at = queues.lookedAt { found[1] = (unroutable, at) }
        return checks.map { GuaranteeLine($0, found[$0.number], now: desk.now()) }
    }

    private init(_ check: Check, _ found: (faults: Int, at: Date)?, now: Date) {
        number = check.number
        name = check.name
        how = check.how
        checked = Moment(found?.at, now: now)
        switch found {
        case nil: (state, words) = ("unknown", "not checked yet")
        case let (_, at)? where now.timeIntervalSince(at) > Self.patience: (state, words) = ("unknown", "not known now")
        case (0, _)?: (state, words) = ("holds", "holds")
        case let (count, _)?: (state, words) = ("broken", "\(count) × \(check.trouble)")
        }
    }

    private struct Check {
        let number: Int
        let name: String
        let trouble: String
        let how: String
    }

    private static let checks: [Check] = [
        Check(
            number: 1, name: "Nothing accepted is lost", trouble: "an unroutable message",
            how: "no message lies in repazoo.unroutable"),
        Check(
            number: 2, name: "Once in effect", trouble: "protection missing",
            how: "the keys stand by which the database refuses a second receipt, and a second analysis, of one message"),
        Check(
            number: 3, name: "No personal data leaves in a prompt", trouble: "a prompt stopped",
            how: "no message died of a failed privacy check in 30 days, and no alert of such is open"),
        Check(
            number: 4, name: "Nothing personal in the dark corners", trouble: "something personal",
            how:
                "no dead letter, alert or audit entry of the last day holds what looks like an address, a key or a token; no alert of such is open"
        ),
        Check(
            number: 5, name: "Rate limits hold", trouble: "a violation",
            how: "no call in 24 hours that we counted as allowed was one too many for the provider (its 429)"),
        Check(
            number: 6, name: "Quota is strict", trouble: "a month that does not add up",
            how: "no user's month is over its quota, and none has more analyses than it was charged for"),
        Check(
            number: 7, name: "Consent rules", trouble: "a user analysed after consent ended",
            how: "no analysis is younger than the end of its user's consent"),
        Check(
            number: 8, name: "Erased stays erased", trouble: "an erased user with data",
            how: "no erased user has tweets, analyses or tokens"),
        Check(
            number: 9, name: "The audit trail is complete and tamper-evident", trouble: "a fault in the trail",
            how:
                "the hashes of the entries of the last ten minutes were made anew and fit; no alert of the hourly look is open. Of the whole: repazoo audit verify"
        ),
        Check(
            number: 10, name: "Isolation", trouble: "a table without row security",
            how: "row-level security is on for every table with users' content"),
        Check(
            number: 11, name: "Tokens are safe", trouble: "a token in the clear",
            how: "every stored token has the form of Fernet text"),
        Check(
            number: 12, name: "A tick runs once per slot", trouble: "a slot run twice",
            how: "no slot of a schedule was published under two messages, and none was worked twice"),
    ]
}
