/// One numbered step of the schema, as SQL text.
public struct Migration: Sendable {
    public let number: Int
    public let name: String
    let sql: String

    /// Told apart from the text it was applied as: a migration that changed afterwards is a fault (FNV-1a, 64 bits).
    public var checksum: String {
        let hash = sql.utf8.reduce(14_695_981_039_346_656_037 as UInt64) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// In order of application. A file that is here is never changed again; the next change is a new file.
    public static let all = [
        Migration(1, "tables", PackageResources.v0001_tables_sql),
        Migration(2, "audit", PackageResources.v0002_audit_sql),
        Migration(3, "consent", PackageResources.v0003_consent_sql),
        Migration(4, "quota", PackageResources.v0004_quota_sql),
        Migration(5, "dead_letters", PackageResources.v0005_dead_letters_sql),
        Migration(6, "token_refresh", PackageResources.v0006_token_refresh_sql),
        Migration(7, "ingest_runs", PackageResources.v0007_ingest_runs_sql),
        Migration(8, "groups", PackageResources.v0008_groups_sql),
        Migration(9, "roles", PackageResources.v0009_roles_sql),
        Migration(10, "audit_commitments", PackageResources.v0010_audit_commitments_sql),
        Migration(11, "people", PackageResources.v0011_people_sql),
        Migration(12, "provider_calls", PackageResources.v0012_provider_calls_sql),
        Migration(13, "quota_reservations", PackageResources.v0013_quota_reservations_sql),
        Migration(14, "analysis_work", PackageResources.v0014_analysis_work_sql),
        Migration(15, "exports", PackageResources.v0015_exports_sql),
        Migration(17, "retention", PackageResources.v0017_retention_sql),
        Migration(20, "alerts", PackageResources.v0020_alerts_sql),
        Migration(22, "schedules", PackageResources.v0022_schedules_sql),
        Migration(23, "console", PackageResources.v0023_console_sql),
        Migration(24, "vitals", PackageResources.v0024_vitals_sql),
        Migration(25, "export_traces", PackageResources.v0025_export_traces_sql),
        Migration(26, "no_traces", PackageResources.v0026_no_traces_sql),
        Migration(31, "retention_rights", PackageResources.v0031_retention_rights_sql),
        Migration(34, "notices", PackageResources.v0034_notices_sql),
        Migration(37, "statistics", PackageResources.v0037_statistics_sql),
        Migration(40, "console_openid", PackageResources.v0040_console_openid_sql),
        Migration(41, "console_checks", PackageResources.v0041_console_checks_sql),
        Migration(51, "batches_left", PackageResources.v0051_batches_left_sql),
        Migration(52, "audit_forgettings", PackageResources.v0052_audit_forgettings_sql),
    ]

    private init(_ number: Int, _ name: String, _ bytes: [UInt8]) {
        self.number = number
        self.name = name
        sql = String(decoding: bytes, as: UTF8.self)
    }

    /// For tests of the migrator itself.
    init(number: Int, name: String, sql: String) {
        self.number = number
        self.name = name
        self.sql = sql
    }
}
