package import FoundationEssentials
package import Postgres

extension SQL.Interpolation {
    /// Users whose exports a legal hold keeps at a time: what lies in the store is not deleted then, though nobody can have it any more
    /// once its own time is over.
    package mutating func appendInterpolation(usersWithHeldExportsAt time: Date) {
        appendLiteral("select user_id from legal_holds where category in ('all', 'exports') and released_at is null")
        appendLiteral(" and expires_at > ")
        appendInterpolation(time)
    }
}
