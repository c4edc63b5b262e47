import Postgres

// What a verification reads, each in the order of the chains.
extension AuditVerifier {
    typealias Chains = ClosedRange<Int>

    static func entries(_ chains: Chains) -> SQL {
        SQL(
            trusted: """
                copy (
                    select \(EntryRow.columns) from audit_log
                    where chain between \(chains.lowerBound) and \(chains.upperBound) order by chain, position
                ) to stdout (format binary)
                """)
    }

    /// In the order of the checkpoints.
    static let allMarks: SQL = "select checkpoint, chain, position, hash from audit_marks order by checkpoint, chain"

    /// Of the checkpoints that saw a chain change, in their order.
    static func marksBeside(chain: Int) -> SQL {
        """
        select checkpoint, chain, position, hash from audit_marks
        where checkpoint in (select checkpoint from audit_marks where chain = \(chain)) order by checkpoint, chain
        """
    }

    static func marks(_ chains: Chains) -> SQL {
        """
        select checkpoint, chain, position, hash from audit_marks
        where chain between \(chains.lowerBound) and \(chains.upperBound) order by chain, position
        """
    }

    static func heads(_ chains: Chains) -> SQL {
        """
        select chain, position, hash from audit_heads where chain between \(chains.lowerBound) and \(chains.upperBound)
        order by chain
        """
    }

    /// Said by nobody's chain alone, which is verified like any other.
    static func forgettings(_ chains: Chains) -> SQL {
        """
        select (detail->>'chain')::bigint, (detail->>'through')::bigint from audit_log
        where chain = (select chain from audit_heads where user_id = '') and action = 'audit.forget' and salt is not null
          and (detail->>'chain')::bigint between \(chains.lowerBound) and \(chains.upperBound)
        order by 1, 2
        """
    }
}
