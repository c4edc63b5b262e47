/// An error of X (RFC 9457, `application/problem+json`).
struct XProblem: Error {
    var status: Int
    var title: String
    var detail: String
    /// The last part of `https://api.x.com/2/problems/…`; nothing is `about:blank`.
    var type: String?
    var more: [String: JSON] = [:]
    var headers: [(name: String, value: String)] = []

    static func invalid(_ parameter: String, _ value: String, _ message: String) -> Self {
        Self(
            status: 400, title: "Invalid Request", detail: "One or more parameters to your request was invalid.",
            type: "invalid-request",
            more: [
                "errors": [
                    [
                        "parameters": .object([parameter: [.string(value)]]),
                        "message": .string("The `\(parameter)` query parameter value [\(value)] \(message)"),
                    ]
                ]
            ])
    }

    static let unauthorized = Self(status: 401, title: "Unauthorized", detail: "Unauthorized")

    /// What X says about an account that cannot be shown; also the form of an entry in `errors` beside a 200.
    static func account(_ id: String, status: Int, title: String, detail: String, type: String) -> Self {
        Self(
            status: status, title: title, detail: detail, type: type,
            more: [
                "resource_type": "user", "resource_id": .string(id), "parameter": "id", "value": .string(id),
            ])
    }

    var json: JSON {
        var members = more
        members["title"] = .string(title)
        members["detail"] = .string(detail)
        members["type"] = .string(type.map { "https://api.x.com/2/problems/\($0)" } ?? "about:blank")
        members["status"] = .int(Int64(status))
        return .object(members)
    }

    var answer: SandboxAnswer { .json(status, json, headers: headers, type: "application/problem+json") }
}
