import Postgres

/// Where much of a table is due, an index is the long way: the table is gone through as it lies on the disk, a stretch of blocks a
/// batch.
extension Sweep {
    /// How large a table is on the disk.
    struct Extent: Equatable, Sendable {
        var blocks: Int
        /// As of the last `analyze`.
        var rowsPerBlock: Double
        /// Consumers that share the step take turns of so many blocks, so that all have their part of what lies together.
        var stripe = 1024
    }

    /// One in so many rows must be due, …
    private static let dense = 8
    /// … and so many rows at least.
    private static let worthIt = 20_000
    /// So many blocks tell it, taken at random: to count costs as much as a good part of the deletion.
    private static let sample = 250

    /// Nil where an index finds sooner what is due. All shares of a slot are told what the first one found, however much is left by then:
    /// each has a part of the table, and the parts of one way are not those of the other.
    func extentIfDense() async throws -> Extent? {
        let table = batch.step.table
        guard table.hasPlaces else { return nil }
        let row = try await postgres.query(
            SQL(
                """
                select pg_relation_size(oid) / current_setting('block_size')::bigint as blocks,
                       case when relpages > 0 and reltuples > 0 then reltuples / relpages else 50 end::double precision as density
                from pg_class where oid = \(table.rawValue)::regclass
                """
            ).named("retention_extent"))[0]
        let extent = Extent(
            blocks: try row.decode(Int.self, "blocks"), rowsPerBlock: max(1, try row.decode(Double.self, "density")))
        let way = try await isDense(extent) ? "blocks" : "index"
        let agreed = try await postgres.query(
            SQL("select claim_tick(\("retention/\(table.rawValue)/\(batch.step.name)"), \(batch.slot), \(way)) as way")
                .named("claim_tick"))[0]
        return try agreed.decode(String.self, "way") == "blocks" ? extent : nil
    }

    private func isDense(_ extent: Extent) async throws -> Bool {
        let part = min(1, Double(Self.sample) / Double(max(1, extent.blocks)))
        let seen = try await postgres.query(
            SQL(
                """
                select count(*) as rows, count(*) filter (where \(batch.step.due)) as due
                from \(batch.step.table.sql) r tablesample system (\(part * 100)::real)
                """
            ).named("retention_sample"))[0]
        let due = try seen.decode(Int.self, "due")
        return try due * Self.dense >= seen.decode(Int.self, "rows") && Double(due) / part >= Double(Self.worthIt)
    }

    /// The stripes of a share, and no other's: to look through what others have deleted would cost as much as to delete it.
    func blockwise(_ run: inout Run, _ extent: Extent, from share: SweepBatch.Share) async throws {
        var density = extent.rowsPerBlock
        while run.passes < Self.passes {
            for start in stride(from: share.number * extent.stripe, to: extent.blocks, by: share.count * extent.stripe)
            {
                let stripe = start..<min(start + extent.stripe, extent.blocks)
                guard try await stretches(of: stripe, &run, &density) else { return }
            }
            guard run.wasHeldUp else { return }
            run.beginPass()
        }
    }

    /// False when the time is used up.
    private func stretches(of part: Range<Int>, _ run: inout Run, _ density: inout Double) async throws -> Bool {
        var next = part.lowerBound
        while next < part.upperBound {
            let blocks = min(max(1, Int(Double(run.size.rows) / density)), part.upperBound - next)
            let stretch = next..<(next + blocks)
            guard let outcome = try await take(&run, { batch.inBlocks(stretch, skipsHeld: $0) }) else {
                if !run.report.isComplete { return false }
                continue
            }
            // No stretch is to hold more rows than the batch may, however unevenly they lie.
            density = max(density, Double(outcome.found) / Double(blocks))
            if outcome.done < outcome.found { run.wasHeldUp = true }
            next = stretch.upperBound
        }
        return true
    }
}
