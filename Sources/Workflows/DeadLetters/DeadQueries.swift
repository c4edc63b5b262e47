public import Postgres

/// A place in the order in which letters are worked off: the oldest death first.
struct DeadCursor: Sendable {
    var diedAt = "-infinity"
    var id = ""
}

extension DeadRow {
    /// One letter. Times beyond what a date can tell are brought to its ends.
    public static func statement(id: String) -> SQL {
        """
        select id, queue, message_id, reason, code, body, user_id, headers::text as headers,
               least(greatest(died_at, '0001-01-01'), '9999-12-31') as died_at, stored_at, status, replayable, deaths,
               settled_at, settled_by, note
        from dead_letters where id = \(id)
        """
    }

    /// All that are selected, for a dry run.
    public static func statement(_ selection: DeadSelection) -> SQL {
        """
        select id, queue, message_id, reason, code, body, user_id, headers::text as headers,
               least(greatest(died_at, '0001-01-01'), '9999-12-31') as died_at, stored_at, status, replayable, deaths,
               settled_at, settled_by, note
        from dead_letters where \(selection)
        order by dead_letters.died_at, dead_letters.id
        """
    }

    /// The oldest of those that are selected.
    public static func first(_ count: Int, of selection: DeadSelection) -> SQL {
        """
        select id, queue, message_id, reason, code, body, user_id, headers::text as headers,
               least(greatest(died_at, '0001-01-01'), '9999-12-31') as died_at, stored_at, status, replayable, deaths,
               settled_at, settled_by, note
        from dead_letters where \(selection)
        order by dead_letters.died_at, dead_letters.id limit \(count)
        """
    }

    /// The next batch behind `cursor`, locked; rows that another process works on are left to it. What was stored after
    /// `start` is left for another time: a message that dies again at once must not be replayed in a circle.
    static func batch(_ selection: DeadSelection, after cursor: DeadCursor, storedUntil start: String, limit: Int)
        -> SQL
    {
        """
        select id, queue, message_id, reason, code, body, user_id, headers::text as headers,
               least(greatest(died_at, '0001-01-01'), '9999-12-31') as died_at, died_at::text as place, stored_at,
               status, replayable, deaths, settled_at, settled_by, note
        from dead_letters
        where \(selection) and stored_at <= \(start)::timestamptz
          and (dead_letters.died_at, dead_letters.id) > (\(cursor.diedAt)::timestamptz, \(cursor.id))
        order by dead_letters.died_at, dead_letters.id limit \(limit)
        for update skip locked
        """
    }
}
