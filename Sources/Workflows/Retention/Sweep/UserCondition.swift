import FoundationEssentials

/// What rules ask of a user, once as a condition on a row's user and once as the list of users, for driving a sweep. Each pair
/// must say the same.
enum UserCondition {
    static func inactive(_ user: Fragment, since limit: Date) -> Fragment {
        "exists (select from users where users.id = \(user) and coalesce(last_active_at, users.created_at) <= \(limit))"
    }

    static func inactiveUsers(since limit: Date) -> Fragment {
        "select id as user_id from users where coalesce(last_active_at, users.created_at) <= \(limit)"
    }

    /// The consent given last is what counts: a user who consented anew has not revoked.
    static func revoked(_ user: Fragment, since limit: Date) -> Fragment {
        """
        (select t.revoked_at from oauth_tokens t where t.user_id = \(user) and t.provider = 'twitter'
         order by t.consented_at desc limit 1) <= \(limit)
        """
    }

    static func revokedUsers(since limit: Date) -> Fragment {
        """
        select distinct o.user_id from oauth_tokens o
        where o.revoked_at <= \(limit) and \(revoked("o.user_id", since: limit))
        """
    }

    static func cancelled(_ user: Fragment, since limit: Date) -> Fragment {
        """
        (select bool_and(s.status = 'cancelled') and max(coalesce(s.cancelled_at, s.current_period_end)) <= \(limit)
         from subscriptions s where s.user_id = \(user))
        """
    }

    static func cancelledUsers(since limit: Date) -> Fragment {
        """
        select distinct c.user_id from subscriptions c
        where c.status = 'cancelled' and coalesce(c.cancelled_at, c.current_period_end) <= \(limit) and \(cancelled("c.user_id", since: limit))
        """
    }
}
