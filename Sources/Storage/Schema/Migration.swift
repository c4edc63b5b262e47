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
