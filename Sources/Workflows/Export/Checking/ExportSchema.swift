import Privacy

/// The JSON Schema of an export, made from the catalogue: `topology/schemas/export.json` is this text, and a test says so.
public enum ExportSchema {
    /// With two spaces for each level.
    public static var text: String { pretty(value, "") + "\n" }

    static var value: Privacy.JSONValue {
        [
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": "https://schemas.repazoo.example/export.json", "title": "repazoo-export",
            "description":
                "Everything that is held about a person (GDPR Art. 15 and 20, CCPA 1798.110). The manifest comes first, then each category as an array of records, one on a line, then the digest of every byte before its line.",
            "type": "object",
            "properties": .object(
                [.init("manifest", manifest)]
                    + ExportCategory.all.map {
                        .init(
                            $0.name,
                            [
                                "type": "array", "description": .string($0.explanation),
                                "items": ["$ref": .string("#/$defs/\($0.name)")],
                            ])
                    } + [.init("digest", digest)]),
            "required": .array((["manifest"] + ExportCategory.all.map(\.name) + ["digest"]).map { .string($0) }),
            "additionalProperties": false,
            "$defs": .object(ExportCategory.all.map { .init($0.name, record($0)) } + [.init("category", category)]),
        ]
    }

    private static func record(_ category: ExportCategory) -> Privacy.JSONValue {
        closed(category.fields.map { field in .init(field.name, kind(field)) })
    }

    private static func kind(_ field: ExportField) -> Privacy.JSONValue {
        let word: String? =
            switch field.kind {
            case .text, .time: "string"
            case .integer: "integer"
            case .number: "number"
            case .flag: "boolean"
            case .json: nil
            }
        var members: [Privacy.JSONValue.Member] = []
        if let word { members.append(.init("type", field.isOptional ? [.string(word), "null"] : .string(word))) }
        if case .time = field.kind { members.append(.init("format", "date-time")) }
        members.append(.init("description", .string(field.meaning)))
        return .object(members)
    }

    private static let manifest = closed([
        .init("format", ["const": "repazoo-export"]), .init("version", ["const": .integer(Int64(Manifest.version))]),
        .init("export_id", string), .init("subject", closed([.init("user_id", string)])),
        .init("controller", closed([.init("name", string), .init("contact", string)])), .init("requested_at", time),
        .init("snapshot_at", time), .init("laws", strings),
        .init("categories", ["type": "array", "items": ["$ref": "#/$defs/category"]]),
        .init(
            "recipients",
            [
                "type": "array",
                "items": closed([.init("name", string), .init("country", string), .init("gets", string)]),
            ]),
        .init("rights", strings), .init("automated_decisions", string), .init("reading", string),
    ])

    private static let category = closed([
        .init("name", string), .init("title", string), .init("explanation", string),
        .init("count", ["type": "integer", "minimum": 0]),
        .init("labels", ["type": "array", "items": ["enum": ["art15", "art20"]]]), .init("purposes", strings),
        .init("recipients", strings), .init("retention", string), .init("source", string),
        .init("fields", ["type": "object"]), .init("left_out", ["type": "object"]),
    ])

    private static let digest = closed([
        .init("algorithm", ["const": "sha256"]), .init("covers", string), .init("value", string),
    ])

    private static let string: Privacy.JSONValue = ["type": "string"]
    private static let strings: Privacy.JSONValue = ["type": "array", "items": ["type": "string"]]
    private static let time: Privacy.JSONValue = ["type": "string", "format": "date-time"]

    private static func closed(_ properties: [Privacy.JSONValue.Member]) -> Privacy.JSONValue {
        [
            "type": "object", "properties": .object(properties),
            "required": .array(properties.map { .string($0.key) }), "additionalProperties": false,
        ]
    }

    private static func pretty(_ value: Privacy.JSONValue, _ indent: String) -> String {
        let inner = indent + "  "
        if let members = value.members, !members.isEmpty {
            let lines = members.map {
                inner + Privacy.JSONValue.string($0.key).serialized() + ": " + pretty($0.value, inner)
            }
            return "{\n" + lines.joined(separator: ",\n") + "\n" + indent + "}"
        }
        if let elements = value.elements, elements.contains(where: { $0.members != nil }) {
            return "[\n" + elements.map { inner + pretty($0, inner) }.joined(separator: ",\n") + "\n" + indent + "]"
        }
        return value.serialized()
    }
}
