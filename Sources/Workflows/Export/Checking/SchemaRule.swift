import Contracts
import Privacy

private typealias JSONValue = Privacy.JSONValue

/// The part of JSON Schema 2020-12 that the export's schema is written in, as a check. A word that it does not know is refused when
/// the schema is read, so that no rule is passed over in silence.
struct SchemaRule: Sendable {
    struct Unknown: Error, CustomStringConvertible {
        let description: String
    }

    private var types: [String] = []
    private var properties: [String: SchemaRule] = [:]
    private var required: [String] = []
    private var isClosed = false
    private var items: [SchemaRule] = []
    private var constant: Privacy.JSONValue?
    private var choices: [Privacy.JSONValue]?
    private var minimum: Double?
    private var isTime = false

    private static let annotations: Set<String> = [
        "$schema", "$id", "$defs", "$comment", "title", "description", "examples", "default",
    ]

    /// - Parameter root: The whole schema, in which `$ref` points.
    init(_ schema: Privacy.JSONValue, root: Privacy.JSONValue) throws(Unknown) {
        for member in schema.members ?? [] where !Self.annotations.contains(member.key) {
            switch member.key {
            case "$ref":
                guard let name = member.value.string, name.hasPrefix("#/$defs/"),
                    let target = root["$defs"]?[String(name.dropFirst(8))]
                else { throw Unknown(description: "the schema refers to what is not in it") }
                self = try SchemaRule(target, root: root)
            case "type": types = member.value.string.map { [$0] } ?? member.value.elements?.compactMap(\.string) ?? []
            case "properties":
                for property in member.value.members ?? [] {
                    properties[property.key] = try SchemaRule(property.value, root: root)
                }
            case "required": required = member.value.elements?.compactMap(\.string) ?? []
            case "additionalProperties": isClosed = member.value.bool == false
            case "items": items = [try SchemaRule(member.value, root: root)]
            case "const": constant = member.value
            case "enum": choices = member.value.elements
            case "minimum": minimum = member.value.number
            case "format" where member.value.string == "date-time": isTime = true
            default: throw Unknown(description: "the schema has a rule (\(member.key)) that this program cannot check")
            }
        }
    }

    /// Nil when all is well, else what is wrong and where. Names members, never values.
    func fault(of value: Privacy.JSONValue, at path: String) -> String? {
        if !types.isEmpty, !types.contains(where: { Self.is(value, $0) }) {
            return "\(path) is not \(types.joined(separator: " or "))"
        }
        if value == .null { return nil }
        if let constant, value != constant { return "\(path) is not what it must be" }
        if let choices, !choices.contains(value) { return "\(path) is none of the words that it may be" }
        if let minimum, let number = value.number, number < minimum { return "\(path) is less than \(minimum)" }
        if isTime, value.string.map({ Self.isTime($0) }) != true { return "\(path) is not a time in UTC" }
        if let members = value.members { return fault(of: members, at: path) }
        if let rule = items.first {
            for (index, element) in (value.elements ?? []).enumerated() {
                if let fault = rule.fault(of: element, at: "\(path)[\(index)]") { return fault }
            }
        }
        return nil
    }

    private func fault(of members: [Privacy.JSONValue.Member], at path: String) -> String? {
        for name in required where !members.contains(where: { $0.key == name }) { return "\(path) has no \(name)" }
        for member in members {
            guard let rule = properties[member.key] else {
                if isClosed { return "\(path) has a member that the schema does not know" }
                continue
            }
            if let fault = rule.fault(of: member.value, at: "\(path).\(member.key)") { return fault }
        }
        return nil
    }

    private static func `is`(_ value: Privacy.JSONValue, _ type: String) -> Bool {
        switch (type, value) {
        case ("null", .null), ("boolean", .bool), ("string", .string), ("array", .array), ("object", .object),
            ("integer", .integer), ("number", .integer), ("number", .number):
            true
        default: false
        }
    }

    private static func isTime(_ text: String) -> Bool { RFC3339.date(text) != nil }
}
