import HTTPTransport
import Privacy

/// What the sandbox received, counted.
struct SandboxLog: Equatable {
    let timelinePages: Int
    let prompts: Int
    /// Prompts that hold anything personal: by the sandbox's own look (it answers 422), by our validator, or by the subject's
    /// own names.
    let personalPrompts: Int

    static func fetch(from sandbox: String, names: [String], _ http: HTTPClient) async throws -> SandboxLog {
        let answer: HTTPResponse
        do throws(HTTPError) {
            answer = try await http.send(HTTPRequest(.get, sandbox + "/sandbox/log", maxResponseBytes: 512 << 20))
        } catch { throw CommandFault("the sandbox's log cannot be read: \(error)") }
        guard let entries = try? JSON(parsing: answer.body, maximumBytes: 512 << 20).elements else {
            throw CommandFault("the sandbox's log is not what it should be")
        }
        return SandboxLog(entries: entries, names: names)
    }

    init(entries: [JSON], names: [String]) {
        timelinePages = entries.count {
            $0["path"]?.string?.hasSuffix("/tweets") == true && $0["status"]?.integer == 200
        }
        let messages = entries.filter { $0["path"]?.string?.hasSuffix("/v1/messages") == true }
        prompts = messages.count
        personalPrompts = messages.count { Self.isPersonal($0, names) }
    }

    private static func isPersonal(_ entry: JSON, _ names: [String]) -> Bool {
        guard let body = entry["body"]?.string, entry["status"]?.integer != 422 else { return true }
        if names.contains(where: { body.contains($0) }) { return true }
        do throws(PromptViolation) { try PromptValidator.validate(Array(body.utf8)) } catch { return true }
        return false
    }
}
