import Postgres

/// A kind of data that is held about people, as data: what it is, where it lies, which law gives a right to it. Everything about an
/// export follows from the list of these (`ExportCategory.all`): the queries, the manifest, the schema, the page and the tests, which
/// fail when a table that holds users' rows is in none of them.
public struct ExportCategory: Sendable {
    public enum Article: String, Sendable {
        /// Access, GDPR Art. 15: everything.
        case access = "art15"
        /// Portability, GDPR Art. 20: what the person has provided, the observation of their account included; not what was
        /// inferred.
        case portability = "art20"
    }

    /// Who else gets it.
    public enum Recipient: Sendable {
        case x, anthropic, notifiers
    }

    /// The member of the document that holds its records.
    public let name: String
    public let title: String
    public let explanation: String
    /// Nil while there is nothing that could be held.
    let table: String?
    /// The column that says whose row it is.
    let owner: String
    /// A function that gives the user's rows, where the table itself may not be read.
    let function: String?
    public let fields: [ExportField]
    public let omitted: [OmittedColumn]
    /// Columns; unique together, so that two exports of the same rows are alike.
    let order: String
    /// What the page shows first, where it cannot show all.
    let newestFirst: String?
    let articles: [Article]
    let purposes: [String]
    let recipients: [Recipient]
    let retention: String
    let source: String

    init(
        _ name: String, _ title: String, _ explanation: String, table: String?, owner: String = "user_id",
        function: String? = nil,
        order: String = "",
        newestFirst: String? = nil, articles: [Article], purposes: [String], recipients: [Recipient] = [],
        retention: String,
        source: String, omitted: [OmittedColumn] = [], fields: [ExportField]
    ) {
        self.name = name
        self.title = title
        self.explanation = explanation
        self.table = table
        self.owner = owner
        self.function = function
        self.order = order
        self.newestFirst = newestFirst
        self.articles = articles
        self.purposes = purposes
        self.recipients = recipients
        self.retention = retention
        self.source = source
        self.omitted = omitted
        self.fields = fields
    }

    /// The user's rows, in the transaction whose setting `repazoo.user_id` names the user.
    private var rows: String? {
        if let function { return "from \(function)" }
        return table.map { "from \($0) where \(owner) = current_setting('repazoo.user_id')" }
    }

    var counting: String { "(select count(*) \(rows ?? "where false"))" }

    /// Records as one JSON text each, in a binary COPY: nothing has to be escaped or parsed on the way.
    ///
    /// - Parameter limit: Only so many, newest first.
    func copy(limit: Int? = nil) -> SQL? {
        guard let rows else { return nil }
        let columns = fields.map { field in field.expression.map { "\($0) as \(field.name)" } ?? field.name }
        let ordering = limit == nil ? order : newestFirst ?? order
        let end = limit.map { " limit \($0)" } ?? ""
        var records = "select \(columns.joined(separator: ", ")) \(rows)"
        // Of many only the ids are sorted, not all that is in their rows.
        if limit != nil, newestFirst != nil, function == nil, fields.contains(where: { $0.name == "id" }) {
            records += " and id = any (array(select id \(rows) order by \(ordering)\(end)))"
        }
        records += " order by \(ordering)\(end)"
        return SQL(trusted: "copy (select row_to_json(r)::text from (\(records)) r) to stdout (format binary)")
            .named("export_\(name)")
    }
}
