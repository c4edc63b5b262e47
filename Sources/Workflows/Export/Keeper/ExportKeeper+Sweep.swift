import Contracts
import FoundationEssentials
import ObjectStore
import Postgres

extension ExportKeeper {
    /// Removes objects of which no row speaks: of attempts that died or were overtaken, and of erased users.
    func sweep(at now: Date, _ dryRun: Bool, _ report: inout Report) async throws {
        let old = now.addingTimeInterval(-Self.orphanAge)
        if !dryRun { try await store.abortBeginnings(under: ExportFolder.all, before: now.addingTimeInterval(-3600)) }
        var last: ObjectKey?
        while true {
            let page = try await store.list(ExportFolder.all, after: last, limit: 500)
            let living = try await living(among: page, at: now)
            for entry in page where entry.modifiedAt < old {
                guard let owner = ExportFolder.owner(of: entry.key.rawValue) else { continue }
                let folders = [
                    ExportFolder.prefix(owner.export), ExportFolder.prefix(owner.export, attempt: owner.attempt),
                ]
                guard living.isDisjoint(with: folders) else { continue }
                if !dryRun { try await store.delete(entry.key) }
                report.orphans += 1
                report.objects += 1
            }
            guard page.count == 500 else { return }
            last = page.last?.key
        }
    }

    /// The folders among these that a row speaks of: of an export that is ready, or one that is being made; of one under a legal hold
    /// all that lies there.
    private func living(among page: [ObjectEntry], at now: Date) async throws -> Set<String> {
        let ids = Set(page.compactMap { ExportFolder.owner(of: $0.key.rawValue)?.export.rawValue })
        let rows = try await postgres.query(
            SQL(
                """
                select id, case when is_held then null when status = 'pending' then attempt
                    else split_part(object_key, '/', 3)::integer end as attempt
                from (select id, status, attempt, object_key, user_id in (\(usersWithHeldExportsAt: now)) as is_held from data_exports) as export
                where id = any(\(ids.sorted())::text[])
                    and (is_held or status = 'pending' or (status = 'ready' and object_key is not null))
                """
            ).named("export_living"))
        var folders: Set<String> = []
        for row in rows {
            guard let id = MessageID(try row.decode(String.self, "id")) else { continue }
            let attempt = try row.decode(Int?.self, "attempt")
            folders.insert(attempt.map { ExportFolder.prefix(id, attempt: $0) } ?? ExportFolder.prefix(id))
        }
        return folders
    }
}
