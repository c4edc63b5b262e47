import Contracts
import FoundationEssentials
import Privacy

private typealias JSONValue = Privacy.JSONValue

/// The first thing in an export: about whom, when, what is there and why (GDPR Art. 15(1) and (2)).
struct Manifest {
    let exportID: String
    let userID: String
    let requestedAt: Date
    let snapshotAt: Date
    let counts: [String: Int]
    let controller: Controller
    /// Who runs the store in which the export lies.
    let holder: String

    /// Changes when a reader of exports would have to.
    static let version = 1

    var json: String { value.serialized() }

    private var value: JSONValue {
        [
            "format": "repazoo-export", "version": .integer(Int64(Self.version)), "export_id": .string(exportID),
            "subject": ["user_id": .string(userID)],
            "controller": ["name": .string(controller.name), "contact": .string(controller.contact)],
            "requested_at": .string(RFC3339.text(requestedAt)), "snapshot_at": .string(RFC3339.text(snapshotAt)),
            "laws": ["GDPR Art. 15 and 20 (access, portability)", "CCPA § 1798.110 (right to know)"],
            "categories": .array(ExportCategory.all.map(category)), "recipients": recipients,
            "rights": .array(Self.rights.map { .string($0) }), "automated_decisions": .string(Self.automated),
            "reading": .string(Self.reading),
        ]
    }

    private func category(_ category: ExportCategory) -> JSONValue {
        [
            "name": .string(category.name), "title": .string(category.title),
            "explanation": .string(category.explanation), "count": .integer(Int64(counts[category.name] ?? 0)),
            "labels": .array(category.articles.map { .string($0.rawValue) }),
            "purposes": .array(category.purposes.map { .string($0) }),
            "recipients": .array(category.recipients.map { .string(Self.name(of: $0)) } + [.string(holder)]),
            "retention": .string(category.retention), "source": .string(category.source),
            "fields": .object(category.fields.map { JSONValue.Member($0.name, .string($0.meaning)) }),
            "left_out": .object(category.omitted.map { JSONValue.Member($0.name, .string($0.reason)) }),
        ]
    }

    private static func name(of recipient: ExportCategory.Recipient) -> String {
        switch recipient {
        case .x: "X Corp."
        case .anthropic: "Anthropic PBC"
        case .notifiers: "our mail provider, Slack Technologies and PagerDuty"
        }
    }

    private var recipients: JSONValue {
        [
            [
                "name": "X Corp.", "country": "United States",
                "gets": "your consent's token, to hand out your posts to us; no analysis",
            ],
            [
                "name": "Anthropic PBC", "country": "United States",
                "gets":
                    "the text of your posts after names, addresses, numbers and links were taken out, under a changing pseudonym; kept there for at most 30 days, not used for training",
            ],
            [
                "name": "our mail provider, Slack Technologies and PagerDuty", "country": "United States and others",
                "gets": "alerts about faults, without personal data",
            ],
            ["name": .string(holder), "country": "see the controller", "gets": "this export, for 24 hours"],
        ]
    }

    private static let rights = [
        "to have wrong data corrected (Art. 16)", "to have data erased (Art. 17)",
        "to have its use restricted (Art. 18)",
        "to take this copy elsewhere (Art. 20)", "to object (Art. 21)",
        "to withdraw your consent at any time, as easily as you gave it (Art. 7(3)), also at x.com/settings/connected_apps",
        "to complain to a supervisory authority (Art. 77)",
        "to know, delete, correct and not to be treated worse for asking (CCPA §§ 1798.105, 106, 110, 125)",
    ]

    private static let automated = """
        A language model judges the sentiment of your posts. Nothing is decided about you by it: no contract, price or access depends on \
        the result. It is told not to infer health, finances, politics, race, religion, sexuality, union membership or crime, and its \
        answer has no place for them.
        """

    private static let reading = """
        Each category is an array of records, one on a line. Times are RFC 3339 in UTC. `digest` at the end is the SHA-256 of every byte \
        before its line; `repazoo exports verify` checks it, the counts and the form offline.
        """
}

/// Who is responsible, as the person is to read it.
struct Controller: Sendable {
    var name: String
    var contact: String
}
