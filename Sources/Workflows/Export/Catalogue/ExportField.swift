/// One member of the records of a category.
public struct ExportField: Sendable {
    public enum Kind: Sendable {
        case text, integer, number, flag
        /// RFC 3339, UTC.
        case time
        /// Any JSON.
        case json
    }

    /// The member's name, and the column's where `expression` is nil.
    public let name: String
    public let kind: Kind
    /// Whether it may be null.
    public let isOptional: Bool
    /// One line for people.
    public let meaning: String
    /// SQL, where the member is not a column as it stands.
    let expression: String?
    /// The column that it speaks for.
    var column: String

    private init(_ name: String, _ kind: Kind, _ isOptional: Bool, _ meaning: String, _ column: String?, _ sql: String?)
    {
        self.name = name
        self.kind = kind
        self.isOptional = isOptional
        self.meaning = meaning
        self.column = column ?? name
        expression = sql
    }

    static func always(
        _ name: String, _ kind: Kind, _ meaning: String, column: String? = nil, as sql: String? = nil
    ) -> ExportField { ExportField(name, kind, false, meaning, column, sql) }

    static func perhaps(
        _ name: String, _ kind: Kind, _ meaning: String, column: String? = nil, as sql: String? = nil
    ) -> ExportField { ExportField(name, kind, true, meaning, column, sql) }
}

/// A column that is not handed over, and why: it is told in the manifest.
public struct OmittedColumn: Sendable {
    public let name: String
    public let reason: String

    init(_ name: String, _ reason: String) {
        self.name = name
        self.reason = reason
    }

    static let same = "the same in every record: the person's id in the product"
    static let secret = "a key to the account, not data about the person"
    static let staff = "may name a member of staff"
}
