/// The models that the sandbox knows (anthropic-sdk `types/model.py`, 2026-08). Retired ones are unknown, as at
/// Anthropic.
enum AnthropicModels {
    static let all = [
        "claude-sonnet-5", "claude-opus-5", "claude-fable-5", "claude-opus-4-8", "claude-opus-4-7", "claude-opus-4-6",
        "claude-opus-4-5", "claude-opus-4-5-20251101", "claude-sonnet-4-6", "claude-sonnet-4-5",
        "claude-sonnet-4-5-20250929", "claude-haiku-4-5", "claude-haiku-4-5-20251001",
    ]

    static func json(_ id: String) -> JSON {
        let name = id.split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined(separator: " ")
        return [
            "type": "model", "id": .string(id), "display_name": .string(name), "created_at": "2026-01-01T00:00:00Z",
        ]
    }

    static var list: JSON {
        [
            "data": .array(all.map(json)), "has_more": false, "first_id": .string(all[0]),
            "last_id": .string(all[all.count - 1]),
        ]
    }
}
