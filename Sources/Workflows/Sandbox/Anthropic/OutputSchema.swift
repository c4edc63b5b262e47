/// What structured output allows in a JSON schema (platform.claude.com/docs, "Structured outputs").
enum OutputSchema {
    private static let unsupported = [
        "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength",
        "maxItems", "uniqueItems", "patternProperties",
    ]

    static func check(_ schema: JSON) throws(AnthropicError) {
        try check(schema, at: "schema", root: schema, visiting: [])
    }

    private static func check(
        _ schema: JSON, at place: String, root: JSON, visiting: [String]
    ) throws(AnthropicError) {
        guard let members = schema.object else { throw wrong(place, "a schema is an object") }
        if let reference = members["$ref"]?.string {
            guard !visiting.contains(reference), reference != "#" else {
                throw wrong(place, "recursion is not supported")
            }
            let parts = reference.split(separator: "/").map(String.init)
            guard parts.count == 3, parts[0] == "#", let target = root[parts[1]]?[parts[2]] else {
                throw wrong(place, "$ref does not lead anywhere")
            }
            return try check(target, at: place, root: root, visiting: visiting + [reference])
        }
        for name in unsupported where members[name] != nil { throw wrong(place, "property '\(name)' is not supported") }
        let isObject = members["type"]?.string == "object" || members["properties"] != nil
        if isObject, members["additionalProperties"]?.bool != false {
            throw wrong(place, "for 'object' type, 'additionalProperties' must be explicitly set to false")
        }
        for (name, child) in (members["properties"]?.object ?? [:]).sorted(by: { $0.key < $1.key }) {
            try check(child, at: "\(place).properties.\(name)", root: root, visiting: visiting)
        }
        for required in members["required"]?.array ?? [] {
            guard let name = required.string, members["properties"]?[name] != nil else {
                throw wrong(place, "'required' names something that is not in 'properties'")
            }
        }
        if let items = members["items"] {
            try check(items, at: "\(place).items", root: root, visiting: visiting)
        }
        for (index, child) in (members["anyOf"]?.array ?? []).enumerated() {
            try check(child, at: "\(place).anyOf.\(index)", root: root, visiting: visiting)
        }
    }

    private static func wrong(_ place: String, _ problem: String) -> AnthropicError {
        .invalid("output_config.format.\(place): \(problem)")
    }
}
