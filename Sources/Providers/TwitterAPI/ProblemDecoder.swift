import HTTPTransport
import Privacy

/// X's errors: `application/problem+json` with a `type` under `/2/problems/` (docs.x.com, "Response codes and errors"),
/// or the older `{"errors":[{"code":…}]}`. Decides by status, type and code; the texts are for people.
enum ProblemDecoder {
    static func error(_ response: HTTPResponse) -> TwitterError {
        let body = try? JSONValue(parsing: response.body, maximumBytes: 64 << 10, maximumDepth: 16)
        let type = body.flatMap(problemType)
        switch response.status {
        case 401: return .unauthorized
        case 403:
            return body.flatMap { account([$0]) ?? account($0["errors"]?.elements ?? []) } ?? .clientForbidden
        case 404:
            // A 404 that X did not explain may be a wrong base address: no user is called gone because of it.
            return body.flatMap { account([$0]) ?? account($0["errors"]?.elements ?? []) }
                ?? .invalidRequest("404 without X's reason: check TWITTER_API_URL")
        case 429: return type == "usage-capped" ? .usageCapped : .rateLimited(RateHeaders(response.headers))
        case 408, 500...599: return .unavailable(.provider, retryAfter: RetryAfter.delay(response.headers))
        case 200..<300: return .malformedAnswer("status \(response.status) where 200 belongs")
        default: return .invalidRequest("status \(response.status)")
        }
    }

    /// The first of these problems that is about the account itself.
    static func account(_ problems: [JSONValue]) -> TwitterError? {
        for problem in problems {
            switch problem["code"]?.integer {
            case 50: return .accountGone
            case 63, 64: return .accountSuspended
            case 179: return .accountProtected
            default: break
            }
            guard problem["resource_type"].map({ $0.string == "user" }) ?? true else { continue }
            switch problemType(problem) {
            case "not-authorized-for-resource": return .accountProtected
            case "resource-unavailable": return .accountSuspended
            // X says so of suspended accounts too, and then only the title differs.
            case "resource-not-found": return problem["title"]?.string == "Forbidden" ? .accountSuspended : .accountGone
            default: continue
            }
        }
        return nil
    }

    /// The last part of the type's address: the host was api.twitter.com before.
    private static func problemType(_ problem: JSONValue) -> String? {
        problem["type"]?.string?.split(separator: "/").last.map(String.init)
    }
}
